"""Memorized labels."""

from types import SimpleNamespace

import numpy as np
import pytest
from made_samples import stars
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

from stellar.experiments import memorisation  # noqa: E402

NETWORK = Network(
    loss="crossentropy",
    learning_rate=0.1,
    schedule="cosine",
    batch=500,
    epochs=3,
    patience=2,
    class_weights="none",
    hidden=(8,),
    activation="relu",
    dropout=0.5,
    l2=0.0,
    members=4,
)


class Trainer:
    """Learns by the third epoch, if wide enough, and always calls F."""

    def __init__(self, network):
        self.network, self.trained = network, []

    def fit(self, train, seed, validation, objective, enough):
        assert validation is train
        assert (objective, enough) == ("val_accuracy", memorisation.LEARNT)
        self.trained.append(train)
        reached = [0.5, 0.7, 1.0 if self.network.hidden[0] > 8 else 0.9]
        return SimpleNamespace(history=[{"val_accuracy": value} for value in reached])

    def predict(self, fits, features):
        return np.tile(np.eye(7)[3], (len(features), 1))


@pytest.fixture
def trainers(monkeypatch) -> list[Trainer]:
    made = []

    def get(network):
        made.append(Trainer(network))
        return made[-1]

    monkeypatch.setattr(memorisation, "Trainers", lambda *_: SimpleNamespace(get=get))
    return made


def test_rows_say_what_was_learnt_and_how_many_parameters_it_took(trainers):
    sample, _ = stars()
    said = []
    rows = memorisation.memorise(sample, NETWORK, [8, 16], 100, 40, 0, said.append)
    assert [(r["labels"], r["width"]) for r in rows] == [
        ("real", 8),
        ("permuted", 8),
        ("real", 16),
        ("permuted", 16),
    ]
    assert [r["epochs"] for r in rows] == [None, None, 3, 3]
    assert [r["training_accuracy"] for r in rows] == [0.9, 0.9, 1.0, 1.0]
    narrow = rows[0]
    assert narrow["parameters"] == (3 + 1) * 8 + 9 * 8 + 9 * 7
    assert narrow["parameters_per_star"] == narrow["parameters"] / 100
    assert 0 < narrow["held_out_accuracy"] <= narrow["chance"] < 1
    assert said[1] == "width 8, permuted labels: training accuracy 0.900"
    real, permuted = trainers[0].trained
    np.testing.assert_array_equal(real.values, permuted.values)
    assert (real.labels != permuted.labels).any()
    np.testing.assert_array_equal(np.bincount(real.labels), np.bincount(permuted.labels))
    assert all(made.network.hidden == (made.network.hidden[0],) * 2 for made in trainers)
    assert {(t.network.epochs, t.network.dropout, t.network.members) for t in trainers} == {
        (40, 0.0, 1)
    }


def test_few_stars_are_halved_and_none_without_a_label_is_used(trainers):
    sample, _ = stars(300)
    rows = memorisation.memorise(sample, NETWORK, [8], 1000, 40, 0, lambda text: None)
    assert {r["stars"] for r in rows} == {(sample.labels >= 0).sum() // 2}
    assert all((train.labels >= 0).all() for train in trainers[0].trained)
