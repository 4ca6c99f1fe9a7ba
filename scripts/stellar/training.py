"""Training at the speed of the arithmetic: a whole epoch as one compiled function.

Stock `fit` dispatches each mini-batch from Python, which costs far more than the sums of a
thousand-parameter network. Here the shuffled rows of an epoch are laid out batch by batch and
XLA compiles the loop over them, optimizer included. TensorFlow is imported with this module.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.errors import UserError
from stellar.files import replacing
from stellar.network import Network, build
from stellar.samples import Rows

log = logging.getLogger("stellar")

Floats = NDArray[np.float32]
PREDICT_ROWS = 65_536  # rows at a time: bounds memory, costs nothing


class Diverged(UserError):
    """The training loss is no finite number any more."""


class HashedDropout(keras.layers.Layer):
    """Dropout whose masks come from a hash of (call, position) instead of random numbers.

    XLA's random numbers on a CPU cost some 25 times what the rest of the step does; an integer
    hash (the finalizer of MurmurHash3, A. Appleby) costs nothing visible. It acts in training
    only, so a model for users holds Keras's own Dropout in its place.
    """

    def __init__(self, rate: float, seed: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate
        self.seed = seed
        self.calls = tf.Variable(seed, dtype=tf.uint32, trainable=False)

    def restart(self, seed: int) -> None:
        """Begin the sequence of masks anew."""
        self.calls.assign((seed * 2_654_435_761 + self.seed * 40_503) % 2**32)

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Zero a share `rate` of the inputs and scale up the others, in training."""
        if not training:
            return inputs
        self.calls.assign_add(1)
        size = tf.size(inputs)
        mixed = tf.cast(tf.range(size), tf.uint32) * tf.constant(0x9E3779B1, tf.uint32)
        mixed += _scramble(self.calls.value())
        keep = _scramble(mixed) >= tf.constant(int(self.rate * 2**32), tf.uint32)
        mask = tf.reshape(tf.cast(keep, inputs.dtype), tf.shape(inputs))
        return inputs * mask / (1 - self.rate)


def _scramble(word: tf.Tensor) -> tf.Tensor:
    xor, shift = tf.bitwise.bitwise_xor, tf.bitwise.right_shift
    word = xor(word, shift(word, tf.constant(16, tf.uint32)))
    word *= tf.constant(0x85EBCA6B, tf.uint32)
    word = xor(word, shift(word, tf.constant(13, tf.uint32)))
    word *= tf.constant(0xC2B2AE35, tf.uint32)
    return xor(word, shift(word, tf.constant(16, tf.uint32)))


@dataclass(frozen=True)
class Fit:
    """A trained network: its weights, the epoch they are from, and each epoch's scores."""

    weights: list[Floats]
    best_epoch: int
    history: list[dict[str, float]]


