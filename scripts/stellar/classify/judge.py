"""How a network's probabilities are read: calibrated, as sets, and what should have no type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import BANDS, CLASSES
from stellar.evaluation.calibration import tempered
from stellar.evaluation.densities import Densities
from stellar.sample.columns import Floats

# A star looks as if two of its bands were exchanged where its squared distance from all kinds is
# more than FAR for each column, and with them exchanged less than NEAR and than a SHARE of that.
# Of the simulated stars of photometry 0.1 % do.
FAR, NEAR, SHARE = 2.4, 1.0, 0.25
_SPARE = 0.05  # of the training's range, on both sides of it


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
        The row is unlike all that the model was trained on: far from it, beyond the range of a
        column, or near with two bands exchanged.
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
    limits : mapping of str to (float, float)
        Of each column, in their order: rows beyond are outside the training's domain, too.
    """

    temperature: float
    thresholds: NDArray[np.float64]
    shares: NDArray[np.float64]
    densities: Densities
    outside: float
    another: float
    limits: Mapping[str, tuple[float, float]]

    def to_json(self) -> dict[str, Any]:
        """Plain data; None for what is infinite."""
        return {
            "temperature": self.temperature,
            "thresholds": dict(zip(CLASSES, map(_finite, self.thresholds), strict=True)),
            "shares": dict(zip(CLASSES, self.shares.tolist(), strict=True)),
            "densities": self.densities.to_json(),
            "outside": _finite(self.outside),
            "another": _finite(self.another),
            "limits": [[name, *ends] for name, ends in self.limits.items()],  # in their order
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
            {name: (float(low), float(high)) for name, low, high in data["limits"]},
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
            (far > self.outside) | self._beyond(measured) | self._exchanged(measured, far),
            odds > self.another,
        )

    def _beyond(self, measured: NDArray[np.float64]) -> NDArray[np.bool_]:
        low, high = np.array(list(self.limits.values())).T
        return np.asarray(((measured < low) | (measured > high)).any(axis=1))

    def _exchanged(
        self, measured: NDArray[np.float64], far: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Which rows look like stars two of whose bands are exchanged, shape (n_rows,)."""
        width = len(self.limits)
        rows, found = np.flatnonzero(far > FAR * width), np.zeros(len(far), bool)
        if len(rows):
            own, names = measured[rows], list(self.limits)
            nearest = np.min([self.distances(own, names, o) for o in exchanges(names)], axis=0)
            found[rows] = nearest < np.minimum(SHARE * far[rows], NEAR * width)
        return found

    def distances(
        self, measured: NDArray[np.float64], names: Sequence[str], order: Mapping[str, str]
    ) -> NDArray[np.float64]:
        """Squared distances of rows from the nearest kind, each band taken from another's place.

        Parameters
        ----------
        measured : array, shape (n_rows, n_columns)
        names : sequence of str
            Of the columns.
        order : mapping of str to str
            Band to the one in whose place it stands; others stay.
        """
        places = [names.index(order.get(name, name)) for name in names]
        return self.densities.scores(measured[:, places], CLASSES)[1]


def exchanges(names: Sequence[str]) -> list[dict[str, str]]:
    """Each exchange of two bands, and the reverse order: band to the one in whose place it stands.

    >>> exchanges(["g", "r", "redshift"])
    [{'g': 'r', 'r': 'g'}, {'g': 'r', 'r': 'g'}]
    """
    bands = [band for band in BANDS if band in names]
    orders = [*combinations(bands, 2), bands]
    return [dict(zip(of, of[::-1], strict=True)) for of in orders]


def limits_of(
    measured: NDArray[np.float64], names: Sequence[str]
) -> dict[str, tuple[float, float]]:
    """The range of each column in training, a twentieth of it wider on both sides.

    Parameters
    ----------
    measured : array, shape (n_rows, n_columns)
        Without missing values.
    names : sequence of str
        Of the columns.
    """
    low, high = measured.min(axis=0), measured.max(axis=0)
    spare = _SPARE * (high - low)
    ends = zip((low - spare).tolist(), (high + spare).tolist(), strict=True)
    return dict(zip(names, ends, strict=True))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _or_infinite(value: float | None) -> float:
    return np.inf if value is None else float(value)
