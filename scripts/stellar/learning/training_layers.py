"""Layers that take the place of Keras's while a model is trained: the same sums, sooner.

A model for users holds Keras's own layers. TensorFlow is imported with this module.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import keras
import tensorflow as tf
from tensorflow.compiler.tf2xla.python.xla import optimization_barrier


class HashedDropout(keras.layers.Layer):
    """Dropout whose masks come from a hash of (call, position) instead of random numbers.

    XLA's random numbers on a CPU cost some 25 times what the rest of a step does; an integer
    hash (the finalizer of MurmurHash3, A. Appleby) costs little. It acts in training only.
    """

    def __init__(self, rate: float, seed: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate
        self.seed = seed
        self.calls = tf.Variable(seed % 2**32, dtype=tf.uint32, trainable=False)

    def restart(self, seed: int) -> None:
        """Restart the sequence of masks."""
        self.calls.assign((seed * 2_654_435_761 + self.seed * 40_503) % 2**32)

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Zero a share `rate` of the inputs, of any shape, and scale up the others, in training."""
        if not training:
            return inputs
        self.calls.assign_add(1)
        size = tf.size(inputs)
        mixed = tf.cast(tf.range(size), tf.uint32) * tf.constant(0x9E3779B1, tf.uint32)
        mixed += _scramble(self.calls.value())
        keep = _scramble(mixed) >= tf.constant(int(self.rate * 2**32), tf.uint32)
        mask = tf.reshape(tf.cast(keep, inputs.dtype), tf.shape(inputs))
        return inputs * mask / (1 - self.rate)


def _scramble(word: tf.Tensor) -> tf.Tensor:
    xor, shift = tf.bitwise.bitwise_xor, tf.bitwise.right_shift
    word = xor(word, shift(word, tf.constant(16, tf.uint32)))
    word *= tf.constant(0x85EBCA6B, tf.uint32)
    word = xor(word, shift(word, tf.constant(13, tf.uint32)))
    word *= tf.constant(0xC2B2AE35, tf.uint32)
    return xor(word, shift(word, tf.constant(16, tf.uint32)))


class NarrowDense(keras.layers.Dense):
    """A Dense layer of fewer outputs than inputs, for XLA alone.

    The product that is the gradient of its weights, (inputs × rows) times (rows × outputs), takes
    longer on a CPU than the transposed one does, the more so the fewer the outputs.
    """

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """The layer's outputs, shape (n_rows, units), from inputs, shape (n_rows, n_inputs)."""
        if not training or len(inputs.shape) != 2:
            return super().call(inputs)
        outputs = _product(inputs, tf.convert_to_tensor(self.kernel))
        if self.use_bias:
            outputs += self.bias
        return self.activation(outputs)


@tf.custom_gradient
def _product(rows: tf.Tensor, kernel: tf.Tensor) -> tuple[tf.Tensor, Any]:
    def gradient(d: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        # Without the barrier XLA turns the product round again.
        (transposed,) = optimization_barrier(tf.matmul(d, rows, transpose_a=True))
        return tf.matmul(d, kernel, transpose_b=True), tf.transpose(transposed)

    return tf.matmul(rows, kernel), gradient


def for_training(model: keras.Model, compiled: bool = True) -> keras.Model:
    """The model with the layers of this module for Keras's own, where they do the same.

    Weights are drawn again. A model whose layers cannot be copied keeps its own, slower ones.

    Parameters
    ----------
    model : keras.Model
    compiled : bool
        Whether XLA will compile it; else dropout alone is replaced.
    """

    def is_dropout(layer: keras.layers.Layer) -> bool:
        return type(layer) is keras.layers.Dropout and layer.noise_shape is None

    def is_narrow(layer: keras.layers.Layer) -> bool:
        if type(layer) is not keras.layers.Dense or not compiled:
            return False
        return layer.units < layer.kernel.shape[0]

    def copied(layer: keras.layers.Layer) -> keras.layers.Layer:
        if is_dropout(layer):
            return HashedDropout(layer.rate, seed=next(number), name=layer.name)
        kind = NarrowDense if is_narrow(layer) else layer.__class__
        return kind.from_config(layer.get_config())

    number = count()
    if not any(is_dropout(layer) or is_narrow(layer) for layer in model.layers):
        return model
    try:
        return keras.models.clone_model(model, clone_function=copied)
    except NotImplementedError:
        return model
