"""What is told of the study's first network."""

from types import SimpleNamespace

import numpy as np
import pytest
from made_rows import rows
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

from stellar.experiments import first_network as module  # noqa: E402

NETWORK = Network(
    loss="mse",
    learning_rate=0.1,
    schedule="constant",
    batch=10,
    epochs=2,
    patience=None,
    class_weights="none",
    hidden=(4,),
    activation="relu",
    dropout=0.0,
    l2=0.0,
    members=1,
)


def test_the_first_network_is_described_and_scored_by_the_validation_rows(monkeypatch):
    train, validation = rows(30), rows(20, seed=1)
    fit = SimpleNamespace(history=[{"accuracy": 0.25}, {"accuracy": 0.5}])
    right = SimpleNamespace(
        predict=lambda fits, values: np.eye(7, dtype=np.float32)[validation.labels]
    )
    monkeypatch.setattr(module, "trained", lambda *given: (right, [fit]))
    found, fits = module.first_network(NETWORK, train, validation, 18)
    assert fits == [fit]
    assert found["first_epoch"] == {"accuracy": 0.25}
    assert (found["train_rows"], found["validation"]["rows"]) == (30, 20)
    assert found["validation"]["accuracy"] == pytest.approx(1)
    assert found["parameters"] == sum(layer["parameters"] for layer in found["layers"])
    assert Network.from_json(found["network"]) == NETWORK
