"""Which rows were used: fingerprints of the very arrays that are fitted, trained on or predicted.

A fingerprint is made of the values of the rows, not of names that a caller gives them: rows other
than those that a job claims have another one. It does not depend on their order, and that of two
sets of rows is the sum of theirs, so that the rows of whole folds can be told from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# What rows are used for.
SCALED_BY, TRAINED_ON, VALIDATED_ON = "scaled_by", "trained_on", "validated_on"
PREDICTED, CALIBRATED_BY = "predicted", "calibrated_by"
_GAMMA, _MIXERS = 0x9E3779B97F4A7C15, ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


@dataclass(frozen=True)
class Fingerprint:
    """The number of rows, and the sum of their hashes modulo 2^64."""

    rows: int = 0
    digest: int = 0

    @classmethod
    def of(cls, *columns: NDArray[Any]) -> Fingerprint:
        """Of rows; each array has shape (n_rows,) or (n_rows, n_columns), of any real type."""
        return cls.of_hashes(hashes(*columns))

    @classmethod
    def of_hashes(cls, row_hashes: NDArray[np.uint64]) -> Fingerprint:
        """Of rows whose `hashes` are known already, shape (n_rows,)."""
        return cls(len(row_hashes), int(row_hashes.sum(dtype=np.uint64)))

    def __add__(self, other: Fingerprint) -> Fingerprint:
        """Of both's rows together."""
        return Fingerprint(self.rows + other.rows, (self.digest + other.digest) % 2**64)

    def to_json(self) -> dict[str, Any]:
        """Plain data; the digest in hexadecimal digits."""
        return {"rows": self.rows, "digest": f"{self.digest:016x}"}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fingerprint:
        """The fingerprint that `to_json` described."""
        return cls(int(data["rows"]), int(data["digest"], 16))


def hashes(*columns: NDArray[Any]) -> NDArray[np.uint64]:
    """A hash of each row's values, shape (n_rows,); all missing values are alike.

    Column by column by the finalizer of SplitMix64 (Steele, Lea & Flood 2014, OOPSLA, 453). It
    finds mistakes; it is not made to stand against people who forge rows.

    Parameters
    ----------
    columns : arrays, each of shape (n_rows,) or (n_rows, n_columns)
    """
    found = np.zeros(len(columns[0]), np.uint64)
    for given in columns:
        table = np.asarray(given, np.float64)
        table = np.where(np.isnan(table), np.nan, table) + 0.0  # no -0
        for column in table.T if table.ndim > 1 else [table]:
            found ^= np.ascontiguousarray(column).view(np.uint64)
            found += np.uint64(_GAMMA)
            for shift, factor in _MIXERS:
                found = (found ^ (found >> np.uint64(shift))) * np.uint64(factor)
            found ^= found >> np.uint64(31)
    return found


class Used(dict[str, list[Fingerprint]]):
    """The different sets of rows that were used, by what for."""

    def add(self, use: str, rows: Fingerprint) -> None:
        """Take note of rows; the same rows used again for the same are one entry."""
        known = self.setdefault(use, [])
        if rows not in known:
            known.append(rows)

    def to_json(self) -> dict[str, list[dict[str, Any]]]:
        """Plain data, to be written beside what came of the rows."""
        return {use: [rows.to_json() for rows in several] for use, several in self.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[Mapping[str, Any]]]) -> Used:
        """What `to_json` described."""
        return cls({use: [Fingerprint.from_json(d) for d in rows] for use, rows in data.items()})


_LISTENING: ContextVar[Used | None] = ContextVar("_LISTENING", default=None)


@contextmanager
def used_rows() -> Iterator[Used]:
    """Collect what is used inside, however deep, and whoever uses it."""
    used = Used()
    before = _LISTENING.set(used)
    try:
        yield used
    finally:
        _LISTENING.reset(before)


def note(use: str, *columns: NDArray[Any]) -> None:
    """Say that rows are used; to be called with the arrays that really are.

    Parameters
    ----------
    use : {"scaled_by", "trained_on", "validated_on", "predicted", "calibrated_by"}
    columns : arrays, each of shape (n_rows,) or (n_rows, n_columns)
    """
    if _LISTENING.get() is not None:
        note_rows(use, Fingerprint.of(*columns))


def note_rows(use: str, rows: Fingerprint) -> None:
    """`note` of rows that came piece by piece."""
    used = _LISTENING.get()
    if used is not None:
        used.add(use, rows)
