"""The trainer against Keras's own `fit`, and what it gives beyond it."""

import itertools
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import yaml
from made_rows import rows
from project import ROOT
from stellar.learning.network import Network, Recipe, build
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
from stellar.learning.models import save_model  # noqa: E402
from stellar.learning.training import (  # noqa: E402
    LOSSES,
    Fit,
    Trainer,
    Trainers,
    learning_rates,
    trainer_of,
)
from stellar.sample.arrays import Rows  # noqa: E402

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
FIRST = Network.from_json(CONFIG["first_network"])
SMALL = replace(FIRST, dropout=0.0, batch=32, epochs=3)
ONE_HOT = np.eye(7, dtype=np.float32)


# Compiling takes a second, training a few hundredths: what says nothing of compiling shares it.
TRAINERS = Trainers(16, 600)


class Stock:
    """Keras's own `fit`, compiled once, from the beginning for each of its fits."""

    def __init__(self, model: keras.Model, recipe: Recipe, optimizer=None) -> None:
        self.model, self.recipe = model, recipe
        self.optimizer = optimizer or keras.optimizers.Adam(recipe.learning_rate)
        model.compile(self.optimizer, LOSSES[recipe.loss])
        self.optimizer.build(model.trainable_variables)
        self.fresh = [np.array(variable) for variable in self.optimizer.variables]

    def restart(self, seed: int) -> None:
        self.model.set_weights(build(self.recipe, 16, seed).get_weights())
        for variable, value in zip(self.optimizer.variables, self.fresh, strict=True):
            variable.assign(value)

    def fit(self, train: Rows, seed: int) -> list[float]:
        """Losses by epoch, the rows in the order that our trainer takes."""
        random = np.random.default_rng(seed)
        losses = []
        for _ in range(self.recipe.epochs):
            order = random.permutation(len(train.labels))
            history = self.model.fit(
                train.values[order],
                ONE_HOT[train.labels[order]],
                sample_weight=None if train.weights is None else train.weights[order],
                batch_size=self.recipe.batch,
                shuffle=False,
                verbose=0,
            )
            losses.append(history.history["loss"][0])
        return losses


def stock(
    model: keras.Model, recipe: Recipe, train: Rows, seed: int, optimizer=None
) -> list[float]:
    """Train by Keras's own `fit`; losses by epoch."""
    return Stock(model, recipe, optimizer).fit(train, seed)


def assert_same(fit: Fit, model: keras.Model, losses: list[float], atol: float = 1e-5) -> None:
    for mine, theirs in zip(fit.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=atol)
    assert [row["loss"] for row in fit.history] == pytest.approx(losses, rel=1e-4)


# Equivalence --------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["crossentropy", "mse", "emd"])
@pytest.mark.parametrize("l2", [0.0, 0.01])
def test_an_epoch_gives_the_weights_that_fit_gives(loss, l2):
    network = replace(SMALL, loss=loss, l2=l2, epochs=1)
    trainer, theirs = TRAINERS.get(network), Stock(build(network, 16, seed=5), network)
    # Whole mini-batches, a partial last one, less than one; with weights of rows and without.
    for n_rows, weighted in itertools.product([320, 333, 20], [False, True]):
        train = rows(n_rows)
        if weighted:
            random = np.random.default_rng(8)
            train = replace(train, weights=random.uniform(0, 3, n_rows).astype(np.float32))
        fit = trainer.fit(train, seed=5)
        theirs.restart(seed=5)
        assert_same(fit, theirs.model, theirs.fit(train, 5))


def test_the_cosine_schedule_is_that_of_keras():
    network = replace(SMALL, schedule="cosine", learning_rate=0.02)
    train = rows(333)
    fit = TRAINERS.get(network).fit(train, seed=5)
    model = build(network, 16, seed=5)
    steps = network.epochs * 11
    decay = keras.optimizers.schedules.CosineDecay(network.learning_rate, steps)
    losses = stock(model, network, train, 5, keras.optimizers.Adam(decay))
    assert_same(fit, model, losses, atol=5e-5)  # over three epochs
    rates = np.concatenate([learning_rates(network, e, 3, 11) for e in (1, 2, 3)])
    np.testing.assert_allclose(rates, [decay(step) for step in range(steps)], rtol=1e-5)


