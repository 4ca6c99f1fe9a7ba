"""Whether what chose hyperparameters, calibrated or rejected saw rows that are scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import NO_LABEL
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import MissingFeatureError
from stellar.evaluation.leaks.allowed_rows import (
    Hashed,
    allowed,
    by_fold,
    folds_named,
    learning_apart,
    scaling,
    untold,
)
from stellar.evaluation.leaks.finding import Finding
from stellar.sample.arrays import Sample
from stellar.sample.fingerprints import CALIBRATED_BY, PREDICTED, TRAINED_ON, Fingerprint, Used


def selection_apart(
    chosen: Mapping[str, Mapping[str, Any]],
    protocol: Protocol,
    sample_of: Callable[[str, Sequence[str]], Sample],
) -> list[Finding]:
    """Find choices of hyperparameters that saw rows of a fold that is scored by them.

    Parameters
    ----------
    chosen : mapping of str to mapping
        The documents of the rule `choose` by selection.
    protocol : Protocol
    sample_of : callable
        From a label scheme and features to their sample.
    """
    for fold in protocol.scored:
        selection = protocol.selection_of(fold)
        if fold in {*protocol.selections[selection], *chosen[selection]["folds"]}:
            return [
                Finding("leaks", f"hyperparameters were chosen on fold {fold}, which they score")
            ]
    for selection in dict.fromkeys(map(protocol.selection_of, protocol.scored)):
        found = _choice_apart(chosen[selection], protocol.selections[selection], sample_of)
        if found:
            return found
    return []


def _choice_apart(
    document: Mapping[str, Any],
    folds: Sequence[int],
    sample_of: Callable[[str, Sequence[str]], Sample],
) -> list[Finding]:
    """Whether a choice used the rows of its selection's folds alone, each held out in turn."""
    used = document.get("used")
    if not used:
        return [untold("the choice of hyperparameters")]
    try:
        rows = Hashed(sample_of(document["label"], document["features"]))
    except (KeyError, MissingFeatureError):
        return [untold("the choice of hyperparameters")]
    known, held_out = rows.known, set()
    for entry in used:
        scored = Used.from_json(entry.get("used", {})).get(PREDICTED, [])
        of_folds = by_fold(known.folds, scaling(entry)(known.values))
        fold = next((f for f, rows in of_folds.items() if scored == [rows]), None)
        if fold not in folds:
            what = "other rows than those of a fold" if fold is None else f"fold {fold}"
            may = folds_named(folds)
            return [Finding("leaks", f"hyperparameters were chosen on {what}; {may} may choose")]
        held_out.add(fold)
        others = [other for other in folds if other != fold]
        what = f"the choice of hyperparameters, with fold {fold} held out,"
        found = learning_apart(rows, entry, others, (), what)
        if found:
            return found
    if held_out != set(folds):
        return [untold("a part of the choice of hyperparameters")]
    return []


def settings_chosen(
    about: Mapping[str, Any], chosen: Mapping[str, Mapping[str, Any]], protocol: Protocol
) -> list[Finding]:
    """Find scored folds that were learnt with other settings than their selection chose."""
    for entry in about["folds"]:
        right = chosen[protocol.selection_of(entry["fold"])]["settings"]
        if entry.get("settings") != right:
            reason = (
                f"the model of fold {entry['fold']} has not the settings that were chosen for it"
            )
            return [Finding("suspect", reason)]
    return []


def calibration_apart(
    sample: Sample,
    predicted: Predictions,
    calibration: Predictions,
    used: Sequence[Mapping[str, Any]],
    protocol: Protocol,
) -> list[Finding]:
    """Find folds whose temperature or conformal sets saw other rows than those to calibrate by.

    Parameters
    ----------
    sample : Sample
        All rows.
    predicted, calibration : Predictions
        Of the scored rows, and of those to calibrate by.
    used : sequence of mapping
        Of each calibrated `fold` which rows were `used`, as the rule `calibrate` wrote it.
    protocol : Protocol
    """
    entries = {entry["fold"]: entry for entry in used}
    for fold in protocol.scored:
        beside = protocol.beside(fold)
        rows = sample.rows_in([beside])
        own, given = predicted.of_fold(fold).labelled(), calibration.of_fold(beside)
        if not _same_rows(given, sample, rows):
            reason = (
                f"fold {fold} is calibrated by other rows than the labelled ones of fold {beside}"
            )
            return [Finding("leaks", reason)]
        if not len(own.ids):
            continue
        of_folds = {
            part: Fingerprint.of(these.probabilities, these.labels)
            for part, these in ((fold, own), (beside, given))
        }
        fingerprints = Used.from_json(entries.get(fold, {}).get("used", {}))
        seen = fingerprints.get(CALIBRATED_BY, [])
        found = allowed(f"the calibration of fold {fold}", seen, [beside], of_folds)
        if found:
            return found
    return []


def _same_rows(given: Predictions, sample: Sample, rows: NDArray[np.int64]) -> bool:
    """Whether predictions are of these rows of a sample, each once, with their labels."""
    order, right = np.argsort(given.ids), rows[np.argsort(sample.ids[rows])]
    return np.array_equal(given.ids[order], sample.ids[right]) and np.array_equal(
        given.labels[order], sample.labels[right]
    )


def gate_apart(
    sample: Sample,
    negative: NDArray[np.bool_],
    calibration: Predictions,
    used: Sequence[Mapping[str, Any]],
    protocol: Protocol,
) -> list[Finding]:
    """Find folds whose gate, or whose thresholds, saw other rows than allowed.

    Parameters
    ----------
    sample : Sample
        All rows.
    negative : array of bool, shape (n_rows,)
        Rows known to be of another kind than O to M.
    calibration : Predictions
        Of the rows to calibrate by.
    used : sequence of mapping
        Of each `fold` which rows were `used`, as the rule `calibrate` wrote it.
    protocol : Protocol
    """
    taught = (sample.labels != NO_LABEL) | negative
    learnt = by_fold(sample.folds[taught], sample.values[taught], negative[taught])
    entries = {entry["fold"]: entry for entry in used}
    for fold in protocol.scored:
        away, beside = protocol.away(fold), protocol.beside(fold)
        fingerprints = Used.from_json(entries.get(fold, {}).get("used", {}))
        may = [other for other in range(protocol.n_folds) if other not in away]
        found = allowed(f"the gate of fold {fold}", fingerprints.get(TRAINED_ON, []), may, learnt)
        given = calibration.of_fold(beside)
        right = {
            Fingerprint.of(sample.values[sample.rows_in([beside])]),
            Fingerprint.of(given.probabilities, given.labels),
        }
        if set(fingerprints.get(CALIBRATED_BY, [])) != right:
            reason = f"what fold {fold} rejects was set by other rows than those to calibrate by"
            found.append(Finding("leaks", reason))
        if found:
            return found
    return []
