"""Layers for training alone."""

import numpy as np
import pytest
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
from stellar.learning.training_layers import (  # noqa: E402
    HashedDropout,
    NarrowDense,
    for_training,
)


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
    kinds = [type(layer).__name__ for layer in for_training(model).layers]
    assert kinds == ["HashedDropout", "Dropout", "GaussianDropout"]


def gradients(layer, inputs, wanted):
    """Gradients of the sum of outputs × `wanted`, by inputs and by the layer's weights."""

    @tf.function(jit_compile=True, autograph=False)
    def computed(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(layer(x, training=True) * wanted)
        return tape.gradient(total, [x, *layer.trainable_variables])

    return [gradient.numpy() for gradient in computed(tf.constant(inputs))]


def test_dropped_inputs_pass_no_gradient_and_the_others_are_scaled():
    layer = HashedDropout(0.3, seed=4)
    layer.restart(7)
    random = np.random.default_rng(1)
    inputs, wanted = random.normal(size=(2, 200, 16)).astype(np.float32)
    outputs = layer(inputs, training=True).numpy()
    layer.restart(7)
    (found,) = gradients(layer, inputs, wanted)
    np.testing.assert_allclose(found, np.where(outputs == 0, 0, wanted / 0.7), rtol=1e-6)


@pytest.mark.parametrize("bias", [True, False])
def test_a_narrow_layer_has_the_gradients_of_a_stock_one(bias):
    options = {"activation": "tanh", "use_bias": bias, "kernel_initializer": "glorot_uniform"}
    stock, narrow = keras.layers.Dense(7, **options), NarrowDense(7, **options)
    random = np.random.default_rng(1)
    inputs, wanted = (random.normal(size=(64, n)).astype(np.float32) for n in (20, 7))
    stock.build((None, 20))
    narrow.build((None, 20))
    narrow.set_weights(stock.get_weights())
    np.testing.assert_allclose(narrow(inputs), stock(inputs), rtol=1e-6)
    ours, theirs = (gradients(layer, inputs, wanted) for layer in (narrow, stock))
    assert len(ours) == (3 if bias else 2)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_only_dense_layers_that_narrow_are_replaced_and_for_xla_alone():
    model = keras.Sequential(
        [
            keras.Input((8,)),
            keras.layers.Dense(16),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(16),
            keras.layers.Dense(7, activity_regularizer="l2"),
        ]
    )
    kinds = [type(layer).__name__ for layer in for_training(model).layers]
    assert kinds == ["Dense", "HashedDropout", "Dense", "NarrowDense"]
    kinds = [type(layer).__name__ for layer in for_training(model, compiled=False).layers]
    assert kinds == ["Dense", "HashedDropout", "Dense", "Dense"]