def test_balanced_class_weights_are_those_of_fit_and_scikit_learn():
    from sklearn.utils.class_weight import compute_class_weight

    network = replace(SMALL, class_weights="balanced", epochs=1)
    train = rows(333)
    keep = train.labels != 3  # a class without rows
    train = Rows(train.values[keep], train.labels[keep])
    fit = TRAINERS.get(network).fit(train, seed=5)
    present = np.unique(train.labels)
    weights = compute_class_weight("balanced", classes=present, y=train.labels)
    by_class = np.zeros(7, np.float32)
    by_class[present] = weights
    model = build(network, 16, seed=5)
    weighted = replace(train, weights=by_class[train.labels])
    assert_same(fit, model, stock(model, network, weighted, 5))


def residual(seed: int) -> keras.Model:
    """A functional model with a branch, layer normalisation and two kinds of regularisation."""
    initial = iter(range(seed * 10, seed * 10 + 10))

    def dense(units, **options):
        kernel = keras.initializers.GlorotUniform(next(initial))
        return keras.layers.Dense(units, kernel_initializer=kernel, **options)

    inputs = keras.Input((16,))
    wide = dense(12, activation="tanh", kernel_regularizer="l1")(inputs)
    sum_ = keras.layers.Add()([wide, dense(12, bias_regularizer="l2")(inputs)])
    normal = keras.layers.LayerNormalization()(sum_)
    return keras.Model(inputs, dense(7, activation="softmax")(normal))


def normalised(seed: int) -> keras.Model:
    """A model whose rows look at each other, and whose moving averages are no gradient's."""
    initial = keras.initializers.GlorotUniform(seed)
    layers = [
        keras.Input((16,)),
        keras.layers.Dense(12, kernel_initializer=initial),
        keras.layers.BatchNormalization(momentum=0.7),
        keras.layers.Dense(7, "softmax", kernel_initializer=initial),
    ]
    return keras.Sequential(layers)


class Subclassed(keras.Model):
    def __init__(self, seed: int) -> None:
        super().__init__()
        initial = keras.initializers.GlorotUniform(seed)
        self.one = keras.layers.Dense(9, "relu", kernel_initializer=initial)
        self.two = keras.layers.Dense(7, "softmax", kernel_initializer=initial)

    def call(self, inputs, training=False):
        return self.two(self.one(inputs))


def subclassed(seed: int) -> keras.Model:
    model = Subclassed(seed)
    inputs = keras.Input((16,))
    return keras.Model(inputs, model(inputs))


@pytest.mark.parametrize(
    ("make", "optimizer"),
    [
        (residual, keras.optimizers.SGD),
        (normalised, keras.optimizers.Adagrad),
        (subclassed, keras.optimizers.Adagrad),
        pytest.param(residual, keras.optimizers.Adagrad, marks=pytest.mark.slow),
        pytest.param(normalised, keras.optimizers.SGD, marks=pytest.mark.slow),
        pytest.param(subclassed, keras.optimizers.SGD, marks=pytest.mark.slow),
    ],
)
def test_any_keras_model_and_optimizer(make, optimizer):
    train = rows(333)
    trainer = Trainer(make, SMALL, 400, optimizer)
    assert trainer.is_compiled
    trainer.fit(rows(90, seed=3), seed=1)  # leaves nothing behind
    fit = trainer.fit(train, seed=5)
    model = make(5)
    losses = stock(model, SMALL, train, 5, optimizer(SMALL.learning_rate))
    assert_same(fit, model, losses, atol=2e-5)
    exported = trainer.export([fit])
    np.testing.assert_allclose(
        trainer.predict([fit], train.values),
        exported.predict(train.values, verbose=0),
        atol=1e-6,
    )


@keras.saving.register_keras_serializable("test")
class InPython(keras.layers.Layer):
    """Does its sums outside of TensorFlow, where XLA cannot follow."""

    def call(self, inputs):
        halved = tf.numpy_function(lambda x: x / 2, [inputs], tf.float32)
        return tf.reshape(tf.stop_gradient(halved), tf.shape(inputs)) + inputs / 2

    def compute_output_shape(self, input_shape):
        return input_shape


def test_what_cannot_be_compiled_falls_back_to_fit_and_says_so(caplog):
    def make(seed):
        initial = keras.initializers.GlorotUniform(seed)
        layers = [
            keras.Input((16,)),
            InPython(),
            keras.layers.Dense(7, "softmax", kernel_initializer=initial),
        ]
        return keras.Sequential(layers)

    recipe = replace(SMALL, schedule="cosine")
    with caplog.at_level("WARNING", "stellar"):
        trainer = Trainer(make, recipe, 333)
    assert not trainer.is_compiled
    assert "Keras's slower fit trains it" in caplog.text
    train = replace(rows(333), weights=np.linspace(0, 2, 333, dtype=np.float32))
    fit = trainer.fit(train, seed=5)
    model = make(5)
    decay = keras.optimizers.schedules.CosineDecay(recipe.learning_rate, recipe.epochs * 11)
    losses = stock(model, recipe, train, 5, keras.optimizers.Adam(decay))
    assert_same(fit, model, losses, atol=2e-5)


