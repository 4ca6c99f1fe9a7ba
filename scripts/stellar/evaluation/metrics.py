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

# Of probabilities, of the order of classes, and of the costs of mistakes.
MORE_SCORES = (
    "balanced_accuracy",
    "mcc",
    "log_loss",
    "brier",
    "calibration_error",
    "steps_off",
    "steps_off_macro",
    "kappa_quadratic",
    "gross_errors",
    "cost",
    "cost_decided",
)
CALIBRATION_BINS = 15
# Width of a score's scale, 1 where it is a share. Log-loss has no end: that of chance.
SCALES = dict.fromkeys((*SCORES, "balanced_accuracy", "calibration_error", "gross_errors"), 1.0)
SCALES |= {
    "mcc": 2.0,
    "kappa_quadratic": 2.0,
    "brier": 2.0,
    "log_loss": float(np.log(len(CLASSES))),
}
SCALES |= dict.fromkeys(("steps_off", "steps_off_macro"), len(CLASSES) - 1.0)
SCALES |= {f"recall_{c}": 1.0 for c in CLASSES}
TOO_FEW = "too few stars to say"


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

    Examples
    --------
    Of two F stars and a G star, one F star is called G:

    >>> found = scores(np.array([3, 3, 4], np.int8), np.array([3, 4, 4], np.int8))
    >>> round(found["accuracy"], 3), found["recall"]["F"], found["recall"]["O"]
    (0.667, 0.5, None)
    """
    from sklearn.metrics import precision_recall_fscore_support

    numbers = np.arange(len(CLASSES))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # absent classes are handled below
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


def more_scores(
    truth: NDArray[np.int8], probabilities: NDArray[np.float32], costs: NDArray[np.float64]
) -> dict[str, float]:
    """Scores of probabilities, of the order of classes, and of the costs of mistakes.

    Parameters
    ----------
    truth : array of int8, shape (n_rows,)
        Class numbers.
    probabilities : array, shape (n_rows, 7)
    costs : array, shape (7, 7)
        Of calling a star of the row's class by the column's.

    Returns
    -------
    dict
        `MORE_SCORES`. Of the most probable class: `balanced_accuracy` (mean recall of the classes
        with rows), `mcc` (Matthews' correlation; 0 where undefined), `steps_off` (mean distance in
        the order of classes), `steps_off_macro` (every class counts alike), `kappa_quadratic` (0
        where undefined), `gross_errors` (share of rows three classes off or more) and `cost`
        (mean). Of the probabilities: `log_loss` (natural), `brier` (sum over classes, from 0 to 2),
        `calibration_error` (Guo+ 2017, arXiv:1706.04599, 15 bins of the highest probability), and
        `cost_decided`, the mean cost where each star gets the class of least expected cost.
    """
    from sklearn.metrics import cohen_kappa_score, matthews_corrcoef

    numbers = np.arange(len(CLASSES))
    shares = _normed(probabilities)
    predicted = shares.argmax(axis=1)
    steps = np.abs(truth - predicted)
    of_classes = [truth == number for number in np.unique(truth)]
    kappa = 0.0
    if len(np.unique(np.concatenate([truth, predicted]))) > 1:
        kappa = cohen_kappa_score(truth, predicted, labels=numbers, weights="quadratic")
    return {
        "balanced_accuracy": float(np.mean([(steps[rows] == 0).mean() for rows in of_classes])),
        "mcc": float(matthews_corrcoef(truth, predicted)),
        "log_loss": log_loss(truth, probabilities),
        "brier": float(((shares - (truth[:, None] == numbers)) ** 2).sum(axis=1).mean()),
        "calibration_error": calibration_error(truth, probabilities),
        "steps_off": float(steps.mean()),
        "steps_off_macro": float(np.mean([steps[rows].mean() for rows in of_classes])),
        "kappa_quadratic": float(kappa),
        "gross_errors": float((steps >= 3).mean()),
        "cost": float(costs[truth, predicted].mean()),
        "cost_decided": float(costs[truth, cheapest_class(shares, costs)].mean()),
    }


def log_loss(truth: NDArray[np.int8], probabilities: NDArray[np.floating[Any]]) -> float:
    """Mean negative natural logarithm of the true class's probability.

    Parameters
    ----------
    truth : array of int8, shape (n_rows,)
        Class numbers.
    probabilities : array, shape (n_rows, 7)
        Need not sum to one.
    """
    own = _normed(probabilities)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(own, np.finfo(np.float64).eps)).mean())


def _normed(probabilities: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Probabilities in double precision that sum to one."""
    shares = probabilities.astype(np.float64)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def cheapest_class(
    probabilities: NDArray[np.floating[Any]], costs: NDArray[np.float64]
) -> NDArray[np.int8]:
    """The class of least expected cost of each row; the hotter one of equals.

    Parameters
    ----------
    probabilities : array, shape (n_rows, 7)
    costs : array, shape (7, 7)
        Of calling a star of the row's class by the column's.

    Returns
    -------
    array of int8, shape (n_rows,)

    Examples
    --------
    A star that may be O or M is called F where mistakes cost by their distance squared:

    >>> steps = np.arange(7)
    >>> costs = (steps[:, None] - steps) ** 2.0
    >>> cheapest_class(np.array([[0.5, 0, 0, 0, 0, 0, 0.5]]), costs).tolist()
    [3]
    """
    return (probabilities @ costs).argmin(axis=1).astype(np.int8)


