"""The same answers by ONNX Runtime as by Keras."""

import numpy as np
import onnxruntime
import pytest
from stellar.errors import UserError
from stellar.learning.onnx_file import write_onnx
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

import keras  # noqa: E402
from stellar.learning.models import average  # noqa: E402
from stellar.learning.network import Network, build  # noqa: E402

SETTINGS = {
    "hidden": (16, 8),
    "dropout": 0.1,
    "l2": 0.0,
    "loss": "crossentropy",
    "learning_rate": 0.01,
    "schedule": "constant",
    "batch": 10,
    "epochs": 1,
    "patience": None,
    "class_weights": "none",
    "members": 1,
}
ROWS = np.random.default_rng(0).normal(0, 3, (2000, 9)).astype(np.float32)


def by_onnx(path):
    session = onnxruntime.InferenceSession(path)
    return session.run(["probabilities"], {"features": ROWS})[0]


ACTIVATIONS = ["relu", "elu", "selu", "gelu", "silu", "tanh", "sigmoid", "softplus", "linear"]


@pytest.mark.long
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_activation(tmp_path, activation):
    model = build(Network(**SETTINGS, activation=activation), 9, seed=1)
    write_onnx(tmp_path / "n.onnx", model)
    expected = model.predict(ROWS, verbose=0)
    np.testing.assert_allclose(by_onnx(tmp_path / "n.onnx"), expected, atol=1e-5)


@pytest.mark.long
def test_an_average_of_networks_and_the_same_bytes(tmp_path):
    network = Network(**SETTINGS, activation="relu")
    model = average([build(network, 9, seed) for seed in (1, 2, 3)])
    write_onnx(tmp_path / "n.onnx", model)
    write_onnx(tmp_path / "m.onnx", model)
    expected = model.predict(ROWS, verbose=0)
    np.testing.assert_allclose(by_onnx(tmp_path / "n.onnx"), expected, atol=1e-5)
    assert (tmp_path / "n.onnx").read_bytes() == (tmp_path / "m.onnx").read_bytes()


def test_another_layer_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((9,)), keras.layers.LayerNormalization()])
    with pytest.raises(UserError, match="LayerNormalization"):
        write_onnx(tmp_path / "n.onnx", model)
    assert list(tmp_path.iterdir()) == []
