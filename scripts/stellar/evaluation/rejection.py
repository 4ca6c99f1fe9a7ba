"""Stars that are rejected: too uncertain to be given a class, or of another kind than O to M."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import NO_LABEL
from stellar.crossvalidation.predictions import most_probable
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.calibration import FoldPredictions, TierPredictions, tempered
from stellar.learning.trees import REPEATABLE
from stellar.sample.arrays import Sample
from stellar.sample.columns import Floats, rows_of_ids
from stellar.sample.fingerprints import CALIBRATED_BY, TRAINED_ON, note, used_rows
from stellar.sample.spectral_types import NEGATIVES


def gate_scores(
    sample: Sample, negative: NDArray[np.bool_], protocol: Protocol, fold: int, seed: int
) -> NDArray[np.float64]:
    """Probability that a row is a negative, by boosted trees trained on other folds.

    Parameters
    ----------
    sample : Sample
        Features unscaled.
    negative : array of bool, shape (n_rows,)
        Rows known to be of another kind than O to M.
    protocol : Protocol
    fold : int
        It and its calibration fold are not trained on.
    seed : int

    Returns
    -------
    array, shape (n_rows,)
        NaN for rows of folds that are trained on.
    """
    from lightgbm import LGBMClassifier

    away = np.isin(sample.folds, protocol.away(fold))
    train = ~away & ((sample.labels != NO_LABEL) | negative)
    gate = LGBMClassifier(
        n_estimators=40,
        learning_rate=0.2,
        num_leaves=15,
        random_state=seed + fold,
        n_jobs=1,
        **REPEATABLE,
    )
    note(TRAINED_ON, sample.values[train], negative[train])
    gate.fit(sample.values[train], negative[train])
    scores = np.full(len(away), np.nan)
    scores[away] = gate.predict_proba(sample.values[away])[:, 1]
    return scores


def risk_coverage_table(
    confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_], points: int = 50
) -> list[dict[str, float]]:
    """Error among the most confident stars against their share (El-Yaniv & Wiener 2010).

    Parameters
    ----------
    confidence : array, shape (n_rows,)
        Highest probability of each row.
    right : array of bool, shape (n_rows,)
        Whether its class is the true one.
    points : int
        Number of shares, evenly from 1 / `points` to 1.

    Returns
    -------
    list of dict
        `coverage` (share of the rows), `risk` (share of these that is wrong), `confidence` (the
        least of these).
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~right[order])
    rows = []
    for share in np.arange(1, points + 1) / points:
        n = max(1, round(share * len(order)))
        rows.append(
            {
                "coverage": n / len(order),
                "risk": float(wrong[n - 1] / n),
                "confidence": float(confidence[order[n - 1]]),
            }
        )
    return rows


@dataclass(frozen=True)
class Decisions:
    """Scored rows: their place in the sample, calibrated probabilities, and which are rejected.

    Attributes
    ----------
    rows : array of int64, shape (n_rows,)
        Place of each row in the sample.
    truth : array of int8, shape (n_rows,)
        Class numbers; -1: no label.
    probabilities : array of float32, shape (n_rows, 7)
    by_gate : array of bool, shape (n_rows,)
        Rejected as another kind of object than a star O to M.
    unsure : array of bool, shape (n_rows,)
        The highest probability is lower than that of nearly all calibration stars.
    """

    rows: NDArray[np.int64]
    truth: NDArray[np.int8]
    probabilities: Floats
    by_gate: NDArray[np.bool_]
    unsure: NDArray[np.bool_]


