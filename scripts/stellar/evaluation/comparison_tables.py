"""The comparison's scores as tables: tiers by label scheme, and the network against its rivals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.crossvalidation.predictions import Predictions
from stellar.evaluation import metrics
from stellar.evaluation.provenance import SHARED, shared_origin
from stellar.evaluation.study_tables import summarise, test_share

COMPARED = ("accuracy", "f1_macro", "log_loss")


def confusion_table(several: Sequence[Predictions]) -> list[dict[str, Any]]:
    """How often each class is called which.

    Returns
    -------
    list of dict
        For each learner (`name`: a rival's, or label and tier), class `true` and class
        `predicted`: `rows`. A learner that the survey cannot feed is left out.
    """
    rows = []
    for one in several:
        if one.skipped:
            continue
        known = one.labelled()
        counts = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
        np.add.at(counts, (known.labels, known.classes), 1)
        rows += [
            {"name": one.about["name"], "true": true, "predicted": predicted, "rows": int(n)}
            for true, line in zip(CLASSES, counts, strict=True)
            for predicted, n in zip(CLASSES, line, strict=True)
        ]
    return rows


def tier_table(tiers: Sequence[Predictions], costs: NDArray[np.float64]) -> list[dict[str, Any]]:
    """One row a label scheme and tier.

    Parameters
    ----------
    tiers : sequence of Predictions
        What the rule `tier` wrote.
    costs : array, shape (7, 7)

    Returns
    -------
    list of dict
        `label`, `tier`, `features`, `shares` (what label and features have in common), `rows`,
        each score's mean over folds and `_ci95` (half-width of the corrected interval),
        `accuracy_gain` over the label's tier before (`gain_over`), paired by fold, each class's
        rows, recall and Wilson interval, and `too_few_stars`, as of `metrics.marked`. A tier that
        the survey cannot feed is left out.
    """
    rows = []
    before: dict[str, tuple[str, Sequence[Mapping[str, Any]]]] = {}
    for tier in tiers:
        if tier.skipped:
            continue
        about, known = tier.about, tier.labelled()
        found = summarise(known, costs)
        shares = SHARED[shared_origin(about["scheme"], about["features"])]
        gain: dict[str, Any] = dict.fromkeys(("gain_over", "accuracy_gain", "accuracy_gain_ci95"))
        if about["scheme"] in before:
            gain = _gain(*before[about["scheme"]], found["folds"])
        before[about["scheme"]] = (about["tier"], found["folds"])
        rows.append(
            {
                "label": about["scheme"],
                "tier": about["tier"],
                "n_features": len(about["features"]),
                "shares": shares,
                **score_columns(found),
                **gain,
                **recall_columns(known),
            }
        )
    return metrics.marked(rows)


def _gain(
    tier: str, before: Sequence[Mapping[str, Any]], folds: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    gains = [a["accuracy"] - b["accuracy"] for a, b in zip(folds, before, strict=True)]
    return {
        "gain_over": tier,
        "accuracy_gain": float(np.mean(gains)),
        "accuracy_gain_ci95": metrics.corrected_interval(gains, test_share(folds))[0],
    }


def score_columns(found: Mapping[str, Any], share: float | None = None) -> dict[str, Any]:
    """Rows, folds, and each score's mean over folds with the half-width of its 95 % interval.

    `cost_saved` is what deciding by expected cost saves, paired by fold. `share`: rows of a fold
    over those trained on, where only some of a fold's rows are scored.
    """
    folds = found["folds"]
    share = share or test_share(folds)
    row: dict[str, Any] = {"rows": found["pooled"]["rows"], "folds": len(folds)}
    for name in (*metrics.SCORES, *metrics.MORE_SCORES):
        row[name] = found["over_folds"][name]["mean"]
        row[f"{name}_ci95"] = metrics.corrected_interval([f[name] for f in folds], share)[0]
    saved = [f["cost"] - f["cost_decided"] for f in folds]
    row["cost_saved"] = float(np.mean(saved))
    row["cost_saved_ci95"] = metrics.corrected_interval(saved, share)[0]
    return row


def recall_columns(predictions: Predictions) -> dict[str, Any]:
    """Rows, recall and its Wilson interval of each class."""
    recalls = metrics.recalls(predictions.labels, predictions.classes)
    return {
        f"{name}_{c}": recalls[c][name]
        for name in ("rows", "recall", "low", "high")
        for c in CLASSES
    }


def rival_table(
    network: Predictions,
    rivals: Sequence[Predictions],
    costs: NDArray[np.float64],
    rope: float,
) -> list[dict[str, Any]]:
    """The network against each rival on the rows that both predict.

    Parameters
    ----------
    network : Predictions
        The network's, of the rule `tier`.
    rivals : sequence of Predictions
        What the rule `rival` wrote.
    costs : array, shape (7, 7)
    rope : float
        Half-width of the region of practical equivalence of accuracy and macro-F1.

    Returns
    -------
    list of dict
        The network's own row first. `<score>_difference` is network - rival, paired by fold, with
        `_ci95`; `<score>_p_network`, `_p_same` and `_p_rival` are the posterior probabilities that
        the network is better, that both are practically equivalent, that the rival is better
        (correlated t-test of Corani & Benavoli 2015, Machine Learning 100, 285).
    """
    ours = network.labelled()
    own = summarise(ours, costs)
    rows = [
        {
            "name": "network",
            "n_features": len(own["features"]),
            **score_columns(own),
            **recall_columns(ours),
        }
    ]
    share = test_share(own["folds"])
    for rival in rivals:
        if rival.skipped:
            continue
        theirs = rival.labelled()
        common = np.isin(ours.ids, theirs.ids)
        reference = own if len(ours.ids) == len(theirs.ids) else summarise(ours.of(common), costs)
        found = summarise(theirs, costs)
        row = {
            "name": rival.about["name"],
            "n_features": len(rival.about["features"]),
            **score_columns(found, share),
            **recall_columns(theirs),
        }
        for name in COMPARED:
            row |= _compared(name, reference["folds"], found["folds"], share, rope)
        rows.append(row)
    # The network differs in nothing from itself: its row has the columns, empty.
    rows[0] = dict.fromkeys(rows[-1]) | rows[0]
    return metrics.marked(rows)


def _compared(
    name: str,
    ours: Sequence[Mapping[str, Any]],
    theirs: Sequence[Mapping[str, Any]],
    share: float,
    rope: float,
) -> dict[str, float]:
    from baycomp.single import Posterior

    differences = [a[name] - b[name] for a, b in zip(ours, theirs, strict=True)]
    mean = float(np.mean(differences))
    half, error = metrics.corrected_interval(differences, share)
    row = {f"{name}_difference": mean, f"{name}_difference_ci95": half}
    if name == "log_loss":  # has no scale on which a hundredth is nothing
        return row
    # With the interval's own correction: CorrelatedTTest takes all folds for scored ones.
    rival, same, network = Posterior(mean, error**2, len(differences) - 1, rope).probs()
    return row | {
        f"{name}_p_network": float(network),
        f"{name}_p_same": float(same),
        f"{name}_p_rival": float(rival),
    }
