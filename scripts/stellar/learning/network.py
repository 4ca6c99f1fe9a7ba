"""The network: a fully connected classifier in Keras, and its description as plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from stellar import CLASSES

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a model is trained; each field is a configuration key and a tunable.

    A fit goes through its rows `epochs` times, and more often where that would be fewer than
    `steps` mini-batches. `loss` is crossentropy, mse or emd (ordinal); `schedule` of the learning
    rate constant or cosine; `class_weights` none or balanced; without `patience` training never
    stops early.
    """

    loss: str
    learning_rate: float
    schedule: str
    batch: int
    epochs: int
    patience: int | None
    class_weights: str
    steps: int = 0


@dataclass(frozen=True, kw_only=True)
class Network(Recipe):
    """A network and how it is trained; `members` of different seeds make an ensemble."""

    hidden: tuple[int, ...]
    activation: str
    dropout: float
    l2: float
    members: int

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Network:
        """The network that a configuration section or `to_json` describes."""
        return cls(**{**data, "hidden": tuple(data["hidden"])})

    def to_json(self) -> dict[str, Any]:
        """Plain data for a JSON file."""
        return {**asdict(self), "hidden": list(self.hidden)}

    def parameters(self, n_features: int) -> int:
        """Number of weights and biases."""
        widths = (n_features, *self.hidden, len(CLASSES))
        return sum((a + 1) * b for a, b in pairwise(widths))

    @property
    def name(self) -> str:
        """Its widths, for example `16-32-7`."""
        return "-".join(map(str, (*self.hidden, len(CLASSES))))


def build(network: Network, n_features: int, seed: int) -> keras.Model:
    """The network as a Keras model with freshly drawn weights.

    Parameters
    ----------
    network : Network
    n_features : int
    seed : int
        Of the initial weights (Glorot uniform) and of dropout.

    Returns
    -------
    keras.Model
        From (rows, n_features) to class probabilities (rows, 7).
    """
    import keras

    seeds = iter(range(seed * 1000, seed * 1000 + 1000))

    def dense(units: int, activation: str) -> keras.layers.Layer:
        return keras.layers.Dense(
            units,
            activation,
            kernel_initializer=keras.initializers.GlorotUniform(seed=next(seeds)),
            kernel_regularizer=keras.regularizers.L2(network.l2) if network.l2 else None,
        )

    layers: list[keras.layers.Layer] = [keras.Input((n_features,))]
    for units in network.hidden:
        layers.append(dense(units, network.activation))
        if network.dropout:
            layers.append(keras.layers.Dropout(network.dropout, seed=next(seeds)))
    layers.append(dense(len(CLASSES), "softmax"))
    return keras.Sequential(layers, name="stellar")


def summary(model: keras.Model) -> list[dict[str, Any]]:
    """Name, kind, output width and number of parameters of each layer."""
    return [
        {
            "layer": layer.name,
            "kind": type(layer).__name__,
            "output": int(layer.output.shape[-1]),
            "parameters": int(sum(math.prod(w.shape) for w in layer.weights if w.trainable)),
        }
        for layer in model.layers
    ]
