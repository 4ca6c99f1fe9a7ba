"""Whether anything crosses from the rows that a score uses to those that were learnt from.

What was used is told by fingerprints, which the run takes of the very arrays that it uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.leaks.allowed_rows import (
    Hashed,
    folds_named,
    learning_apart,
    scaling,
    untold,
)
from stellar.evaluation.leaks.finding import Finding
from stellar.sample.arrays import Sample
from stellar.sample.fingerprints import PREDICTED, Fingerprint, Used


def stars_on_both_sides(stars: NDArray[np.int64], folds: NDArray[np.int8]) -> list[Finding]:
    """Find stars with rows in several folds.

    Parameters
    ----------
    stars : array of int64, shape (n_rows,)
        Star behind each row, by its place and photometric object, not by the split's own numbers.
    folds : array of int8, shape (n_rows,)
    """
    order = np.lexsort((folds, stars))
    same = stars[order][1:] == stars[order][:-1]
    across = same & (folds[order][1:] != folds[order][:-1])
    n = len(np.unique(stars[order][1:][across]))
    if not n:
        return []
    what = "1 star has" if n == 1 else f"{n} stars have"
    return [Finding("leaks", f"{what} rows in several folds: what is trained on is scored")]


def scalers_of_training_rows(
    rows: Hashed,
    about: Mapping[str, Any],
    protocol: Protocol,
    scored: Sequence[int] | None = None,
) -> list[Finding]:
    """Find scored folds whose scaler, training or early stopping saw other rows than allowed.

    Parameters
    ----------
    rows : Hashed
        All rows that the scores come from, labelled or not.
    about : mapping
        What predictions tell of themselves.
    protocol : Protocol
    scored : sequence of int, optional
        Folds that must be scored, if not all that the protocol scores.

    Returns
    -------
    list of Finding
        Of the first such fold.
    """
    entries = {entry["fold"]: entry for entry in about["folds"]}
    for fold in protocol.scored if scored is None else scored:
        found = _protocol_keeps_apart(protocol, fold)
        if fold not in entries:
            found.append(untold(f"the model of fold {fold}"))
        else:
            found += _round_apart(rows, entries[fold], protocol)
        if found:
            return found
    return []


def _protocol_keeps_apart(protocol: Protocol, fold: int) -> list[Finding]:
    """Whether a protocol keeps from training what it scores, and what it calibrates or stops by."""
    needed = {fold, protocol.beside(fold)} if protocol.kept_out else {fold}
    seen = needed - set(protocol.away(fold))
    if seen:
        return [
            Finding("leaks", f"the protocol of fold {fold} lets {folds_named(seen)} be trained on")
        ]
    return []


def _round_apart(rows: Hashed, entry: Mapping[str, Any], protocol: Protocol) -> list[Finding]:
    """Findings of one scored fold."""
    sample, known = rows.sample, rows.known
    fold, away = entry["fold"], protocol.away(entry["fold"])
    what, used = f"fold {fold}", Used.from_json(entry.get("used", {}))
    may = [other for other in range(protocol.n_folds) if other not in away]
    watched = away[1:] if protocol.kept_out == "for early stopping" else ()
    found = learning_apart(rows, entry, may, watched, what)
    if found:
        return found
    scaled = scaling(entry)
    needed = {Fingerprint.of(scaled(sample.values[sample.folds == fold]))}
    if protocol.kept_out == "for calibration":
        needed.add(Fingerprint.of(scaled(known.values[known.folds == away[1]])))
    given = set(used.get(PREDICTED, []))
    if not given:
        return [untold(f"the predictions of {what}")]
    if given != needed:
        return [Finding("leaks", f"the model of {what} predicted other rows than it is scored on")]
    return []


def scored_once(sample: Sample, predicted: Predictions, folds: Sequence[int]) -> list[Finding]:
    """Find rows that are scored twice, outside their fold, with another label, or not at all.

    Parameters
    ----------
    sample : Sample
        All rows that the scores come from, labelled or not.
    predicted : Predictions
    folds : sequence of int
        Those that must be scored.
    """
    scored = np.flatnonzero(np.isin(sample.folds, folds))
    right = bool(np.isin(predicted.ids, sample.ids[scored]).all())
    right &= len(np.unique(predicted.ids)) == len(predicted.ids)
    if right:
        rows = predicted.places_in(sample.ids)
        right &= np.array_equal(sample.folds[rows], predicted.folds)
    if not right:
        reason = "rows are scored twice, or outside the folds that may be scored"
        return [Finding("leaks", reason)]
    if not np.array_equal(sample.labels[rows], predicted.labels):
        return [Finding("leaks", "rows are scored against labels that are not theirs")]
    if len(predicted.ids) < len(scored):
        n = len(scored) - len(predicted.ids)
        return [Finding("suspect", f"{n:,} rows of the folds that are scored are left out")]
    return []
