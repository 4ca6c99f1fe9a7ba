"""The search space, and networks from trials."""

import pytest
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

from stellar.learning import tuning  # noqa: E402

BASE = Network(
    loss="crossentropy",
    learning_rate=0.01,
    schedule="constant",
    batch=32,
    epochs=3,
    patience=2,
    class_weights="none",
    hidden=(8,),
    activation="relu",
    dropout=0.0,
    l2=0.0,
    members=1,
)


def test_each_layer_has_a_width_where_it_exists():
    space = tuning.declare(
        {
            "units": {"min": 4, "max": 12, "step": 4},
            "layers": {"min": 1, "max": 3},
            "dropout": {"values": [0, 0.5]},
            "l2": None,
        }
    )
    names = [one.name for one in space.space]
    assert names == ["layers", "dropout", "units_1", "units_2", "units_3"]
    assert [depths.values for one in space.space[2:] for depths in one.conditions] == [
        [1, 2, 3],
        [2, 3],
        [3],
    ]
    assert space.space[1].values == [0.0, 0.5]


def test_sampling_and_steps_are_those_of_the_configuration():
    space = tuning.declare(
        {
            "learning_rate": {"min": 1e-4, "max": 1, "sampling": "log"},
            "batch": {"min": 16, "max": 64, "step": 16},
        }
    )
    batch, rate = space.space
    assert (rate.min_value, rate.max_value, rate.sampling) == (1e-4, 1.0, "log")
    assert (batch.min_value, batch.max_value, batch.step) == (16, 64, 16)


def test_a_trial_is_the_base_with_its_own_values():
    values = {"layers": 2, "units_1": 4, "units_2": 12, "units_3": 8, "dropout": 0.6000000000000001}
    network = tuning.network_of({**values, "tuner/epochs": 9}, BASE)
    assert network.hidden == (4, 12)
    assert network.dropout == 0.6
    assert network.epochs == BASE.epochs
    assert tuning.network_of({}, BASE) == BASE


@pytest.mark.parametrize("name", ["random", "bayesian", "hyperband"])
def test_each_algorithm_can_be_killed_and_shared(name):
    assert issubclass(tuning._ORACLES[name], tuning.Durable)


def test_the_best_network_is_told_with_its_scores(monkeypatch):
    monkeypatch.setattr(tuning, "best_network", lambda tuner, rows: BASE)
    rows = [{"val_log_loss": 0.1, "val_accuracy": 0.9}, {"val_log_loss": 0.2, "val_accuracy": 0.8}]
    found = tuning.best(None, rows, 3)
    assert found["network"] == BASE.to_json()
    assert found["parameters"] == (3 + 1) * 8 + (8 + 1) * 7
    assert (found["val_log_loss"], found["val_accuracy"]) == (0.1, 0.9)
