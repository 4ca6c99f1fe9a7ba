"""Calibrated probabilities, and conformal sets with a stated coverage.

All is fitted on a model's calibration rows and measured on the rows that it is scored on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES, NO_LABEL
from stellar.crossvalidation.predictions import Predictions, most_probable
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import UserError
from stellar.evaluation import metrics
from stellar.sample.columns import Floats
from stellar.sample.fingerprints import CALIBRATED_BY, note, used_rows

DRAWS = 1000  # of labels, to tell what calibration error chance alone makes
log = logging.getLogger("stellar")


@dataclass(frozen=True)
class FoldPredictions:
    """One model's probabilities: of its calibration rows, and of the rows it is scored on.

    Attributes
    ----------
    fold : int
        The fold that is scored.
    ids : array of uint64, shape (n_rows,)
        specObjID of the scored rows.
    truth : array of int8, shape (n_rows,)
        Their class numbers; -1: no label.
    probabilities : array of float32, shape (n_rows, 7)
    calibration_truth : array of int8, shape (n_calibration,)
        Class numbers of the calibration rows, which all have a label.
    calibration : array of float32, shape (n_calibration, 7)
        Their probabilities.
    """

    fold: int
    ids: NDArray[np.uint64]
    truth: NDArray[np.int8]
    probabilities: Floats
    calibration_truth: NDArray[np.int8]
    calibration: Floats

    @cached_property
    def temperature(self) -> float:
        """The temperature of least log-loss on the calibration rows."""
        return fit_temperature(self.calibration_truth, self.calibration)


def by_fold(
    scored: Predictions, calibration: Predictions, protocol: Protocol
) -> list[FoldPredictions]:
    """The predictions of each scored fold's model, from the two files of the rule `tier`."""
    predictions = []
    for fold in protocol.scored:
        own = scored.of_fold(fold)
        beside = calibration.of_fold(protocol.beside(fold))
        predictions.append(
            FoldPredictions(
                fold, own.ids, own.labels, own.probabilities, beside.labels, beside.probabilities
            )
        )
    return predictions


@dataclass(frozen=True)
class Calibrated:
    """The labelled rows of a scored fold, calibrated.

    Attributes
    ----------
    predictions : FoldPredictions
    truth : array of int8, shape (n_rows,)
    before, after : array of float32, shape (n_rows, 7)
        Probabilities before and after temperature scaling.
    sets : array of bool, shape (n_rows, 7)
    used : dict
        Fingerprints of the rows that temperature and sets were fitted on.
    """

    predictions: FoldPredictions
    truth: NDArray[np.int8]
    before: Floats
    after: Floats
    sets: NDArray[np.bool_]
    used: dict[str, Any]


def calibrated(predictions: FoldPredictions, level: float) -> Calibrated:
    """Calibrate a fold's labelled rows, and make their sets of coverage `level`."""
    rows = predictions.truth != NO_LABEL
    before = predictions.probabilities[rows]
    with used_rows() as used:
        after = tempered(before, predictions.temperature)
        sets = conformal_sets(predictions.calibration_truth, predictions.calibration, before, level)
    return Calibrated(predictions, predictions.truth[rows], before, after, sets, used.to_json())


@dataclass(frozen=True)
class TierPredictions:
    """Predictions of all scored folds on one tier of features, labels by one scheme."""

    label: str
    tier: str
    features: Sequence[str]
    folds: Sequence[FoldPredictions]


