"""Scores of many jobs as tables: folds, baselines and ablations, and the pooled predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.crossvalidation.predictions import Predictions, most_probable
from stellar.evaluation import metrics

Fold = Mapping[str, Any]
VARIANT_COLUMNS = ("name", "n_features", "features")


def summarise(predictions: Predictions, costs: NDArray[np.float64]) -> dict[str, Any]:
    """Scores of one classifier from its predictions: each fold's, and their spread.

    Parameters
    ----------
    predictions : Predictions
    costs : array, shape (7, 7)
        Of calling a star of the row's class by the column's.

    Returns
    -------
    dict
        What the predictions say about themselves, `folds`, `over_folds` and `pooled`; or `name` and
        `skipped`.
    """
    about = dict(predictions.about)
    if predictions.skipped:
        return about

    def scored(truth: NDArray[np.int8], probabilities: NDArray[np.float32]) -> dict[str, Any]:
        return {
            **metrics.scores(truth, most_probable(probabilities)),
            **metrics.more_scores(truth, probabilities, costs),
        }

    folds = []
    for known in about["folds"]:
        part = predictions.of_fold(known["fold"])
        folds.append({**known, **scored(part.labels, part.probabilities)})
    return {
        **about,
        "folds": folds,
        "over_folds": metrics.over_folds(folds),
        "pooled": scored(predictions.labels, predictions.probabilities),
    }


def test_share(folds: Sequence[Fold]) -> float:
    """Rows tested over rows trained on, the mean over folds."""
    return float(np.mean([f["rows"] / f["train_rows"] for f in folds]))


def fold_table(folds: Sequence[Fold]) -> list[dict[str, Any]]:
    """One row a fold: sizes, scores, and each class's recall."""
    return [
        {
            "fold": f["fold"],
            "rows": f["rows"],
            "train_rows": f["train_rows"],
            "best_epoch": f["best_epoch"],
            **{name: f[name] for name in (*metrics.SCORES, *metrics.MORE_SCORES)},
            **{f"recall_{c}": f["recall"][c] for c in CLASSES},
        }
        for f in folds
    ]


def variant_table(
    variants: Sequence[Mapping[str, Any]], reference: Sequence[Fold]
) -> list[dict[str, Any]]:
    """One row a variant: mean and spread of its scores, and differences from the reference.

    Parameters
    ----------
    variants : sequence of mapping
        What `summarise` made, on the reference's folds or some of them.
    reference : sequence of mapping
        Scores of the cross-validated network's folds.

    Returns
    -------
    list of dict
        `name`, `n_features`, `features`, `folds` (how many), `<score>_mean`, `<score>_std`
        (population, over folds), `accuracy_ci95` (half-width of the corrected interval),
        `<score>_difference` and its `_ci95`, paired by fold; `too_few_stars` by `metrics.marked`.
    """
    rows, theirs = [], {fold["fold"]: fold for fold in reference}
    for variant in variants:
        if "skipped" in variant:
            continue
        folds = variant["folds"]
        share = test_share(folds)
        row: dict[str, Any] = {
            "name": variant["name"],
            "n_features": len(variant["features"]),
            "features": " ".join(variant["features"]),
            "folds": len(folds),
        }
        for name in (*metrics.SCORES, *metrics.MORE_SCORES):
            row[f"{name}_mean"] = variant["over_folds"][name]["mean"]
            row[f"{name}_std"] = variant["over_folds"][name]["std"]
        row["accuracy_ci95"] = metrics.corrected_interval([f["accuracy"] for f in folds], share)[0]
        for name in ("accuracy", "f1_macro"):
            differences = [f[name] - theirs[f["fold"]][name] for f in folds]
            row[f"{name}_difference"] = float(np.mean(differences))
            row[f"{name}_difference_ci95"] = metrics.corrected_interval(differences, share)[0]
        row |= {f"recall_{c}": variant["pooled"]["recall"][c] for c in CLASSES}
        rows.append(row)
    return metrics.marked(rows) or [dict.fromkeys(VARIANT_COLUMNS)]


def pooled(
    predictions: Predictions,
    folds: Sequence[Fold],
    test_ids: NDArray[np.uint64],
    variants: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Out-of-fold predictions of all folds taken together, and which `variants` were skipped.

    Hyperparameters were chosen on the training and validation rows, so `locked` repeats the
    scores for the test rows alone, which no choice has seen.

    Parameters
    ----------
    predictions : Predictions
        Of all folds.
    folds : sequence of mapping
        Scores of each, as `summarise` gives them.
    test_ids : array of uint64, shape (n_test,)
        specObjID of the locked test rows.
    variants : sequence of mapping
        What `summarise` gave of baselines and ablations.
    """
    truth, predicted = predictions.labels, predictions.classes
    locked = np.isin(predictions.ids, test_ids)
    share = test_share(folds)
    return {
        "survey": predictions.survey,
        "folds": len(folds),
        "over_folds": metrics.over_folds(folds),
        "ci95": {
            name: metrics.corrected_interval([f[name] for f in folds], share)[0]
            for name in (*metrics.SCORES, *metrics.MORE_SCORES)
        },
        "pooled": metrics.scores(truth, predicted),
        "locked": metrics.scores(truth[locked], predicted[locked]),
        "recall": metrics.recalls(truth, predicted),
        "confusion": metrics.confusion(truth, predicted).tolist(),
        "skipped": {v["name"]: v["skipped"] for v in variants if "skipped" in v},
        "one_class_off": float(np.mean(np.abs(truth.astype(int) - predicted) == 1)),
        "three_or_more_off": int(np.sum(np.abs(truth.astype(int) - predicted) >= 3)),
    }


def all_tables(
    predictions: Predictions,
    baselines: Sequence[Predictions],
    ablations: Sequence[Predictions],
    test_ids: NDArray[np.uint64],
    costs: NDArray[np.float64],
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, Any]]:
    """All scores of the study.

    Parameters
    ----------
    predictions : Predictions
        Of the cross-validation.
    baselines, ablations : sequence of Predictions
    test_ids : array of uint64, shape (n_test,)
        specObjID of the locked test rows.
    costs : array, shape (7, 7)

    Returns
    -------
    dict
        The tables `cv`, `baselines` and `ablation`.
    dict
        What `pooled` says.
    """
    folds = summarise(predictions, costs)["folds"]
    beside, without = ([summarise(one, costs) for one in of] for of in (baselines, ablations))
    tables = {
        "cv": fold_table(folds),
        "baselines": variant_table(beside, folds),
        "ablation": variant_table(without, folds),
    }
    return tables, pooled(predictions, folds, test_ids, [*beside, *without])
