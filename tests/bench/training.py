"""Seconds an epoch: ours against Keras's `fit`, scikit-learn and the arithmetic limit.

python tests/bench/training.py [--json results/bench/training.json] [--figure training.svg]

In one process, after a warm-up, methods take turns: medians of at least five epochs. An epoch is
51,886 rows of 16 features in new order through the network 16-32-7 with Adam, and a validation
pass over 14,824 rows (scikit-learn: without validation, and without dropout, which it has not).
Ours is timed as a whole fit of twenty epochs, with its new weights and the data's way to
TensorFlow; the others by their epochs alone. `make bench` runs this.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from stellar import files
from stellar.learning.network import Network, build
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.sample.arrays import Rows

ROWS, VALIDATION_ROWS, N_FEATURES = 51_886, 14_824, 16
HIDDEN = (16, 32)
BATCHES = (32, 128, 300, 1024)
DROPOUTS = (0.0, 0.2)
STEPS = (16, 64, 256)  # steps_per_execution to choose the best from
ROUNDS, STOCK_EPOCHS, OUR_EPOCHS = 3, 2, 20
STOCK, BEST_STOCK, SKLEARN, OURS, PRODUCTS, LIMIT = (
    "Keras fit",
    "Keras fit, best steps_per_execution",
    "scikit-learn MLPClassifier",
    "ours",
    "its products alone",
    "arithmetic limit",
)


def network(batch: int, dropout: float) -> Network:
    """The study's first network."""
    return Network(
        hidden=HIDDEN,
        activation="relu",
        dropout=dropout,
        l2=0.0,
        members=1,
        loss="crossentropy",
        learning_rate=0.01,
        schedule="constant",
        batch=batch,
        epochs=OUR_EPOCHS,
        patience=None,
        class_weights="none",
    )