def calibrate(
    pairs: Iterable[tuple[Predictions, Predictions]],
    protocol: Protocol,
    level: float,
    wanted: tuple[str, str],
) -> tuple[list[dict[str, Any]], TierPredictions, list[dict[str, Any]]]:
    """One row a tier that was not skipped, and the predictions of one of them.

    Parameters
    ----------
    pairs : iterable of pairs of Predictions
        The two files of the rule `tier`: of scored and of calibration rows.
    protocol : Protocol
    level : float
        Coverage of the conformal sets, of each class.
    wanted : tuple of str
        Label scheme and tier of the predictions; if it was skipped, the last that was not is given.

    Returns
    -------
    list of dict
        `label`, `tier`, and what `calibration_row` says.
    TierPredictions
    list of dict
        `label`, `tier`, and of each of its `folds` which rows were `used`.

    Raises
    ------
    UserError
        All tiers were skipped.
    """
    rows: list[dict[str, Any]] = []
    used: list[dict[str, Any]] = []
    shown: TierPredictions | None = None
    for scored, calibration in pairs:
        if scored.skipped:
            continue
        about, folds = scored.about, by_fold(scored, calibration, protocol)
        label, tier = about["scheme"], about["tier"]
        known = {"label": label, "tier": tier}
        parts = [calibrated(p, level) for p in folds if (p.truth != NO_LABEL).any()]
        rows.append({**known, **calibration_row(parts)})
        of_folds = [{"fold": part.predictions.fold, "used": part.used} for part in parts]
        used.append({**known, "folds": of_folds})
        log.info("%s: coverage %.3f", about["name"], rows[-1]["coverage"])
        if shown is None or (shown.label, shown.tier) != wanted:
            shown = TierPredictions(label, tier, about["features"], folds)
    if shown is None:
        raise UserError("the survey has the features of no tier; add one of what it has to tiers")
    return rows, shown, used


def fit_temperature(truth: NDArray[np.int8], probabilities: Floats) -> float:
    """Temperature of least log-loss (Guo+ 2017, arXiv:1706.04599): p ∝ p^(1/T).

    Parameters
    ----------
    truth : array of int8, shape (n_rows,)
    probabilities : array, shape (n_rows, 7)
    """
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        return metrics.log_loss(truth, tempered(probabilities, np.exp(log_temperature)))

    note(CALIBRATED_BY, probabilities, truth)
    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded").x))