def decide(
    predictions: Sequence[FoldPredictions],
    sample: Sample,
    negative: NDArray[np.bool_],
    protocol: Protocol,
    rejected: float,
    seed: int,
) -> tuple[Decisions, list[dict[str, Any]]]:
    """Calibrate the probabilities of scored rows, and reject.

    Parameters
    ----------
    predictions : sequence of FoldPredictions
    sample : Sample
        The rows behind the predictions, with the same labels.
    negative : array of bool, shape (n_stars,)
        Rows of the sample known to be of another kind than O to M.
    protocol : Protocol
    rejected : float
        Share of the calibration stars that each of both tests may reject.
    seed : int

    Returns
    -------
    Decisions
    list of dict
        Of each `fold` which rows were `used`: by the gate, and to set both thresholds.
    """
    parts, used = [], []
    for p in predictions:
        with used_rows() as of_fold:
            parts.append(_decide(p, sample, negative, protocol, rejected, seed))
        used.append({"fold": p.fold, "used": of_fold.to_json()})
    names = ("rows", "truth", "probabilities", "by_gate", "unsure")
    whole = Decisions(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))
    return whole, used


def _decide(
    p: FoldPredictions,
    sample: Sample,
    negative: NDArray[np.bool_],
    protocol: Protocol,
    rejected: float,
    seed: int,
) -> Decisions:
    """`decide` of one fold."""
    rows = rows_of_ids(p.ids, sample.ids)
    shares = tempered(p.probabilities, p.temperature)
    scores = gate_scores(sample, negative, protocol, p.fold, seed)
    calibrating = sample.rows_in([protocol.beside(p.fold)])
    note(CALIBRATED_BY, sample.values[calibrating])
    gate = np.quantile(scores[calibrating], 1 - rejected)
    note(CALIBRATED_BY, p.calibration, p.calibration_truth)
    sure = tempered(p.calibration, p.temperature).max(axis=1)
    unsure = shares.max(axis=1) < np.quantile(sure, rejected)
    return Decisions(rows, p.truth, shares, scores[rows] > gate, unsure)


def rejection(decisions: Decisions, rows: NDArray[np.bool_]) -> dict[str, Any]:
    """Shares of some rows that are rejected by the gate, as unsure, and by either.

    Parameters
    ----------
    decisions : Decisions
    rows : array of bool, shape (n_rows,)
        Which of the decisions to count.

    Returns
    -------
    dict
        `rows` (how many) and the shares `by_gate`, `unsure`, `rejected`; None without a row.
    """
    n = int(rows.sum())
    either = decisions.by_gate | decisions.unsure
    shares = {
        "by_gate": decisions.by_gate[rows],
        "unsure": decisions.unsure[rows],
        "rejected": either[rows],
    }
    return {"rows": n, **{name: float(v.mean()) if n else None for name, v in shares.items()}}


def reject(
    tier: TierPredictions,
    sample: Sample,
    kinds: NDArray[np.object_],
    protocol: Protocol,
    rejected: float,
    seed: int,
) -> tuple[dict[str, Any], list[dict[str, float]]]:
    """What is rejected of a tier's stars and of the negatives, and the risk at each coverage.

    Parameters
    ----------
    tier : TierPredictions
    sample : Sample
        The rows behind the predictions, with the same labels.
    kinds : array of str, shape (n_rows,)
        Of each row of the sample its kind of negative, or "".
    protocol, rejected, seed
        As in `decide`.

    Returns
    -------
    dict
        `survey`, `label`, `tier`, `rejection` of the `stars`, of each kind, of all `negatives`,
        and which rows were `used`.
    list of dict
        As of `risk_coverage_table`.
    """
    decisions, used = decide(tier.folds, sample, kinds != "", protocol, rejected, seed)
    known = decisions.truth != NO_LABEL
    right = most_probable(decisions.probabilities)[known] == decisions.truth[known]
    kinds = kinds[decisions.rows]
    document = {
        "survey": sample.survey,
        "label": tier.label,
        "tier": tier.tier,
        "stars": rejection(decisions, known),
        **{kind: rejection(decisions, kinds == kind) for kind in NEGATIVES},
        "negatives": rejection(decisions, kinds != ""),
        "used": used,
    }
    return document, risk_coverage_table(decisions.probabilities[known].max(axis=1), right)
