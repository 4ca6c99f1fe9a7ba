"""Where kinds of objects lie among measured values: a normal distribution of each.

Quadratic discriminant analysis: light to keep and to use, and what belongs to no kind shows too, by
its distance from all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar.sample.fingerprints import TRAINED_ON, note

_LEAST = 1e-6  # of a variance, in units of all rows': no kind is flat
_TILE = 8192  # rows at a time: what is held stays in the processor's cache


@dataclass(frozen=True)
class Densities:
    """Normal distributions of kinds.

    Attributes
    ----------
    kinds : tuple of str
    shares : array, shape (n_kinds,)
        Of the rows fitted on.
    centre, scale : array, shape (n_values,)
        Mean and standard deviation of these rows, by which values are standardized.
    means : array, shape (n_kinds, n_values)
        Of standardized values.
    whiteners : array, shape (n_kinds, n_values, n_values)
        (x - mean) @ whitener has mean 0 and unit covariance in its kind.
    """

    kinds: tuple[str, ...]
    shares: NDArray[np.float64]
    centre: NDArray[np.float64]
    scale: NDArray[np.float64]
    means: NDArray[np.float64]
    whiteners: NDArray[np.float64]

    @classmethod
    def fit(
        cls, values: NDArray[np.float64], kind: NDArray[np.int64], kinds: Sequence[str]
    ) -> Densities:
        """Fit on rows without missing values; a kind of too few rows is left out.

        Parameters
        ----------
        values : array, shape (n_rows, n_values)
        kind : array of int, shape (n_rows,)
            Which of the `kinds` a row is of.
        kinds : sequence of str
        """
        note(TRAINED_ON, values, kind)
        centre, scale = values.mean(axis=0), values.std(axis=0)
        scale[scale < 1e-12 * (1 + np.abs(centre))] = 1.0  # constant but for rounding
        standard = (values - centre) / scale
        width = values.shape[1]
        rows = np.bincount(kind, minlength=len(kinds))
        kept = [k for k in range(len(kinds)) if rows[k] > width + 1]
        means, whiteners = np.zeros((len(kept), width)), np.zeros((len(kept), width, width))
        for place, k in enumerate(kept):
            own = standard[kind == k]
            means[place] = own.mean(axis=0)
            covariance = np.cov(own.T).reshape(width, width) + _LEAST * np.eye(width)
            whiteners[place] = np.linalg.inv(np.linalg.cholesky(covariance)).T
        names = tuple(kinds[k] for k in kept)
        return cls(names, rows[kept] / rows[kept].sum(), centre, scale, means, whiteners)

    def scores(
        self, values: NDArray[np.float64], wanted: Sequence[str]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How likely rows are of none of the `wanted` kinds, and how far they are from each kind.

        Parameters
        ----------
        values : array, shape (n_rows, n_values)
            Without missing values.
        wanted : sequence of str

        Returns
        -------
        array, shape (n_rows,)
            Logarithm of the odds that a row is of another kind than those wanted.
        array, shape (n_rows,)
            Squared Mahalanobis distance from the nearest kind.
        """
        odds, far = np.empty(len(values)), np.empty(len(values))
        inside = np.isin(self.kinds, wanted)
        # One product for all kinds, a row of it a value: W'(x - mean) = W'x - W'mean.
        width = len(self.centre)
        factors = self.whiteners.transpose(0, 2, 1).reshape(-1, width).astype(np.float32)
        offsets = np.einsum("kd,kde->ke", self.means, self.whiteners).reshape(-1, 1)
        offsets = offsets.astype(np.float32)
        _, logs = np.linalg.slogdet(self.whiteners)
        constant = (np.log(self.shares) + logs)[:, None]
        for start in range(0, len(values), _TILE):
            piece = slice(start, start + _TILE)
            standard = ((values[piece] - self.centre) / self.scale).astype(np.float32)
            white = (factors @ standard.T - offsets).reshape(len(self.kinds), width, -1)
            squares = np.einsum("kdn,kdn->kn", white, white)
            logs = constant - squares / 2
            odds[piece] = _log_sum(logs[~inside]) - _log_sum(logs[inside])
            far[piece] = squares.min(axis=0)
        return odds, far

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        arrays = ("shares", "centre", "scale", "means", "whiteners")
        return {"kinds": list(self.kinds), **{n: getattr(self, n).tolist() for n in arrays}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Densities:
        """The densities that `to_json` described."""
        arrays = ("shares", "centre", "scale", "means", "whiteners")
        return cls(tuple(data["kinds"]), *(np.array(data[n], np.float64) for n in arrays))


def _log_sum(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithm of the sum of exponentials of each column; of no row minus infinity."""
    if not len(logs):
        return np.full(logs.shape[1], -np.inf)
    most = logs.max(axis=0)
    return np.asarray(most + np.log(np.exp(logs - most).sum(axis=0)))