def random_rows(n_rows: int, seed: int) -> Rows:
    """Rows of seven classes that a network can learn in part."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n_rows, N_FEATURES)).astype(np.float32)
    plane = np.random.default_rng(99).normal(size=(N_FEATURES, 7))
    labels = (x @ plane + random.normal(size=(n_rows, 7))).argmax(axis=1)
    return Rows(x, labels.astype(np.int8))


@dataclass
class Data:
    """Training and validation rows."""

    train: Rows
    validation: Rows


Times = Callable[[], Iterator[float]]  # of some more epochs, seconds each


def stock(data: Data, net: Network, steps: int = 1) -> Times:
    """Keras's own fit, with shuffling and validation."""
    import keras

    class Clock(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_begin(self, logs: Any = None) -> None:
            self.seconds: list[float] = []

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.start = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.seconds.append(time.perf_counter() - self.start)

    one_hot = np.eye(7, dtype=np.float32)
    model = build(net, N_FEATURES, 0)
    optimizer = keras.optimizers.Adam(net.learning_rate)
    model.compile(
        optimizer, "categorical_crossentropy", metrics=["accuracy"], steps_per_execution=steps
    )

    def epochs() -> Iterator[float]:
        clock = Clock()
        model.fit(
            data.train.values,
            one_hot[data.train.labels],
            batch_size=net.batch,
            epochs=STOCK_EPOCHS,
            validation_data=(data.validation.values, one_hot[data.validation.labels]),
            verbose=0,
            callbacks=[clock],
        )
        yield from clock.seconds

    return epochs


def sklearn(data: Data, net: Network) -> Times:
    """scikit-learn's network, an epoch a call."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(net.hidden, batch_size=net.batch, learning_rate_init=net.learning_rate)

    def epochs() -> Iterator[float]:
        for _ in range(STOCK_EPOCHS):
            start = time.perf_counter()
            model.partial_fit(data.train.values, data.train.labels, classes=np.arange(7))
            yield time.perf_counter() - start

    return epochs


def ours(data: Data, net: Network) -> Times:
    """The compiled trainer."""
    from stellar.learning.training import trainer_of

    trainer = trainer_of(net, N_FEATURES, len(data.train.labels))

    def epochs() -> Iterator[float]:
        for _ in range(STOCK_EPOCHS):
            start = time.perf_counter()
            trainer.fit(data.train, 0, data.validation)
            yield (time.perf_counter() - start) / net.epochs

    return epochs


def best_steps(data: Data, net: Network) -> int:
    """The `steps_per_execution` with the fastest epoch after the first fit."""

    def seconds(steps: int) -> float:
        epochs = stock(data, net, steps)
        list(epochs())
        return min(epochs())

    return min(STEPS, key=seconds)


def flops(net: Network) -> float:
    """Multiplications and additions of an epoch's matrix products.

    A row of training: forward, gradient of the weights, gradient of the inputs (not of the first
    layer's); a row of validation: forward.
    """
    widths = (N_FEATURES, *net.hidden, 7)
    products = [2 * a * b for a, b in pairwise(widths)]
    return ROWS * (3 * sum(products) - products[0]) + VALIDATION_ROWS * sum(products)


def matrix_rate() -> float:
    """Multiplications and additions a second of TensorFlow's matrix product on one thread."""
    import tensorflow as tf

    size = 1024
    a = tf.random.stateless_normal((size, size), (1, 2))
    seconds = []
    for _ in range(12):
        start = time.perf_counter()
        tf.linalg.matmul(a, a).numpy()
        seconds.append(time.perf_counter() - start)
    return 2 * size**3 / statistics.median(seconds[2:])


def product_seconds(net: Network, validation: bool = True) -> float:
    """An epoch's matrix products alone, of their very sizes, in one compiled loop.

    A step multiplies, for each layer, rows by weights, rows by the gradient of what follows
    and, but for the first layer, that gradient by the weights; then, if asked, those of the
    validation rows.
    """
    import tensorflow as tf

    def tables(batch: int) -> list[tuple[tf.Tensor, tf.Tensor, tf.Tensor]]:
        random = np.random.default_rng(0)
        shapes = pairwise((N_FEATURES, *net.hidden, 7))
        return [
            tuple(
                tf.constant(random.normal(size=size).astype(np.float32))
                for size in ((4, batch, a), (a, b), (4, batch, b))
            )
            for a, b in shapes
        ]

    def products(batch: int, training: bool) -> Callable[[int], tf.Tensor]:
        layers = tables(batch)

        def step(i: tf.Tensor) -> list[tf.Tensor]:
            found = []
            for number, (rows, weights, gradients) in enumerate(layers):
                # Of four mini-batches in turn, so that no product can be kept.
                x, d = (tf.gather(table, i % 4) for table in (rows, gradients))
                found.append(tf.matmul(x, weights))
                if training:  # of two ways round the faster, as the trainer does
                    pair = (d, x) if d.shape[-1] < x.shape[-1] else (x, d)
                    found.append(tf.matmul(*pair, transpose_a=True))
                if training and number:
                    found.append(tf.matmul(d, weights, transpose_b=True))
            return found

        @tf.function(jit_compile=True, autograph=False)
        def loop(steps: tf.Tensor) -> tf.Tensor:
            def body(i: tf.Tensor, _: list[tf.Tensor]) -> tuple[tf.Tensor, list[tf.Tensor]]:
                return i + 1, step(i)

            start = (tf.constant(0), [tf.zeros_like(product) for product in step(tf.constant(0))])
            _, last = tf.while_loop(lambda i, _: i < steps, body, start)
            return tf.add_n([tf.reduce_sum(product) for product in last])

        return loop

    total = 0.0
    passes = ((ROWS, net.batch, True), (VALIDATION_ROWS, 1024, False))
    for rows, batch, training in passes if validation else passes[:1]:
        loop, steps = products(batch, training), tf.constant(-(-rows // batch))
        loop(steps)
        seconds = []
        for _ in range(9):
            start = time.perf_counter()
            loop(steps).numpy()
            seconds.append(time.perf_counter() - start)
        total += statistics.median(seconds)
    return total


def breakdown(data: Data, batch: int) -> dict[str, float]:
    """Milliseconds of the parts of an epoch with dropout .2, each by what its absence saves."""
    import keras
    from stellar.learning.network import build
    from stellar.learning.training import Trainer

    def seconds(net: Network, optimizer: Any, validation: Rows | None, epochs: int) -> float:
        trainer = Trainer(lambda s: build(net, N_FEATURES, s), net, ROWS, optimizer)
        trainer.fit(data.train, 0, validation, epochs=2)
        found = []
        for _ in range(5):
            start = time.perf_counter()
            trainer.fit(data.train, 0, validation, epochs=epochs)
            found.append(time.perf_counter() - start)
        return statistics.median(found)

    dropping, plain, n = network(batch, 0.2), network(batch, 0.0), OUR_EPOCHS
    adam, sgd = keras.optimizers.Adam, keras.optimizers.SGD
    whole = seconds(dropping, adam, data.validation, n)
    without_validation = seconds(dropping, adam, None, n)
    without_dropout = seconds(plain, adam, None, n)
    bare = seconds(plain, sgd, None, n)
    once = 2 * seconds(plain, sgd, None, n) - seconds(plain, sgd, None, 2 * n)
    products = product_seconds(plain, validation=False)
    gathered = gather_seconds(data, batch)
    parts = {
        "matrix products, of their sizes": products,
        "new order and gathering": gathered,
        "dropout": (without_validation - without_dropout) / n,
        "Adam instead of plain descent": (without_dropout - bare) / n,
        "validation": (whole - without_validation) / n,
        "new weights, data to TensorFlow (once a fit)": once / n,
    }
    parts["activations, loss, their gradients, the loop"] = whole / n - sum(parts.values())
    return {name: 1000 * value for name, value in (*parts.items(), ("all", whole / n))}


def gather_seconds(data: Data, batch: int) -> float:
    """Rows put in new order and gathered, as an epoch begins."""
    from stellar.learning.training import trainer_of

    layout = trainer_of(network(batch, 0.0), N_FEATURES, ROWS)._layout(data.train, 0)
    seconds = []
    for _ in range(9):
        start = time.perf_counter()
        list(layout.shuffled())
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def compare(data: Data, batch: int, dropout: float) -> dict[str, float]:
    """Seconds an epoch of each method that can do this, taking turns."""
    net = network(batch, dropout)
    steps = best_steps(data, net)
    methods = {
        STOCK: stock(data, net),
        f"{BEST_STOCK} ({steps})": stock(data, net, steps),
        OURS: ours(data, net),
    }
    if dropout == 0:
        methods[SKLEARN] = sklearn(data, net)
    for epochs in methods.values():
        list(epochs())  # warm-up
    seconds: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(ROUNDS):
        for name, epochs in methods.items():
            seconds[name] += epochs()
    return {name: statistics.median(values) for name, values in seconds.items()}


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """Seconds an epoch by mini-batch; scikit-learn without dropout."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "stellar"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    lines = {
        "Keras fit": (STOCK, 0.2, "#5d6b7a", "o-"),
        "Keras fit, best steps_per_execution": (BEST_STOCK, 0.2, "#5d6b7a", "s--"),
        "scikit-learn (no dropout, no validation)": (SKLEARN, 0.0, "#e07b1f", "^-"),
        "ours": (OURS, 0.2, "#2457a8", "o-"),
        "its matrix products alone": (PRODUCTS, 0.2, "#1c2733", "--"),
        "… at the rate of large ones": (LIMIT, 0.2, "#1c2733", ":"),
    }
    for label, (method, dropout, colour, style) in lines.items():
        found = [r for r in rows if r["method"].startswith(method) and r["dropout"] == dropout]
        if method == STOCK:
            found = [r for r in found if r["method"] == STOCK]
        x, y = [r["batch"] for r in found], [r["s_per_epoch"] for r in found]
        axes.plot(x, y, style, color=colour, label=label)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_ylim(top=20)  # room for the legend
    axes.set_xticks(BATCHES, [str(batch) for batch in BATCHES])
    axes.set_xlabel("rows of a mini-batch")
    axes.set_ylabel("seconds an epoch")
    axes.set_title("16-32-7 on 51,886 rows, dropout .2, with validation", fontsize=10)
    axes.legend(frameon=False, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, default=Path("results/bench/training.json"))
    parser.add_argument("--figure", type=Path)
    args = parser.parse_args()
    prepare_tensorflow()
    import keras

    keras.utils.set_random_seed(1)
    warnings.simplefilter("ignore")
    data = Data(random_rows(ROWS, 0), random_rows(VALIDATION_ROWS, 1))
    rate = matrix_rate()
    print(f"matrix product: {rate / 1e9:.0f} GFLOP/s on one thread; an epoch of the network is")
    print(f"{flops(network(32, 0.0)) / 1e6:.0f} MFLOP\n")
    print("| dropout | batch | method | s/epoch | ours is faster |")
    print("|---|---|---|---|---|")
    rows: list[dict[str, Any]] = []
    for dropout in DROPOUTS:
        for batch in BATCHES:
            found = compare(data, batch, dropout)
            found[PRODUCTS] = product_seconds(network(batch, dropout))
            found[LIMIT] = flops(network(batch, dropout)) / rate
            for method, seconds in sorted(found.items(), key=lambda item: -item[1]):
                rows.append({"method": method, "batch": batch, "dropout": dropout})
                rows[-1] |= {"rows": ROWS, "s_per_epoch": seconds}
                times = f"{seconds / found[OURS]:.2f}×" if method != OURS else ""
                cells = f"{dropout:g} | {batch} | {method} | {seconds:.4f} | {times}"
                print(f"| {cells} |", flush=True)
    print("\n| part of an epoch, batch 300, dropout .2 | ms |\n|---|---|")
    parts = breakdown(data, 300)
    for name, milliseconds in parts.items():
        print(f"| {name} | {milliseconds:.2f} |", flush=True)
    files.write_json(args.json, rows)
    if args.figure:
        draw(rows, args.figure)


if __name__ == "__main__":
    main()