def tempered(probabilities: Floats, temperature: float) -> Floats:
    """Probabilities at a temperature, shape (n_rows, 7).

    Above 1 they are less certain than the given ones, of the same shape, below 1 more.
    """
    powers = np.clip(probabilities, 1e-12, None).astype(np.float64) ** (1 / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def conformal_sets(
    truth: NDArray[np.int8], calibration: Floats, probabilities: Floats, level: float
) -> NDArray[np.bool_]:
    """Class-conditional conformal sets (Vovk 2012, arXiv:1209.2673).

    A class belongs to a star's set unless its probability is lower than that of all but 1 - `level`
    of the calibration stars of that class: of each class a share of `level` gets its own class.

    Parameters
    ----------
    truth : array of int8, shape (n_calibration,)
    calibration : array, shape (n_calibration, 7)
    probabilities : array, shape (n_rows, 7)
    level : float
        Coverage of each class.

    Returns
    -------
    array of bool, shape (n_rows, 7)
        A class without a calibration star belongs to no set: nothing can be promised of it.
    """
    return np.asarray(probabilities >= conformal_thresholds(truth, calibration, level))


def conformal_thresholds(
    truth: NDArray[np.int8], calibration: Floats, level: float, fewest: int = 0
) -> NDArray[np.float64]:
    """From which probability on a class belongs to a star's conformal set, shape (7,).

    Parameters
    ----------
    truth : array of int8, shape (n_calibration,)
    calibration : array, shape (n_calibration, 7)
    level : float
        Coverage of each class.
    fewest : int
        Classes with fewer calibration stars get the threshold of all stars together (the null
        cluster of Ding+ 2023, arXiv:2306.09335): of these classes no coverage is promised.

    Returns
    -------
    array of float64, shape (7,)
        Infinite for a class without a calibration star, unless `fewest` is above 0.
    """
    note(CALIBRATED_BY, calibration, truth)
    of_truth = np.take_along_axis(calibration, truth[:, None].astype(np.intp), axis=1)[:, 0]
    others = _threshold(of_truth, level) if fewest else np.inf
    thresholds = np.full(len(CLASSES), others)
    for number in np.unique(truth):
        own = of_truth[truth == number]
        if len(own) >= fewest:
            thresholds[number] = _threshold(own, level)
    return thresholds


def _threshold(own: Floats, level: float) -> float:
    """The probability that all but 1 - `level` of these stars, and of one more, reach."""
    # The p-value of a star with k of them at most as probable, the star itself counted.
    p_values = (np.arange(len(own) + 1) + 1) / (len(own) + 1)
    below = int((p_values > 1 - level).argmax())
    return float(np.sort(own)[below - 1]) if below else 0.0


def calibration_row(folds: Sequence[Calibrated]) -> dict[str, Any]:
    """Calibration before and after temperature scaling, and what the sets cover.

    Returns
    -------
    dict
        `temperature` (median of the models), log-loss and calibration error `_before` and
        `_after`, the range of `chance_of_error`, `coverage` and its parts by class, `set_size`
        (mean), `single` (share of sets of one class), `empty`, and calibration stars of each class
        (median of the models).
    """
    models = [fold.predictions for fold in folds]
    truth = np.concatenate([fold.truth for fold in folds])
    before = np.concatenate([fold.before for fold in folds])
    after = np.concatenate([fold.after for fold in folds])
    sets = np.concatenate([fold.sets for fold in folds])
    covered = sets[np.arange(len(truth)), truth]
    size = sets.sum(axis=1)
    by_chance = chance_of_error(after)
    row: dict[str, Any] = {
        "rows": len(truth),
        "temperature": float(np.median([p.temperature for p in models])),
        "log_loss_before": metrics.log_loss(truth, before),
        "log_loss_after": metrics.log_loss(truth, after),
        "calibration_error_before": metrics.calibration_error(truth, before),
        "calibration_error_after": metrics.calibration_error(truth, after),
        "calibration_error_chance_low": by_chance[0],
        "calibration_error_chance_high": by_chance[1],
        "coverage": float(covered.mean()),
        "set_size": float(size.mean()),
        "single": float((size == 1).mean()),
        "empty": float((size == 0).mean()),
    }
    for number, name in enumerate(CLASSES):
        of_class = truth == number
        row[f"coverage_{name}"] = float(covered[of_class].mean()) if of_class.any() else None
    for number, name in enumerate(CLASSES):
        stars = [int((p.calibration_truth == number).sum()) for p in models]
        row[f"calibration_stars_{name}"] = int(np.median(stars))
    return row


def chance_of_error(probabilities: Floats, seed: int = 0) -> tuple[float, float]:
    """Calibration errors that chance gives to probabilities that are exactly right.

    The error is a mean of distances, so that chance only adds to it: an interval drawn around it
    would lie above it.

    Parameters
    ----------
    probabilities : array, shape (n_rows, 7)

    Returns
    -------
    tuple of float
        2.5th and 97.5th percentile of the errors where the most probable class is right as often
        as its probability says.
    """
    confidence = probabilities.max(axis=1)
    bins = metrics.confidence_bins(confidence, np.ones(len(confidence), bool))
    rows = np.array([row["rows"] for row in bins], np.int64)
    means = np.clip([row["confidence"] for row in bins], 0, 1)
    right = np.random.default_rng(seed).binomial(rows, means, (DRAWS, len(bins)))
    errors = np.abs(right - rows * means).sum(axis=1) / rows.sum()
    low, high = np.percentile(errors, (2.5, 97.5))
    return float(low), float(high)


def reliability_table(predictions: Sequence[FoldPredictions]) -> list[dict[str, Any]]:
    """Confidence and accuracy in bins of confidence, before and after temperature scaling."""
    rows = []
    for when in ("before", "after"):
        confidence, right = [], []
        for p in predictions:
            known = p.truth != NO_LABEL
            shares = p.probabilities[known]
            if when == "after":
                shares = tempered(shares, p.temperature)
            confidence.append(shares.max(axis=1))
            right.append(most_probable(shares) == p.truth[known])
        for row in metrics.confidence_bins(np.concatenate(confidence), np.concatenate(right)):
            rows.append({"when": when, **row})
    return rows