# Dropout ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_with_dropout_the_losses_agree_with_fit_over_seeds():
    """Mean loss curves over seeds: within three standard errors of each other, at each epoch."""
    network = replace(SMALL, dropout=0.4, hidden=(24, 24), epochs=4)
    train, validation, seeds = rows(400), rows(200, seed=1), range(8)
    trainer = TRAINERS.get(network)
    stock = Stock(build(network, 16, 0), network)
    ours, theirs = [], []
    for seed in seeds:
        fit = trainer.fit(train, seed, validation)
        ours.append([(r["loss"], r["val_log_loss"]) for r in fit.history])
        keras.utils.set_random_seed(seed)
        stock.restart(seed)
        history = stock.model.fit(
            train.values,
            ONE_HOT[train.labels],
            batch_size=network.batch,
            epochs=network.epochs,
            validation_data=(validation.values, ONE_HOT[validation.labels]),
            verbose=0,
        ).history
        theirs.append(list(zip(history["loss"], history["val_loss"], strict=True)))
    a, b = np.array(ours), np.array(theirs)
    error = np.sqrt((a.var(axis=0, ddof=1) + b.var(axis=0, ddof=1)) / len(seeds))
    assert (np.abs(a.mean(axis=0) - b.mean(axis=0)) < 3 * error).all()
    # The test could fail: without dropout the losses are others.
    plain = TRAINERS.get(replace(network, dropout=0.0))
    c = np.array([[r["loss"] for r in plain.fit(train, seed).history] for seed in seeds])
    assert (np.abs(c.mean(axis=0) - b.mean(axis=0)[:, 0]) > 3 * error[:, 0]).all()


# Seeds, stopping, ensembles -------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_alone_or_after_others():
    network = replace(FIRST, epochs=2)
    train, validation = rows(500), rows(100, seed=1)
    alone = trainer_of(network, 16, 600).fit(train, 3, validation)
    trainer = TRAINERS.get(network)
    trainer.fit(rows(580, seed=7), 1)
    after = trainer.fit(train, 3, validation)
    for a, b in zip(alone.weights, after.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert alone.history == after.history
    other = trainer.fit(train, 4, validation)
    assert any((a != b).any() for a, b in zip(after.weights, other.weights, strict=True))


# Models and prediction ------------------------------------------------------------------------


def test_saved_models_load_with_stock_keras(tmp_path):
    """One model and an ensemble's average, in a process that knows nothing of this project."""
    trainer = TRAINERS.get(FIRST)
    fits = [trainer.fit(rows(300), seed, epochs=1) for seed in range(3)]
    models = tmp_path / "models"
    models.mkdir()
    save_model(models / "one.keras", trainer.export(fits[:1]))
    save_model(models / "three.keras", trainer.export(fits))
    assert sorted(path.name for path in models.iterdir()) == ["one.keras", "three.keras"]
    x = rows(50, seed=2).values
    np.save(tmp_path / "x.npy", x)
    code = (
        "import keras, numpy as np\n"
        "for name in ('one', 'three'):\n"
        "    model = keras.models.load_model(f'models/{name}.keras')\n"
        "    np.save(name, model.predict(np.load('x.npy'), verbose=0))"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    for name, members in (("one", fits[:1]), ("three", fits)):
        found = np.load(tmp_path / f"{name}.npy")
        np.testing.assert_allclose(found, trainer.predict(members, x), atol=1e-6)


def test_a_fold_imports_only_what_it_uses():
    code = (
        "import sys\n"
        "from stellar.learning.tensorflow_setup import prepare_tensorflow\n"
        "prepare_tensorflow()\n"
        "import stellar.crossvalidation.rounds, stellar.learning.network_learners\n"
        "for name in ('sklearn', 'pandas', 'scipy', 'matplotlib', 'PIL', 'keras_tuner'):\n"
        "    assert name not in sys.modules, name\n"
        "import pandas, sklearn  # hidden from Keras alone\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr[-2000:]
