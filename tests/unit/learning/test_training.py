"""What the trainer gives beyond Keras's own `fit`."""

from dataclasses import replace

import numpy as np
import pytest
from made_rows import rows
from stellar.learning.network import Network, build
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.sample.fingerprints import Fingerprint, used_rows

prepare_tensorflow()

from stellar.learning import training  # noqa: E402
from stellar.learning.training import LOSSES, Diverged, Trainers, learning_rates, validation_scores  # noqa: E402

SMALL = Network(
    loss="crossentropy",
    learning_rate=0.01,
    schedule="constant",
    batch=32,
    epochs=3,
    patience=None,
    class_weights="none",
    hidden=(16, 32),
    activation="relu",
    dropout=0.0,
    l2=0.0,
    members=1,
)
# Compiling takes a second, training a few hundredths: all tests share one graph.
TRAINERS = Trainers(16, 600)


@pytest.mark.long
def test_early_stopping_keeps_the_best_weights():
    network = replace(SMALL, learning_rate=0.05, epochs=60, patience=3)
    train, validation = rows(200), rows(300, seed=1)
    trainer = TRAINERS.get(network)
    fit = trainer.fit(train, 0, validation)
    losses = [row["val_log_loss"] for row in fit.history]
    assert len(losses) < 60
    assert fit.best_epoch == int(np.argmin(losses)) + 1
    assert len(losses) == fit.best_epoch + 3
    probabilities = trainer.predict([fit], validation.values)
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


def test_a_fit_tells_the_rows_that_it_saw():
    train, validation, other = rows(100), rows(50, seed=1), rows(30, seed=2)
    trainer = TRAINERS.get(SMALL)
    with used_rows() as used:
        trainer.predict([trainer.fit(train, 0)], other.values)
    trained, predicted = Fingerprint.of(train.values, train.labels), Fingerprint.of(other.values)
    assert used == {"trained_on": [trained], "predicted": [predicted]}
    with used_rows() as used:
        trainer.fit(train, 0, validation)
    watched = Fingerprint.of(validation.values, validation.labels)
    assert used == {"trained_on": [trained], "validated_on": [watched]}


def test_an_ensemble_averages_its_members():
    trainer = TRAINERS.get(SMALL)
    fits = [trainer.fit(rows(300), seed, epochs=2) for seed in range(3)]
    x = rows(50, seed=2).values
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


def test_few_rows_take_more_epochs_for_the_least_mini_batches():
    trainer = TRAINERS.get(replace(SMALL, batch=32, epochs=2, steps=50))
    assert len(trainer.fit(rows(100), 0).history) == 13  # of 4 mini-batches
    assert len(trainer.fit(rows(100), 0, epochs=3).history) == 3
    assert trainer.epochs(1600) == 2


def test_trainers_are_shared_by_networks_of_one_graph():
    one = TRAINERS.get(SMALL)
    same = TRAINERS.get(replace(SMALL, learning_rate=0.5, epochs=9, schedule="cosine", members=3))
    assert same._epoch is one._epoch
    assert same.recipe.learning_rate == 0.5


def test_diverged_training_is_an_error_and_no_class_o():
    network = replace(SMALL, learning_rate=1e30)
    with pytest.raises(Diverged, match="lower learning_rate"):
        TRAINERS.get(network).fit(rows(300), 0)


def test_the_cosine_schedule_falls_from_the_rate_to_nothing():
    recipe = replace(SMALL, schedule="cosine", learning_rate=0.02)
    rates = np.concatenate([learning_rates(recipe, epoch, 3, 10) for epoch in (1, 2, 3)])
    assert rates[0] == pytest.approx(0.02)
    assert rates[15] == pytest.approx(0.01)
    assert 0 < rates[-1] < 1e-4
    assert (learning_rates(SMALL, 2, 3, 10) == np.float32(0.01)).all()


def test_validation_scores_by_hand():
    probabilities = np.array([[0.5, 0.5, 0.0], [0.1, 0.2, 0.7]], np.float32)
    scores = validation_scores(probabilities, np.array([1, 2], np.int8))
    assert scores["val_log_loss"] == pytest.approx(-np.log([0.5, 0.7]).mean(), rel=1e-6)
    assert scores["val_accuracy"] == 0.5  # of equal probabilities the first counts


def test_emd_grows_with_the_distance_of_the_mistake():
    truth = np.eye(7, dtype=np.float32)[[0] * 7]
    losses = LOSSES["emd"](truth, np.eye(7, dtype=np.float32)).numpy()
    np.testing.assert_allclose(losses, np.arange(7))
    even = LOSSES["emd"](truth[:1], np.full((1, 7), 1 / 7, np.float32)).numpy()
    assert even == pytest.approx(sum((1 - k / 7) ** 2 for k in range(1, 7)))


def test_members_of_an_ensemble_have_seeds_of_their_own(monkeypatch):
    class Seeds:
        def fit(self, train, seed, validation):
            return seed, len(train.labels), len(validation.labels)

    made = []
    monkeypatch.setattr(training, "trainer_of", lambda *given: made.append(given) or Seeds())
    network = replace(SMALL, members=3)
    _, fits = training.trained(network, rows(20), rows(5, seed=1), 18)
    assert fits == [(18, 20, 5), (19, 20, 5), (20, 20, 5)]
    assert made == [(network, 16, 20)]
