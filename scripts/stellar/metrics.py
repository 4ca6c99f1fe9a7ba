"""Scores of a classification, with classes in the order O B A F G K M."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES

SCORES = (
    "accuracy",
    "precision_weighted",
    "recall_weighted",
    "f1_weighted",
    "precision_macro",
    "recall_macro",
    "f1_macro",
)


def scores(truth: NDArray[np.int8], predicted: NDArray[np.int8]) -> dict[str, Any]:
    """The study's four scores, their macro averages, and each class's recall.

    Parameters
    ----------
    truth, predicted : array of int8, shape (n_rows,)
        Class numbers.

    Returns
    -------
    dict
        `SCORES`, `rows`, `support` and `recall` by class (None where a class has no row).
        Weighted averages weigh classes by their rows, macro averages count classes with rows
        alike. A class never predicted has precision 0.
    """
    from sklearn.metrics import precision_recall_fscore_support

    numbers = np.arange(len(CLASSES))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # absent classes are dealt with below
        precision, recall, f1, support = precision_recall_fscore_support(
            truth, predicted, labels=numbers, zero_division=0
        )
    present = support > 0
    weight = support / support.sum()
    return {
        "rows": len(truth),
        "accuracy": float(np.mean(truth == predicted)),
        "precision_weighted": float(precision @ weight),
        "recall_weighted": float(recall @ weight),
        "f1_weighted": float(f1 @ weight),
        "precision_macro": float(precision[present].mean()),
        "recall_macro": float(recall[present].mean()),
        "f1_macro": float(f1[present].mean()),
        "support": {c: int(n) for c, n in zip(CLASSES, support, strict=True)},
        "recall": {
            c: float(r) if n else None for c, r, n in zip(CLASSES, recall, support, strict=True)
        },
    }


def confusion(truth: NDArray[np.int8], predicted: NDArray[np.int8]) -> NDArray[np.int64]:
    """Counts, shape (7, 7): rows are true classes, columns predicted ones."""
    n = len(CLASSES)
    cells = truth.astype(np.int64) * n + predicted.astype(np.int64)
    return np.bincount(cells, minlength=n * n).reshape(n, n)


def over_folds(folds: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Mean and population standard deviation (the study's ±) of each score over folds."""
    return {
        name: {
            "mean": float(np.mean([f[name] for f in folds])),
            "std": float(np.std([f[name] for f in folds])),
        }
        for name in SCORES
    }


def corrected_interval(
    values: Sequence[float], test_share: float, level: float = 0.95
) -> tuple[float, float]:
    """Half-width and standard error of a cross-validated mean (or mean difference).

    Folds share training rows, so the plain standard error is too small; the corrected
    resampled t-test (Nadeau & Bengio 2003, Machine Learning 52, 239) adds the ratio of test
    to training rows.

    Parameters
    ----------
    values : sequence of float
        A score (or paired difference of scores) of each fold.
    test_share : float
        Rows tested over rows trained on.
    level : float
        Confidence level of the interval.
    """
    from scipy.stats import t

    n = len(values)
    error = float(np.sqrt((1 / n + test_share) * np.var(values, ddof=1)))
    return float(t.ppf((1 + level) / 2, n - 1)) * error, error
