"""Dropout that costs nothing: masks from an integer hash, for training alone."""

from __future__ import annotations

from itertools import count
from typing import Any

import keras
import tensorflow as tf


class HashedDropout(keras.layers.Layer):
    """Dropout whose masks come from a hash of (call, position) instead of random numbers.

    XLA's random numbers on a CPU cost some 25 times what the rest of a step does; an integer
    hash (the finalizer of MurmurHash3, A. Appleby) costs nothing visible. It acts in training
    only, so a model for users holds Keras's own Dropout in its place.
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


def with_hashed_dropout(model: keras.Model) -> keras.Model:
    """The model with HashedDropout for each plain Dropout among its layers.

    Weights are drawn again. A model whose layers cannot be copied keeps its own, slower dropout.
    """

    def is_plain(layer: keras.layers.Layer) -> bool:
        return type(layer) is keras.layers.Dropout and layer.noise_shape is None

    def copied(layer: keras.layers.Layer) -> keras.layers.Layer:
        if is_plain(layer):
            return HashedDropout(layer.rate, seed=next(number), name=layer.name)
        return layer.__class__.from_config(layer.get_config())

    number = count()
    if not any(is_plain(layer) for layer in model.layers):
        return model
    try:
        return keras.models.clone_model(model, clone_function=copied)
    except NotImplementedError:
        return model
