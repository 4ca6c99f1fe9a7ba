"""Training at the speed of the arithmetic: a whole epoch as one compiled function.

Stock `fit` dispatches each mini-batch from Python, which costs far more than the sums of a
thousand-parameter network. Here the shuffled rows of an epoch are laid out batch by batch and
XLA compiles the loop over them, optimizer included. TensorFlow is imported with this module.
docs/performance.md has what it gains, measured.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from stellar.errors import UserError
from stellar.learning.models import Predictor, average
from stellar.learning.network import Network, Recipe, build
from stellar.learning.training_layers import HashedDropout, for_training
from stellar.phases import phase
from stellar.sample.arrays import Rows
from stellar.sample.fingerprints import PREDICTED, TRAINED_ON, VALIDATED_ON, note

log = logging.getLogger("stellar")

Floats = NDArray[np.float32]


def earth_movers_distance(truth: tf.Tensor, probabilities: tf.Tensor) -> tf.Tensor:
    """How far probability must be moved to the true class, squared, shape (n_rows,).

    The sum over classes of the squared difference of the cumulative probabilities (Hou+ 2016,
    arXiv:1611.05916): an O called M costs more than an O called B.

    Parameters
    ----------
    truth, probabilities : tensor, shape (n_rows, 7)
        One-hot classes in the order O B A F G K M, and their probabilities.
    """
    apart = tf.cumsum(probabilities - tf.cast(truth, probabilities.dtype), axis=-1)
    return tf.reduce_sum(tf.square(apart), axis=-1)


LOSSES: dict[str, Callable[..., tf.Tensor]] = {
    "crossentropy": keras.losses.categorical_crossentropy,
    "mse": keras.losses.mean_squared_error,
    "emd": earth_movers_distance,
}
# What one row gives in these layers does not depend on the other rows of its batch.
ROW_WISE = (
    keras.layers.InputLayer,
    keras.layers.Dense,
    keras.layers.Activation,
    keras.layers.Dropout,
    keras.layers.Concatenate,
    keras.layers.Add,
    keras.layers.LayerNormalization,
    keras.layers.Normalization,
    HashedDropout,
)


class Diverged(UserError):
    """The training loss is no finite number any more."""


@dataclass(frozen=True)
class Fit:
    """A trained network.

    Attributes
    ----------
    weights : list of array of float32
        As Keras orders them, each of its variable's shape.
    best_epoch : int
        The epoch they are from, counted from 1.
    history : list of dict
        Of each epoch `epoch`, `loss` and, with validation rows, `val_log_loss`, `val_accuracy`.
    """

    weights: list[Floats]
    best_epoch: int
    history: list[dict[str, float]]


class Trainer:
    """Trains one Keras model any number of times, compiled once.

    Parameters
    ----------
    build : callable
        From a seed to the model with freshly drawn weights: sequential or functional, layers of
        any kind, one input, class probabilities out.
    recipe : Recipe
    max_rows : int
        Most training rows of any fit; fits of fewer rows share the compiled function.
    optimizer : callable, optional
        From a learning rate to a Keras optimizer whose step treats each weight alone, as those
        of Adam and SGD do, and those of LAMB or with `clipnorm` do not.

    Notes
    -----
    A step does what Keras's `fit` does: mean over the rows of a mini-batch of weight × loss, plus
    the model's own losses; the last mini-batch may be smaller. A model that XLA cannot compile is
    trained by `fit` itself, and a warning says so.
    """

    def __init__(
        self,
        build: Callable[[int], keras.Model],
        recipe: Recipe,
        max_rows: int,
        optimizer: Callable[[float], keras.optimizers.Optimizer] = keras.optimizers.Adam,
    ) -> None:
        self.recipe = recipe
        self._build = build
        self._batch = min(recipe.batch, max_rows)
        self._batches = -(-max_rows // self._batch)
        with phase("compile"):
            self._model = for_training(build(0))
            self._pads = all(isinstance(layer, ROW_WISE) for layer in self._model.layers)
            # All weights in line: an optimizer's step is compiled and run once, not once a layer.
            self._line = keras.Variable(_in_line(self._model.trainable_variables))
            self._optimizer = optimizer(recipe.learning_rate)
            self._optimizer.build([self._line])
            compiled = self._compile()
            self.is_compiled = compiled is not None
            if compiled is None:
                self._model = for_training(build(0), compiled=False)
                self._optimizer = optimizer(recipe.learning_rate)
                self._optimizer.build(self._model.trainable_variables)
            self._epoch = compiled or self._fit_epoch
            self._unused = [variable.numpy() for variable in self._optimizer.variables]
            self._predict = Predictor(self._model)

    def with_recipe(self, recipe: Recipe) -> Trainer:
        """The same compiled model trained by another recipe of the same loss and batch."""
        if (recipe.loss, recipe.batch) != (self.recipe.loss, self.recipe.batch):
            raise ValueError("loss and batch are compiled; make another Trainer")
        other = copy.copy(self)
        other.recipe = recipe
        return other

    def fit(
        self,
        train: Rows,
        seed: int,
        validation: Rows | None = None,
        epochs: int | None = None,
        objective: str = "val_log_loss",
        enough: float | None = None,
    ) -> Fit:
        """Train from new weights.

        Parameters
        ----------
        train : Rows
            At most `max_rows` rows.
        seed : int
            Of initial weights, order of rows and dropout.
        validation : Rows, optional
            Scored after each epoch. With the recipe's `patience`, training stops when
            `objective` has not improved for so many epochs, and the best weights are kept.
        epochs : int, optional
            Instead of the recipe's.
        objective : {"val_log_loss", "val_accuracy"}
            What "best" means.
        enough : float, optional
            Training stops where the objective is as good as this.

        Returns
        -------
        Fit

        Raises
        ------
        Diverged
            The loss is no finite number.
        """
        with phase("train") as work:
            n_epochs = epochs or self.epochs(len(train.labels))
            fit = self._fit(train, seed, validation, n_epochs, objective, enough)
            work.rows = len(train.labels) * len(fit.history)
        return fit

    def epochs(self, n_rows: int) -> int:
        """How often a fit goes through so many rows."""
        batches = -(-n_rows // self._batch)
        return max(self.recipe.epochs, -(-self.recipe.steps // batches))

    def _fit(
        self,
        train: Rows,
        seed: int,
        validation: Rows | None,
        epochs: int,
        objective: str,
        enough: float | None,
    ) -> Fit:
        self._restart(seed)
        patience = self.recipe.patience if validation is not None else None
        sign = 1 if objective == "val_log_loss" else -1
        goal = -np.inf if enough is None else sign * enough
        best, best_epoch, best_weights = np.inf, 0, None
        history: list[dict[str, float]] = []
        layout = self._layout(train, seed)
        note(TRAINED_ON, train.values, train.labels)
        if validation is not None:
            note(VALIDATED_ON, validation.values, validation.labels)
        for epoch in range(1, epochs + 1):
            rates = learning_rates(self.recipe, epoch, epochs, layout.steps)
            loss = self._run_epoch(layout, rates)
            if not np.isfinite(loss):
                raise Diverged(
                    f"training diverged in epoch {epoch}; lower learning_rate "
                    f"({self.recipe.learning_rate:g})"
                )
            scores: dict[str, float] = {"epoch": epoch, "loss": loss}
            if validation is not None:
                scores |= validation_scores(self._predict(validation.values), validation.labels)
            history.append(scores)
            if validation is None or patience is None:
                best_epoch = epoch
                continue
            if sign * scores[objective] < best:
                best, best_epoch, best_weights = sign * scores[objective], epoch, self._weights()
            elif epoch - best_epoch >= patience:
                break
            if best <= goal:
                break
        return Fit(best_weights or self._weights(), best_epoch, history)

    def predict(self, fits: Sequence[Fit], features: Floats) -> Floats:
        """Class probabilities, shape (n_rows, n_classes): the mean over an ensemble's fits."""
        note(PREDICTED, features)
        with phase("evaluate", len(fits) * len(features)):
            total = np.zeros(1, np.float32)
            for fit in fits:
                self._set_weights(fit.weights)
                total = total + self._predict(features)
            return total / np.float32(len(fits))

    def export(self, fits: Sequence[Fit]) -> keras.Model:
        """The trained model, or the average of an ensemble's, in stock Keras layers."""
        models = []
        for fit in fits:
            model = self._build(0)
            model.set_weights(fit.weights)
            models.append(model)
        return average(models)

    def _compile(self) -> Callable[..., tf.Tensor] | None:
        """The compiled epoch; None, with a warning, if XLA cannot compile this model."""
        epoch = self._graph()
        nothing = Rows(
            np.zeros((0, *self._model.input_shape[1:]), np.float32), np.zeros(0, np.int8)
        )
        try:
            # XLA compiles at the first call: one without rows trains nothing.
            for part in self._layout(nothing, 0).shuffled():
                epoch(*part, tf.zeros(self._batches))
        except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError) as error:
            reason = str(error).strip().splitlines()[0]
            log.warning("XLA cannot compile this model, Keras's slower fit trains it: %s", reason)
            return None
        return epoch

    def _graph(self) -> Callable[..., tf.Tensor]:
        model, optimizer, per_row = self._model, self._optimizer, LOSSES[self.recipe.loss]
        classes, line, variables = model.output_shape[-1], self._line, model.trainable_variables
        sizes = [int(np.prod(variable.shape)) for variable in variables]

        # An explicit loop: AutoGraph cannot read loops under every version of Python, and over
        # tf.range XLA would compile again for each length.
        @tf.function(jit_compile=True, autograph=False)
        def epoch(
            x: tf.Tensor, labels: tf.Tensor, weight: tf.Tensor, rows: tf.Tensor, rates: tf.Tensor
        ) -> tf.Tensor:
            batch = x.shape[1]

            def step(i: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
                xb, yb, wb = (_one_batch(table, i) for table in (x, labels, weight))
                real = tf.cast(tf.minimum(batch, rows - i * batch), tf.float32)
                optimizer.learning_rate.assign(rates[i])
                with tf.GradientTape() as tape:
                    fitted = model(xb, training=True)
                    loss = tf.reduce_sum(wb * per_row(tf.one_hot(yb, classes), fitted)) / real
                    if model.losses:
                        loss += tf.add_n(model.losses)
                gradients = tape.gradient(loss, variables, unconnected_gradients="zero")
                optimizer.apply([_in_line(gradients)], [line])
                for variable, part in zip(variables, tf.split(line.value, sizes), strict=True):
                    variable.assign(tf.reshape(part, variable.shape))
                return i + 1, total + loss * real

            line.assign(_in_line(variables))
            start = (tf.constant(0), tf.constant(0.0))
            return tf.while_loop(lambda i, _: i * batch < rows, step, start)[1]

        return epoch

    def _run_epoch(self, layout: _Layout, rates: Floats) -> float:
        total, start = 0.0, 0
        padded = np.zeros(self._batches, np.float32)
        for part in layout.shuffled():
            steps = -(-int(part[3]) // int(part[0].shape[1]))
            padded[:steps] = rates[start : start + steps]
            total += float(self._epoch(*part, tf.constant(padded)))
            start += steps
        return total / layout.n_rows

    def _fit_epoch(
        self, x: tf.Tensor, labels: tf.Tensor, weight: tf.Tensor, rows: tf.Tensor, rates: tf.Tensor
    ) -> tf.Tensor:
        """The same epoch by Keras's own `fit`."""
        n_rows, optimizer = int(rows), self._optimizer

        def set_rate(step: int, logs: Any = None) -> None:
            optimizer.learning_rate.assign(rates[step])

        self._model.compile(optimizer, LOSSES[self.recipe.loss], jit_compile=False)
        history = self._model.fit(
            tf.reshape(x, [-1, *x.shape[2:]])[:n_rows],
            tf.one_hot(tf.reshape(labels, [-1])[:n_rows], self._model.output_shape[-1]),
            sample_weight=tf.reshape(weight, [-1])[:n_rows],
            batch_size=x.shape[1],
            shuffle=False,
            verbose=0,
            callbacks=[keras.callbacks.LambdaCallback(on_train_batch_begin=set_rate)],
        )
        return tf.constant(history.history["loss"][0] * n_rows)

    def _layout(self, rows: Rows, seed: int) -> _Layout:
        weight = _row_weights(rows, self.recipe)
        return _Layout(rows, weight, self._batch, self._batches, self._pads, seed)

    def _restart(self, seed: int) -> None:
        self._set_weights(self._build(seed).get_weights())
        for variable, value in zip(self._optimizer.variables, self._unused, strict=True):
            variable.assign(value)
        for layer in self._model.layers:
            if isinstance(layer, HashedDropout):
                layer.restart(seed)

    def _weights(self) -> list[Floats]:
        # A copy: numpy() may look at the very memory that the next epoch updates in place.
        return [np.array(variable.numpy()) for variable in self._model.weights]

    def _set_weights(self, weights: Sequence[Floats]) -> None:
        for variable, value in zip(self._model.weights, weights, strict=True):
            variable.assign(value)


def _in_line(tables: Sequence[keras.Variable | tf.Tensor]) -> tf.Tensor:
    """Their values one after another, shape (n_values,)."""
    return tf.concat([tf.reshape(table, [-1]) for table in tables], 0)


def _one_batch(table: tf.Tensor, i: tf.Tensor) -> tf.Tensor:
    """Mini-batch i of a table laid out as (batches, batch, ...)."""
    shape = table.shape[1:]
    return tf.reshape(tf.slice(table, [i, *[0] * len(shape)], [1, *shape]), shape)


def _row_weights(rows: Rows, recipe: Recipe) -> Floats:
    """Sample weights times class weights, shape (n_rows,).

    "balanced" weighs a row by n_rows / (classes present × rows of its class), so that each class
    counts alike and the mean weight is 1.
    """
    weight = np.ones(len(rows.labels), np.float32) if rows.weights is None else rows.weights
    if recipe.class_weights == "balanced":
        counts = np.bincount(rows.labels)
        shares = len(rows.labels) / (np.count_nonzero(counts) * np.maximum(counts, 1))
        weight = weight * shares[rows.labels].astype(np.float32)
    return weight


class _Layout:
    """Lays the rows of each epoch out as (batches, batch, ...), in another order each time.

    An epoch gathers the rows once. A last, smaller mini-batch is filled with rows of weight 0 or,
    where that would change the others' results, made a part of its own.
    """

    def __init__(
        self, rows: Rows, weight: Floats, batch: int, max_batches: int, pads: bool, seed: int
    ) -> None:
        n_rows = len(rows.labels)
        self.n_rows, self._batch = n_rows, batch
        self.steps = -(-n_rows // batch)
        self._random = np.random.default_rng(seed)
        self._tail = 0 if pads else n_rows % batch
        self._tables = (
            np.ascontiguousarray(rows.values, np.float32),
            rows.labels.astype(np.int32),
            weight.astype(np.float32),
        )
        # Filled anew in each epoch; what lies behind the last row stays 0.
        self._gathered = [
            np.zeros((max_batches * batch, *table.shape[1:]), table.dtype) for table in self._tables
        ]

    def shuffled(self) -> Iterator[tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]]:
        """Features, labels, weights and number of rows of each part of an epoch."""
        order = self._random.permutation(self.n_rows)
        whole = self.n_rows - self._tail
        yield self._part(order[:whole], self._gathered, self._batch)
        if self._tail:
            tail = [np.empty((self._tail, *t.shape[1:]), t.dtype) for t in self._tables]
            yield self._part(order[whole:], tail, self._tail)

    def _part(
        self, order: NDArray[np.int64], gathered: Sequence[NDArray[Any]], batch: int
    ) -> tuple[tf.Tensor, ...]:
        for table, target in zip(self._tables, gathered, strict=True):
            table.take(order, axis=0, out=target[: len(order)], mode="clip")  # else it buffers
        batches = [tf.constant(table.reshape(-1, batch, *table.shape[1:])) for table in gathered]
        return (*batches, tf.constant(len(order)))


def learning_rates(recipe: Recipe, epoch: int, epochs: int, steps: int) -> Floats:
    """Learning rate of each step of an epoch (counted from 1), shape (steps,).

    "cosine" falls from the recipe's rate to 0 at the end of the last epoch, as Keras's
    CosineDecay does (Loshchilov & Hutter 2017, arXiv:1608.03983, without restarts).
    """
    if recipe.schedule == "constant":
        return np.full(steps, recipe.learning_rate, np.float32)
    done = ((epoch - 1) * steps + np.arange(steps)) / (epochs * steps)
    return (recipe.learning_rate * 0.5 * (1 + np.cos(np.pi * done))).astype(np.float32)


def validation_scores(probabilities: Floats, labels: NDArray[np.int8]) -> dict[str, float]:
    """Log-loss (natural, clipped at 1e-7 as in Keras) and accuracy.

    Parameters
    ----------
    probabilities : array of float32, shape (n_rows, 7)
    labels : array of int8, shape (n_rows,)
        Class numbers.
    """
    of_truth = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return {
        "val_log_loss": float(-np.log(np.clip(of_truth, 1e-7, 1)).mean()),
        "val_accuracy": float((probabilities.argmax(axis=1) == labels).mean()),
    }


def trainer_of(network: Network, n_features: int, max_rows: int) -> Trainer:
    """A trainer of the study's kind of network."""
    return Trainer(lambda seed: build(network, n_features, seed), network, max_rows)


def trained(
    network: Network, train: Rows, validation: Rows, seed: int
) -> tuple[Trainer, list[Fit]]:
    """An ensemble's trainer and fits, member m with seed + m; they may stop by `validation`."""
    trainer = trainer_of(network, train.values.shape[1], len(train.labels))
    fits = [trainer.fit(train, seed + member, validation) for member in range(network.members)]
    return trainer, fits


def history_table(fits: Sequence[Fit]) -> list[dict[str, Any]]:
    """Scores of each epoch of an ensemble's fits, with the number of the member."""
    return [{"member": m, **row} for m, fit in enumerate(fits) for row in fit.history]


class Trainers:
    """Trainers by architecture, so that fits of one architecture share a compiled function.

    XLA keeps what it compiled until the process ends: some 20 MB an architecture.
    """

    def __init__(self, n_features: int, max_rows: int) -> None:
        self.n_features = n_features
        self.max_rows = max_rows
        self._made: dict[Network, Trainer] = {}

    def get(self, network: Network) -> Trainer:
        """A trainer for this network; compiled only if no other had its graph."""
        graph = replace(
            network,
            learning_rate=0.0,
            schedule="constant",
            epochs=0,
            steps=0,
            patience=None,
            class_weights="none",
            members=1,
        )
        if graph not in self._made:
            self._made[graph] = trainer_of(network, self.n_features, self.max_rows)
        return self._made[graph].with_recipe(network)
