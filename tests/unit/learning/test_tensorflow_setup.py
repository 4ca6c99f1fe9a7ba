"""What Keras does not find."""

import importlib.util
import sys

import pytest
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