class Trainer:
    """Trains one architecture any number of times, compiled once.

    Parameters
    ----------
    network : Network
    n_features : int
    max_rows : int
        Most training rows of any fit; fits of fewer rows share the compiled function.
    """

    def __init__(self, network: Network, n_features: int, max_rows: int) -> None:
        self.network = network
        self.n_features = n_features
        self.max_batches = -(-max_rows // network.batch)
        self._model = build(network, n_features, 0, dropout=HashedDropout)
        self._optimizer = keras.optimizers.Adam(network.learning_rate)
        self._optimizer.build(self._model.trainable_variables)
        self._epoch = self._compile_epoch()
        self._probabilities = tf.function(
            lambda x: self._model(x, training=False),
            input_signature=[tf.TensorSpec((None, n_features), tf.float32)],
        )

    def _compile_epoch(self) -> Callable[..., tf.Tensor]:
        model, optimizer = self._model, self._optimizer
        batch, width = self.network.batch, self.n_features
        per_row = {
            "crossentropy": keras.losses.categorical_crossentropy,
            "mse": keras.losses.mean_squared_error,
        }[self.network.loss]

        # An explicit loop: AutoGraph cannot read loops under every version of Python, and over
        # tf.range XLA would compile anew for each length.
        @tf.function(jit_compile=True, autograph=False)
        def epoch(x: tf.Tensor, y: tf.Tensor, weight: tf.Tensor, batches: tf.Tensor) -> tf.Tensor:
            def step(i: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
                xb = tf.reshape(tf.slice(x, [i, 0, 0], [1, batch, width]), [batch, width])
                yb = tf.reshape(tf.slice(y, [i, 0, 0], [1, batch, len(CLASSES)]), [batch, -1])
                wb = tf.reshape(tf.slice(weight, [i, 0], [1, batch]), [batch])
                rows = tf.reduce_sum(wb)
                with tf.GradientTape() as tape:
                    fitted = model(xb, training=True)
                    loss = tf.reduce_sum(wb * per_row(yb, fitted)) / rows
                    if model.losses:
                        loss += tf.add_n(model.losses)
                variables = model.trainable_variables
                optimizer.apply(tape.gradient(loss, variables), variables)
                return i + 1, total + loss * rows

            start = (tf.constant(0), tf.constant(0.0))
            _, total = tf.while_loop(lambda i, _: i < batches, step, start)
            return total / tf.reduce_sum(weight)

        return epoch

    def fit(
        self,
        train: Rows,
        seed: int,
        validation: Rows | None = None,
        epochs: int | None = None,
        objective: str = "val_log_loss",
    ) -> Fit:
        """Train from new weights.

        Parameters
        ----------
        train : Rows
            At most `max_rows` rows.
        seed : int
            Of initial weights, order of rows and dropout.
        validation : Rows, optional
            Scored after each epoch. With the network's `patience`, training stops when
            `objective` has not improved for so many epochs, and the best weights are kept.
        epochs : int, optional
            Instead of the network's.
        objective : {"val_log_loss", "val_accuracy"}
            What "best" means.

        Returns
        -------
        Fit

        Raises
        ------
        Diverged
            The loss is no finite number.
        """
        self._restart(seed)
        patience = self.network.patience if validation is not None else None
        sign = 1 if objective == "val_log_loss" else -1
        best, best_epoch, best_weights = np.inf, 0, None
        history: list[dict[str, float]] = []
        layout = _EpochLayout(train, self.network.batch, self.max_batches, seed)
        for epoch in range(1, (epochs or self.network.epochs) + 1):
            loss = float(self._epoch(*layout.shuffled()))
            if not np.isfinite(loss):
                raise Diverged(
                    f"training of {self.network.name} diverged in epoch {epoch}; lower its "
                    f"learning_rate ({self.network.learning_rate:g})"
                )
            scores: dict[str, float] = {"epoch": epoch, "loss": loss}
            if validation is not None:
                scores |= validation_scores(self._predict(validation.features), validation.labels)
            history.append(scores)
            if validation is None or patience is None:
                best_epoch = epoch
                continue
            if sign * scores[objective] < best:
                best, best_epoch, best_weights = sign * scores[objective], epoch, self._weights()
            elif epoch - best_epoch >= patience:
                break
        return Fit(best_weights or self._weights(), best_epoch, history)

    def predict(self, weights: list[Floats], features: Floats) -> Floats:
        """Class probabilities, shape (n_rows, 7), with the weights of a fit."""
        self._set_weights(weights)
        return self._predict(features)

    def export(self, weights: list[Floats]) -> keras.Model:
        """The trained network as a model of stock Keras layers."""
        model = build(self.network, self.n_features, 0)
        model.set_weights(weights)
        return model

    def _predict(self, features: Floats) -> Floats:
        starts = range(0, max(len(features), 1), PREDICT_ROWS)
        return np.concatenate(
            [self._probabilities(features[s : s + PREDICT_ROWS]).numpy() for s in starts]
        )

    def _restart(self, seed: int) -> None:
        self._set_weights(build(self.network, self.n_features, seed).get_weights())
        for variable in self._optimizer.variables:
            variable.assign(tf.zeros_like(variable))
        self._optimizer.learning_rate = self.network.learning_rate
        for layer in self._model.layers:
            if isinstance(layer, HashedDropout):
                layer.restart(seed)

    def _weights(self) -> list[Floats]:
        # A copy: numpy() may look at the very memory that the next epoch updates in place.
        return [np.array(variable.numpy()) for variable in self._model.trainable_variables]

    def _set_weights(self, weights: list[Floats]) -> None:
        for variable, value in zip(self._model.trainable_variables, weights, strict=True):
            variable.assign(value)


class _EpochLayout:
    """Lays the rows of each epoch out as (batches, batch, ...) in a new order."""

    def __init__(self, rows: Rows, batch: int, max_batches: int, seed: int) -> None:
        self.rows = rows
        self.batch = batch
        self.batches = -(-len(rows.labels) // batch)
        self.random = np.random.default_rng(seed)
        size, width = max_batches * batch, rows.features.shape[1]
        self.x = np.zeros((size, width), np.float32)
        self.y = np.zeros((size, len(CLASSES)), np.float32)
        self.weight = np.zeros((max_batches, batch), np.float32)
        self.weight.reshape(-1)[: len(rows.labels)] = 1
        self.one_hot = np.eye(len(CLASSES), dtype=np.float32)

    def shuffled(self) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
        n_rows = len(self.rows.labels)
        order = self.random.permutation(n_rows)
        np.take(self.rows.features, order, axis=0, out=self.x[:n_rows])
        np.take(self.one_hot, self.rows.labels[order], axis=0, out=self.y[:n_rows])
        return (
            tf.constant(self.x.reshape(-1, self.batch, self.x.shape[1])),
            tf.constant(self.y.reshape(-1, self.batch, self.y.shape[1])),
            tf.constant(self.weight),
            tf.constant(self.batches),
        )


def validation_scores(probabilities: Floats, labels: NDArray[np.int8]) -> dict[str, float]:
    """Log-loss (natural, clipped at 1e-7 as in Keras) and accuracy."""
    of_truth = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return {
        "val_log_loss": float(-np.log(np.clip(of_truth, 1e-7, 1)).mean()),
        "val_accuracy": float((probabilities.argmax(axis=1) == labels).mean()),
    }


class Trainers:
    """Trainers by architecture, so that fits of one architecture share a compiled function.

    XLA keeps what it compiled until the process ends: some 20 MB an architecture.
    """

    def __init__(self, n_features: int, max_rows: int) -> None:
        self.n_features = n_features
        self.max_rows = max_rows
        self._made: dict[Network, Trainer] = {}

    def get(self, network: Network) -> Trainer:
        """A trainer for this network; compiled anew only if its graph is new."""
        graph = replace(network, learning_rate=0.0, epochs=0, patience=None)
        if graph not in self._made:
            self._made[graph] = Trainer(network, self.n_features, self.max_rows)
        trainer = self._made[graph]
        trainer.network = network
        return trainer


def save_model(path: str | Path, model: keras.Model) -> None:
    """Save a model as `.keras`; stock layers only, so that it loads anywhere.

    The date is left out, and objects that layers share are numbered instead of named by their
    place in memory: the same model is the same bytes.
    """
    with replacing(path) as temporary:
        dated = temporary.with_name(temporary.name + ".keras")  # Keras looks at the ending
        try:
            model.save(dated)
            with ZipFile(dated) as source, ZipFile(temporary, "w") as target:
                for name in sorted(source.namelist()):
                    content = source.read(name)
                    if name.endswith(".json"):
                        content = _placeless(content.decode()).encode()
                    target.writestr(ZipInfo(name), content)
        finally:
            dated.unlink(missing_ok=True)


def _placeless(text: str) -> str:
    shared: dict[str, int] = {}
    text = re.sub(
        r'(?<="shared_object_id": )\d+',
        lambda found: str(shared.setdefault(found.group(), len(shared) + 1)),
        text,
    )
    return re.sub(r'"date_saved": "[^"]*"', '"date_saved": ""', text)
