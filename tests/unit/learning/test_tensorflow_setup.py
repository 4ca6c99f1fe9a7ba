"""What Keras does not find."""

import importlib.util
import json
import os
import subprocess
import sys

import pytest
from project import ROOT
from stellar.learning.tensorflow_setup import _hidden


def test_a_package_is_hidden_for_a_while():
    name = "wave" if "wave" not in sys.modules else "chunk"
    assert importlib.util.find_spec(name)
    with _hidden(name), pytest.raises(ImportError):
        importlib.import_module(name)
    assert importlib.import_module(name)


def test_a_package_that_is_imported_stays():
    with _hidden("json"):
        assert sys.modules["json"] is not None
    assert sys.modules["json"] is not None


def test_what_was_hidden_is_found_again_after_an_error():
    with pytest.raises(ZeroDivisionError), _hidden("no_such_package"):
        _ = 1 / 0
    assert "no_such_package" not in sys.modules


ASKED = """
import json, os
from stellar.learning.tensorflow_setup import prepare_tensorflow
prepare_tensorflow()
import keras
names = ("KERAS_MAX_EPOCHS", "XLA_FLAGS", "TF_XLA_FLAGS", "TF_ENABLE_ONEDNN_OPTS")
print(json.dumps({
    **{key: getattr(keras.config, key)() for key in ("floatx", "epsilon", "backend",
                                                     "image_data_format", "max_epochs")},
    **{name: os.environ.get(name) for name in names},
}))
"""
KERAS_JSON = '{"floatx": "float64", "epsilon": 0.01, "backend": "jax", '
KERAS_JSON += '"image_data_format": "channels_first"}'


@pytest.mark.long
def test_keras_knows_nothing_of_what_a_user_told_it(tmp_path):
    settings = tmp_path / ".keras/keras.json"
    settings.parent.mkdir()
    settings.write_text(KERAS_JSON, encoding="utf-8")
    told = {"KERAS_HOME": str(settings.parent), "KERAS_BACKEND": "torch", "KERAS_MAX_EPOCHS": "1"}
    told |= {"XLA_FLAGS": "--xla_cpu_enable_fast_math=true", "TF_XLA_FLAGS": "--tf_xla_auto_jit=2"}
    said = subprocess.run(
        [sys.executable, "-c", ASKED],
        env={**os.environ, "HOME": str(tmp_path), **told, "PYTHONPATH": str(ROOT / "scripts")},
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    assert json.loads(said) == {
        "floatx": "float32",
        "epsilon": 1e-7,
        "backend": "tensorflow",
        "image_data_format": "channels_last",
        "max_epochs": None,
        "KERAS_MAX_EPOCHS": None,
        "XLA_FLAGS": None,
        "TF_XLA_FLAGS": None,
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }
    assert list(tmp_path.rglob("*")) == [settings.parent, settings]  # nor writes it anything
