"""A model's folder made in a moment: a linear network on simulated colours, without TensorFlow."""

from pathlib import Path

import numpy as np
from stellar import BANDS, CLASSES
from stellar.classify import folder, making
from stellar.crossvalidation.rounds import run_round
from stellar.learning.onnx_file import write_onnx
from stellar.sample.arrays import Sample
from stellar.sample.features import columns_needed, matrix, resolve

TIERS = {
    "photometry": ["photometry", "colours"],
    "redshift": ["photometry", "colours", "redshift"],
}
ROWS = 5000


def star_columns(rows: int = ROWS, seed: int = 0) -> tuple[dict, np.ndarray, np.ndarray]:
    """Simulated columns of stars and white dwarfs, the class numbers, and the kinds."""
    random = np.random.default_rng(seed)
    labels = (np.arange(rows) % 7).astype(np.int8)
    colour = -0.3 + 0.35 * labels
    kinds = np.where(np.arange(rows) % 20 == 19, "white dwarf", "").astype(object)
    colour = np.where(kinds != "", -1.5, colour)
    magnitude = random.uniform(15, 19, rows)
    columns = {}
    for number, band in enumerate(BANDS):
        columns[band] = magnitude - number * colour * 0.5 + random.normal(0, 0.1, rows)
    columns["redshift"] = random.normal(0, 3e-4, rows)
    return columns, np.where(kinds != "", -1, labels).astype(np.int8), kinds


class Dense:
    """What `write_onnx` looks at of a layer of Keras's."""

    def __init__(self, kernel, bias, activation="softmax"):
        self.weights = [kernel.astype(np.float32), bias.astype(np.float32)]
        self.activation = type(activation, (), {})  # its name alone

    def get_weights(self):
        return self.weights


class Network:
    """What `write_onnx` looks at of a model of Keras's."""

    def __init__(self, *layers):
        self.layers = layers
        self.input_shape = (None, len(layers[0].weights[0]))
        self.output_shape = (None, len(layers[-1].weights[1]))


def linear_network(values, labels) -> Network:
    """Linear discriminants of standardized features."""
    means = np.array([values[labels == k].mean(axis=0) for k in range(len(CLASSES))])
    within = np.cov((values - means[labels]).T) + 1e-3 * np.eye(values.shape[1])
    kernel = np.linalg.solve(within, means.T)
    return Network(Dense(kernel, -0.5 * np.einsum("kd,dk->k", means, kernel)))


def softmax(network: Network, values) -> np.ndarray:
    kernel, bias = network.layers[0].weights
    powers = np.exp(values @ kernel + bias - (values @ kernel + bias).max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def make_model(
    place: Path, tier: str = "photometry", groups: tuple[str, ...] | None = None
) -> Path:
    """Write a model's folder, as `train_model` does, to `place/tier`; `groups` are its features."""
    columns, labels, kinds = star_columns()
    features = resolve(groups or TIERS[tier])
    needed = columns_needed(features)
    sample = Sample(
        "simulated",
        np.arange(ROWS, dtype=np.uint64),
        tuple(features),
        matrix(columns, features),
        labels,
        np.random.default_rng(1).integers(0, making.PARTS, ROWS).astype(np.int8),
    )
    stars = making.Stars(sample, np.column_stack([columns[n] for n in needed]), kinds)
    made = []

    def learn(train, _beside, _seed, others):
        made.append(linear_network(train.values, train.labels))
        return [softmax(made[0], other) for other in others]

    result = run_round(sample, making.PROTOCOL, making.SCORED, learn, 0)
    judge = making.judge(stars, result, level=0.9, outside=0.001, rejected=0.05)
    about = {"label": "subclass", "tier": tier, "level": 0.9, "network": {}}
    own = place / tier
    write_onnx(own / folder.ONNX, made[0])
    making.write(own, stars, result, judge, about)
    folder.seal(own)
    return own


def save_malicious(folder: Path, mark: Path) -> list[Path]:
    """Save two `.keras` files whose Lambda layer makes the folder `mark`; one holds it in a layer.

    It needs Keras.
    """
    import keras

    place = str(mark)
    evil = keras.layers.Lambda(lambda x: (__import__("os").makedirs(place, exist_ok=True), x)[1])
    inner = keras.Sequential([keras.Input((4,)), evil])
    outer = keras.Sequential([keras.Input((4,)), inner, keras.layers.Dense(7)])
    paths = [folder / "evil.keras", folder / "nested.keras"]
    for path, model in zip(paths, (inner, outer), strict=True):
        model.save(path)
    mark.rmdir()  # saving ran it
    return paths
