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
from stellar.crossvalidation.protocol import Protocol  # noqa: E402
from stellar.crossvalidation.rounds import run_rounds  # noqa: E402
from stellar.learning.dropout import HashedDropout, with_hashed_dropout  # noqa: E402
from stellar.learning.models import Predictor, average, save_model  # noqa: E402
from stellar.learning.network_learners import NetworkLearner  # noqa: E402
from stellar.learning.training import (  # noqa: E402
    LOSSES,
    Diverged,
    Fit,
    Trainer,
    Trainers,
    learning_rates,
    trainer_of,
    validation_scores,
)
from stellar.sample.arrays import Rows, Sample  # noqa: E402

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text())
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
                train.features[order],
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
    train = Rows(train.features[keep], train.labels[keep])
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
        trainer.predict([fit], train.features),
        exported.predict(train.features, verbose=0),
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


def test_hashed_dropout_drops_the_right_share_and_keeps_the_mean():
    layer = HashedDropout(0.3, seed=4)
    ones = np.ones((500, 64), np.float32)
    first, second = (layer(ones, training=True).numpy() for _ in range(2))
    assert (first == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert first.mean() == pytest.approx(1, abs=0.02)
    assert np.abs((first == 0).mean(axis=0) - 0.3).max() < 0.1  # no unit is favoured
    assert np.corrcoef(first.ravel(), second.ravel())[0, 1] == pytest.approx(0, abs=0.02)
    np.testing.assert_array_equal(layer(ones, training=False), ones)


def test_only_plain_dropout_is_replaced():
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dropout(0.2),
            keras.layers.Dropout(0.2, noise_shape=(None, 1)),
            keras.layers.GaussianDropout(0.2),
        ]
    )
    kinds = [type(layer).__name__ for layer in with_hashed_dropout(model).layers]
    assert kinds == ["HashedDropout", "Dropout", "GaussianDropout"]


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
            train.features,
            ONE_HOT[train.labels],
            batch_size=network.batch,
            epochs=network.epochs,
            validation_data=(validation.features, ONE_HOT[validation.labels]),
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


def test_each_fold_and_member_has_a_seed_of_its_own(monkeypatch):
    sample = Sample(
        survey="test",
        ids=np.arange(80, dtype=np.uint64),
        features=tuple(f"f{n}" for n in range(16)),
        table=rows(80).features,
        labels=rows(80).labels,
        folds=(np.arange(80) % 4).astype(np.int8),
    )
    trainer = TRAINERS.get(replace(SMALL, patience=None))
    learner, seen, fit = NetworkLearner(trainer, members=2), [], trainer.fit

    def noted(train, seed, validation):
        seen.append(seed)
        return fit(train, seed, validation, epochs=1)

    monkeypatch.setattr(trainer, "fit", noted)
    run_rounds(sample, Protocol.study(4, False), lambda _: learner, 18, lambda _: None)
    assert seen == [18, 1018, 19, 1019, 20, 1020, 21, 1021]
    assert len(learner.fits) == 2


def test_early_stopping_keeps_the_best_weights():
    network = replace(SMALL, learning_rate=0.05, epochs=60, patience=3)
    train, validation = rows(200), rows(300, seed=1)
    trainer = TRAINERS.get(network)
    fit = trainer.fit(train, 0, validation)
    losses = [row["val_log_loss"] for row in fit.history]
    assert len(losses) < 60
    assert fit.best_epoch == int(np.argmin(losses)) + 1
    assert len(losses) == fit.best_epoch + 3
    probabilities = trainer.predict([fit], validation.features)
    scores = validation_scores(probabilities, validation.labels)
    assert scores["val_log_loss"] == pytest.approx(min(losses), rel=1e-6)


def test_training_stops_where_it_is_good_enough():
    trainer = TRAINERS.get(replace(SMALL, epochs=40, patience=40))
    train = rows(500)
    whole = trainer.fit(train, 1, validation=train, objective="val_accuracy")
    reached = [row["val_accuracy"] for row in whole.history]
    goal = reached[2]
    short = trainer.fit(train, 1, validation=train, objective="val_accuracy", enough=goal)
    assert len(short.history) == 1 + next(n for n, a in enumerate(reached) if a >= goal)
    assert short.history == whole.history[: len(short.history)]
    assert short.best_epoch == len(short.history)


def test_an_ensemble_averages_its_members():
    trainer = TRAINERS.get(FIRST)
    fits = [trainer.fit(rows(300), seed, epochs=2) for seed in range(3)]
    x = rows(50, seed=2).features
    single = [trainer.predict([fit], x) for fit in fits]
    together = trainer.predict(fits, x)
    np.testing.assert_allclose(together, np.mean(single, axis=0), atol=1e-6)
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-5)


def test_a_recipe_that_is_compiled_cannot_be_changed():
    trainer = TRAINERS.get(SMALL)
    slower = trainer.with_recipe(replace(SMALL, learning_rate=1e-9, epochs=1))
    fit = slower.fit(rows(100), 0)
    np.testing.assert_allclose(fit.weights[0], build(SMALL, 16, 0).get_weights()[0], atol=1e-6)
    for change in ({"batch": 16}, {"loss": "mse"}):
        with pytest.raises(ValueError, match="are compiled"):
            trainer.with_recipe(replace(SMALL, **change))


def test_diverged_training_is_an_error_and_no_class_o():
    network = replace(SMALL, learning_rate=1e30)
    with pytest.raises(Diverged, match="lower learning_rate"):
        TRAINERS.get(network).fit(rows(300), 0)


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
    x = rows(50, seed=2).features
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


def test_prediction_in_pieces_is_prediction_at_once(monkeypatch):
    predict = Predictor(build(SMALL, 16, 0))
    x = rows(1000).features
    whole = predict(x)
    monkeypatch.setattr("stellar.learning.models.PREDICT_ROWS", 77)
    np.testing.assert_allclose(predict(x), whole, atol=1e-6)
    assert predict(x[:0]).shape == (0, 7)
    pieces = list(predict.pieces(x[s : s + 300] for s in range(0, 1000, 300)))
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-6)


def test_the_average_of_one_model_is_that_model():
    model = build(SMALL, 16, 0)
    assert average([model]) is model


def test_a_fold_imports_only_what_it_uses():
    code = (
        "import sys\n"
        "from stellar.network import prepare_tensorflow\n"
        "prepare_tensorflow()\n"
        "import stellar.evaluation, stellar.fold_training, stellar.samples, stellar.training\n"
        "for name in ('sklearn', 'pandas', 'scipy', 'matplotlib', 'PIL', 'keras_tuner'):\n"
        "    assert name not in sys.modules, name\n"
        "import pandas, sklearn  # hidden from Keras alone\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-2000:]


def test_emd_grows_with_the_distance_of_the_mistake():
    truth = np.eye(7, dtype=np.float32)[[0] * 7]
    losses = LOSSES["emd"](truth, np.eye(7, dtype=np.float32)).numpy()
    np.testing.assert_allclose(losses, np.arange(7))
    even = LOSSES["emd"](truth[:1], np.full((1, 7), 1 / 7, np.float32)).numpy()
    assert even == pytest.approx(sum((1 - k / 7) ** 2 for k in range(1, 7)))
