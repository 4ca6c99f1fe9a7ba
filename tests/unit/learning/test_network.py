"""The network's description, and its Keras model."""

from dataclasses import replace

import numpy as np
import yaml
from project import ROOT
from stellar.learning.network import Network, build, summary
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

import keras  # noqa: E402

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
FIRST = Network.from_json(CONFIG["first_network"])


def test_the_studys_first_network_has_1047_parameters():
    model = build(FIRST, 16, seed=1)
    assert model.count_params() == FIRST.parameters(16) == 1047
    assert [layer["parameters"] for layer in summary(model)] == [272, 0, 544, 0, 231]
    assert FIRST.name == "16-32-7"


def test_a_network_survives_its_json():
    assert Network.from_json(FIRST.to_json()) == FIRST


def test_weights_are_drawn_by_the_seed_and_layers_follow_the_description():
    network = replace(FIRST, dropout=0.3, l2=0.01, hidden=(4, 5))
    one, same, other = (build(network, 3, seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not np.array_equal(one[0], other[0])
    kinds = [layer["kind"] for layer in summary(build(network, 3, 1))]
    assert kinds == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    model = build(replace(network, dropout=0.0, l2=0.0), 3, 1)
    assert not any(isinstance(layer, keras.layers.Dropout) for layer in model.layers)
    assert not model.losses