def calibration_error(truth: NDArray[np.int8], probabilities: NDArray[np.floating[Any]]) -> float:
    """Mean distance of confidence and accuracy over bins of confidence, weighted by rows.

    Parameters
    ----------
    truth : array of int8, shape (n_rows,)
        Class numbers.
    probabilities : array, shape (n_rows, 7)
    """
    shares = _normed(probabilities)
    bins = confidence_bins(shares.max(axis=1), shares.argmax(axis=1) == truth)
    gaps = [row["rows"] * abs(row["accuracy"] - row["confidence"]) for row in bins]
    return float(sum(gaps) / len(truth))


def confidence_bins(
    confidence: NDArray[np.floating[Any]], right: NDArray[np.bool_]
) -> list[dict[str, float]]:
    """`rows`, mean `confidence` and `accuracy` of each bin of confidence that has rows.

    Parameters
    ----------
    confidence : array, shape (n_rows,)
        Highest probability of each row.
    right : array of bool, shape (n_rows,)
        Whether its class is the true one.
    """
    bins = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    found = []
    for number in np.unique(bins):
        rows = bins == number
        found.append(
            {
                "rows": int(rows.sum()),
                "confidence": float(confidence[rows].mean()),
                "accuracy": float(right[rows].mean()),
            }
        )
    return found


def confusion(truth: NDArray[np.int8], predicted: NDArray[np.int8]) -> NDArray[np.int64]:
    """Counts, shape (7, 7): rows are true classes, columns predicted ones.

    Parameters
    ----------
    truth, predicted : array of int8, shape (n_rows,)
        Class numbers.

    Examples
    --------
    >>> confusion(np.array([3, 3, 4], np.int8), np.array([3, 4, 4], np.int8))[3:5, 3:5].tolist()
    [[1, 1], [0, 1]]
    """
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
        for name in (*SCORES, *MORE_SCORES)
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

    Examples
    --------
    Three folds of four: a third as many rows are tested as are trained on.

    >>> half_width, error = corrected_interval([0.90, 0.92, 0.94], test_share=1 / 3)
    >>> round(half_width, 3), round(error, 4)
    (0.07, 0.0163)
    """
    from scipy.stats import t

    n = len(values)
    error = float(np.sqrt((1 / n + test_share) * np.var(values, ddof=1)))
    return float(t.ppf((1 + level) / 2, n - 1)) * error, error


def too_few(score: str, half_width: float | None) -> bool:
    """Whether an interval is wider than its score's scale, so that it says nothing.

    Parameters
    ----------
    score : str
        One of `SCALES`, or a difference or gain of one, which is judged alike. Other scores have no
        scale.
    half_width : float or None
        Of the interval.

    Examples
    --------
    >>> too_few("accuracy", 0.86), too_few("accuracy_difference", 0.02), too_few("mcc", 0.86)
    (True, False, False)
    """
    scale = SCALES.get(score.removesuffix("_difference").removesuffix("_gain"))
    return half_width is not None and scale is not None and 2 * half_width > scale


def marked(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a table with a last column `too_few_stars`: scores whose intervals say nothing."""
    return [
        dict(row)
        | {
            "too_few_stars": " ".join(
                name.removesuffix("_ci95")
                for name, half in row.items()
                if name.endswith("_ci95") and too_few(name.removesuffix("_ci95"), half)
            )
        }
        for row in rows
    ]


def wilson(hits: int, rows: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of some rows (Wilson 1927, JASA 22, 209).

    >>> low, high = wilson(8, 10)
    >>> round(low, 3), round(high, 3)
    (0.49, 0.943)
    """
    from scipy.stats import binomtest

    interval = binomtest(hits, rows).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def recalls(
    truth: NDArray[np.int8], predicted: NDArray[np.int8]
) -> dict[str, dict[str, float | int | None]]:
    """Rows and recall of each class with Wilson's 95 % interval.

    Parameters
    ----------
    truth, predicted : array of int8, shape (n_rows,)
        Class numbers.
    """
    found: dict[str, dict[str, float | int | None]] = {}
    for number, name in enumerate(CLASSES):
        of_class = truth == number
        rows, hits = int(of_class.sum()), int((predicted[of_class] == number).sum())
        if not rows:
            found[name] = {"rows": 0, "recall": None, "low": None, "high": None}
            continue
        low, high = wilson(hits, rows)
        found[name] = {"rows": rows, "recall": hits / rows, "low": low, "high": high}
    return found
