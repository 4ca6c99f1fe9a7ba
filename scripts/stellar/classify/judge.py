"""How a network's probabilities are read: calibrated, as sets, and what should have no type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.evaluation.calibration import tempered
from stellar.evaluation.densities import Densities
from stellar.sample.columns import Floats


@dataclass(frozen=True)
class Answers:
    """What a model says of rows that have all of its columns.

    Attributes
    ----------
    probabilities : array of float32, shape (n_rows, 7)
        Calibrated, of O B A F G K M.
    sets : array of bool, shape (n_rows, 7)
        Which classes belong to a row's conformal set.
    outside : array of bool, shape (n_rows,)
        The row is far from all that the model was trained on.
    another : array of bool, shape (n_rows,)
        The row is probably no star O to M.
    """

    probabilities: Floats
    sets: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    another: NDArray[np.bool_]

    @classmethod
    def joined(cls, parts: Sequence[Answers]) -> Answers:
        """Answers of rows that came in parts, in their order."""
        if len(parts) == 1:
            return parts[0]
        names = [field.name for field in fields(cls)]
        return cls(*(np.concatenate([getattr(part, n) for part in parts]) for n in names))


@dataclass(frozen=True)
class Judge:
    """How a network's probabilities are read.

    Attributes
    ----------
    temperature : float
    thresholds : array of float64, shape (7,)
        Of the conformal sets.
    shares : array of float64, shape (7,)
        Mix of classes in training.
    densities : Densities
    outside : float
        Squared distance from which on a row is outside the training's domain.
    another : float
        Logarithm of the odds from which on a row is called another kind of object.
    """

    temperature: float
    thresholds: NDArray[np.float64]
    shares: NDArray[np.float64]
    densities: Densities
    outside: float
    another: float

    def to_json(self) -> dict[str, Any]:
        """Plain data; None for what is infinite."""
        return {
            "temperature": self.temperature,
            "thresholds": dict(zip(CLASSES, map(_finite, self.thresholds), strict=True)),
            "shares": dict(zip(CLASSES, self.shares.tolist(), strict=True)),
            "densities": self.densities.to_json(),
            "outside": _finite(self.outside),
            "another": _finite(self.another),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Judge:
        """The judge that `to_json` described."""
        return cls(
            float(data["temperature"]),
            np.array([_or_infinite(data["thresholds"][c]) for c in CLASSES]),
            np.array([data["shares"][c] for c in CLASSES], np.float64),
            Densities.from_json(data["densities"]),
            _or_infinite(data["outside"]),
            _or_infinite(data["another"]),
        )

    def answers(self, raw: Floats, measured: NDArray[np.float64]) -> Answers:
        """Read probabilities.

        Parameters
        ----------
        raw : array, shape (n_rows, 7)
            The network's own.
        measured : array, shape (n_rows, n_columns)
            The values that they follow from, in the catalogue's units.
        """
        odds, far = self.densities.scores(measured, CLASSES)
        return Answers(
            tempered(raw, self.temperature),
            raw >= self.thresholds,
            far > self.outside,
            odds > self.another,
        )


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _or_infinite(value: float | None) -> float:
    return np.inf if value is None else float(value)
