"""Dropout by a hash."""

import numpy as np
import pytest
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

import keras  # noqa: E402
from stellar.learning.dropout import HashedDropout, with_hashed_dropout  # noqa: E402


def test_hashed_dropout_drops_the_right_share_and_keeps_the_mean():
    layer = HashedDropout(0.3, seed=4)
    ones = np.ones((500, 64), np.float32)
    first, second = (layer(ones, training=True).numpy() for _ in range(2))
    assert (first == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert first.mean() == pytest.approx(1, abs=0.02)
    assert np.abs((first == 0).mean(axis=0) - 0.3).max() < 0.1  # no unit is favoured
    assert np.corrcoef(first.ravel(), second.ravel())[0, 1] == pytest.approx(0, abs=0.02)
    np.testing.assert_array_equal(layer(ones, training=False), ones)


def test_masks_restart_with_the_seed():
    layer = HashedDropout(0.5)
    ones = np.ones((4, 64), np.float32)
    layer.restart(7)
    first = layer(ones, training=True).numpy()
    assert (layer(ones, training=True).numpy() != first).any()
    layer.restart(7)
    np.testing.assert_array_equal(layer(ones, training=True), first)
    layer.restart(8)
    assert (layer(ones, training=True).numpy() != first).any()


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
