"""Fingerprints of the rows that were used, against those of the rows that may be used.

Rows other than the allowed ones are a leak. Where a fingerprint is missing nothing is shown, and
the set is suspect.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar.evaluation.leaks.finding import Finding
from stellar.sample.arrays import Sample
from stellar.sample.columns import Floats
from stellar.sample.fingerprints import (
    SCALED_BY,
    TRAINED_ON,
    VALIDATED_ON,
    Fingerprint,
    Used,
    hashes,
)
from stellar.sample.scaler import Scaler

OfFolds = Mapping[int, Fingerprint]


@dataclass(frozen=True)
class Hashed:
    """Fingerprints of each fold's rows, made once for all models that standardize them alike.

    Attributes
    ----------
    sample : Sample
        All rows that scores come from, labelled or not.
    """

    sample: Sample
    _learnt: dict[str, OfFolds] = field(default_factory=dict)

    @cached_property
    def known(self) -> Sample:
        """The labelled rows."""
        return self.sample.labelled()

    @cached_property
    def raw(self) -> OfFolds:
        """Of the values of the labelled rows, not standardized."""
        return by_fold(self.known.folds, self.known.values)

    def learnt(self, entry: Mapping[str, Any]) -> OfFolds:
        """Of labels and values of the labelled rows, standardized by the scaler of an entry."""
        scaler = json.dumps(entry.get("scaler"))
        if scaler not in self._learnt:
            values = scaling(entry)(self.known.values)
            self._learnt[scaler] = by_fold(self.known.folds, values, self.known.labels)
        return self._learnt[scaler]


def learning_apart(
    rows: Hashed,
    entry: Mapping[str, Any],
    may: Sequence[int],
    watched: Sequence[int],
    what: str,
) -> list[Finding]:
    """Find a scaler, a training, an early stopping that saw other rows than allowed.

    Parameters
    ----------
    rows : Hashed
    entry : mapping
        `scaler` and `used`, as the run wrote them.
    may, watched : sequence of int
        Folds that must be trained on, and those that training may be stopped by.
    what : str
        What is learnt, for the sentence.
    """
    used = Used.from_json(entry.get("used", {}))
    learnt = rows.learnt(entry)
    training = used.get(TRAINED_ON, [])
    found = []
    if entry.get("scaler"):
        found += allowed(f"the scaler of {what}", used.get(SCALED_BY, []), may, rows.raw)
    elif used.get(SCALED_BY) or not _of_whole_folds(training, may, learnt):
        # Else it learnt unscaled rows, and it is known of which folds.
        return [Finding("suspect", f"{what} names no scaler: nothing shows what it scaled by")]
    crossed = allowed(f"the training of {what}", training, may, learnt)
    if crossed and not found:  # rows scaled by a scaler that is not theirs are other rows, too
        crossed = _fitted_anew(rows.known, entry, may, what) or crossed
    found += crossed
    stopping = used.get(VALIDATED_ON, [])
    return found + allowed(f"the early stopping of {what}", stopping, watched, learnt, must=False)


def _fitted_anew(
    known: Sample, entry: Mapping[str, Any], may: Sequence[int], what: str
) -> list[Finding]:
    """Whether mean and deviation of a scaler are those of the rows that it may see."""
    if not entry.get("scaler"):
        return []
    right = Scaler.fit(known.values[np.isin(known.folds, may)], known.feature_names)
    given = Scaler.from_json(entry["scaler"])
    pairs = ((right.mean, given.mean), (right.std, given.std))
    if all(len(a) == len(b) and np.allclose(a, b, rtol=1e-9, atol=0) for a, b in pairs):
        return []
    reason = (
        f"the scaler of {what} is not that of its training rows: other rows, scored ones "
        "perhaps, went into it"
    )
    return [Finding("leaks", reason)]


def scaling(entry: Mapping[str, Any]) -> Callable[[Floats], Floats]:
    """How a table was standardized by the scaler that is written down; not at all without one."""
    return Scaler.from_json(entry["scaler"]).transform if entry.get("scaler") else lambda t: t


def by_fold(folds: NDArray[np.int8], *columns: NDArray[Any]) -> dict[int, Fingerprint]:
    """Fingerprint of each fold's rows.

    Parameters
    ----------
    folds : array of int8, shape (n_rows,)
    columns : arrays, each of shape (n_rows,) or (n_rows, n_columns)
    """
    of_rows = hashes(*columns)
    return {int(f): Fingerprint.of_hashes(of_rows[folds == f]) for f in np.unique(folds)}


def _whole(folds: Iterable[int], of_folds: OfFolds) -> Fingerprint:
    """Fingerprint of the rows of several folds."""
    return sum((of_folds[f] for f in folds if f in of_folds), start=Fingerprint())


def allowed(
    what: str,
    used: Sequence[Fingerprint],
    may: Sequence[int],
    of_folds: OfFolds,
    must: bool = True,
) -> list[Finding]:
    """Whether exactly the rows of the folds `may` were used, if any had to be."""
    if not used:
        return [untold(what)] if must else []
    right = _whole(may, of_folds)
    for rows in used:
        if rows != right:
            return [Finding("leaks", f"{what} saw {_told(rows, may, of_folds)}")]
    return []


def untold(what: str) -> Finding:
    return Finding("suspect", f"{what} left no fingerprint of its rows: nothing shows which it saw")


def _of_whole_folds(used: Sequence[Fingerprint], may: Sequence[int], of_folds: OfFolds) -> bool:
    """Whether rows were used, and are those of the folds `may`, or of others that can be named."""
    right = _whole(may, of_folds)
    return bool(used) and all(rows == right or _named(rows, may, of_folds) for rows in used)


def _told(rows: Fingerprint, may: Sequence[int], of_folds: OfFolds) -> str:
    """In words which rows were used instead of those of the folds `may`."""
    right = _whole(may, of_folds).rows
    if named := _named(rows, may, of_folds):
        return named
    if not right:
        return f"{rows.rows:,} rows where it may see none"
    return f"{rows.rows:,} rows that are not the {right:,} it may see"


def _named(rows: Fingerprint, may: Sequence[int], of_folds: OfFolds) -> str:
    """In words of which folds rows are; nothing if they are not those of whole folds."""
    others = [fold for fold in of_folds if fold not in may]
    if rows == _whole(of_folds, of_folds):
        return f"the rows of all folds; it may not see {folds_named(others)}"
    right = _whole(may, of_folds)
    for several in (*combinations(others, 1), *combinations(others, 2)):
        if rows == _whole(several, of_folds):
            return f"{folds_named(several)}, which it may not see"
        if rows == right + _whole(several, of_folds):
            return f"{folds_named(several)} too, which it may not see"
    return ""


def folds_named(numbers: Iterable[int]) -> str:
    names = [str(number) for number in sorted(numbers)]
    if len(names) == 1:
        return f"fold {names[0]}"
    return f"folds {', '.join(names[:-1])} and {names[-1]}"
