"""Feature values that give the label away: that repeat, that name it, that are made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.evaluation.leaks.finding import MARGIN, MOST_ROWS, Finding
from stellar.sample.arrays import Sample
from stellar.sample.columns import Floats
from stellar.sample.scaler import Scaler

SURE = 0.98  # accuracy from which repeated values identify the class
REPEATING = 0.5  # share of different values under which a column counts as repeating
FEW_VALUES = 20  # of so few values the nearest other one is not near
DUPLICATE_COLUMNS = 5  # columns that agree by chance in no two stars
ENCODED = 0.9999  # squared correlation with the means of labels: no physics is that exact


def values_that_name_the_label(sample: Sample) -> tuple[list[Finding], list[dict[str, Any]]]:
    """Find repeated values that predict the class where values nearly equal do not.

    The neighbours of a measured value predict the class as well as the value itself. Of a name (of
    a template, of a class) only the very value predicts it.

    Parameters
    ----------
    sample : Sample
        Labelled rows; the rows of one star stand in one fold.

    Returns
    -------
    findings : list of Finding
    evidence : list of dict
        Of each repeating column, of these together, and of all columns: `columns`, `repeated`
        (share of rows whose values stand in other folds too), `exact` (their share predicted
        by the commonest class behind the same values), `near` (by the nearest other values, found
        for `MOST_ROWS` values at most; where there are few, by the commonest class).
    """
    scaled = Scaler.fit(sample.values, sample.feature_names).transform(sample.values)
    known = np.isfinite(sample.values)
    n = len(sample.labels)
    findings, evidence = [], []
    for group in _groups(sample):
        rows = known[:, group].all(axis=1)
        if rows.sum() < n * MARGIN:
            continue
        found = _exact_and_near(scaled[rows][:, group], sample.labels[rows], sample.folds[rows])
        names = [sample.feature_names[j] for j in group]
        share = found["rows"] / n
        evidence.append({"columns": ", ".join(names), "repeated": share, **found})
        finding = _judged(names, share, found)
        if finding:
            findings.append(finding)
    return findings, evidence


def _groups(sample: Sample) -> list[list[int]]:
    """Each column whose values repeat, these together, and all columns."""
    repeating = []
    for j in range(len(sample.feature_names)):
        known = sample.values[np.isfinite(sample.values[:, j]), j]
        if len(np.unique(known)) < REPEATING * len(known):
            repeating.append(j)
    groups = [[j] for j in repeating]
    return groups + [g for g in (repeating, list(range(len(sample.feature_names)))) if len(g) > 1]


def _judged(names: Sequence[str], share: float, found: Mapping[str, float]) -> Finding | None:
    """What it means that a `share` of the rows has equal values of these columns."""
    if found["rows"] == 0:
        return None
    exact, near, listed = found["exact"], found["near"], ", ".join(names)
    if len(names) >= DUPLICATE_COLUMNS and share < REPEATING:
        return Finding(
            "leaks",
            f"{found['rows']} rows have the very values of a row in another fold "
            f"({len(names)} columns agree): duplicates across folds",
        )
    if share < MARGIN:
        return None
    if exact >= SURE and 1 - exact <= (1 - near) / 3:
        return Finding(
            "leaks",
            f"equal values of {listed} identify the class of {100 * exact:.1f} % of the rows "
            f"that share them, the nearest other values {100 * near:.1f} %: the values "
            "identify the label",
        )
    if (
        found["values"] >= FEW_VALUES
        and exact - near > MARGIN
        and exact - near > 4 * np.sqrt(near * (1 - near) / found["rows"])
    ):
        return Finding(
            "suspect",
            f"equal values of {listed} identify the class better ({100 * exact:.1f} %) than "
            f"the nearest other values do ({100 * near:.1f} %)",
        )
    return None


def _exact_and_near(
    values: Floats, labels: NDArray[np.int8], folds: NDArray[np.int8]
) -> dict[str, float]:
    """How well the same values, and the nearest others, name rows whose values repeat."""
    from scipy.spatial import cKDTree

    # Numbers are sorted much faster than rows.
    what, axis = (values[:, 0], None) if values.shape[1] == 1 else (values, 0)
    distinct, of_row = np.unique(what, axis=axis, return_inverse=True)
    distinct, of_row = distinct.reshape(-1, values.shape[1]), of_row.ravel()
    n_folds = int(folds.max()) + 1
    counts = np.zeros((len(distinct), len(CLASSES)), np.int64)
    np.add.at(counts, (of_row, labels), 1)
    in_fold = np.zeros((len(distinct) * n_folds, len(CLASSES)), np.int64)
    np.add.at(in_fold, (of_row * n_folds + folds, labels), 1)
    elsewhere = counts[of_row] - in_fold[of_row * n_folds + folds]
    repeated = np.flatnonzero(elsewhere.sum(axis=1) > 0)
    found = {"rows": len(repeated), "values": len(distinct), "exact": 0.0, "near": 0.0}
    if len(distinct) == 1 or not len(repeated):
        return found
    truth = labels[repeated]
    found["exact"] = float(np.mean(elsewhere[repeated].argmax(axis=1) == truth))
    if len(distinct) < FEW_VALUES:
        return {**found, "near": float(np.bincount(truth).max() / len(truth))}
    value, of_repeated = np.unique(of_row[repeated], return_inverse=True)
    # Of very many values, one in so many is asked for its neighbour.
    step = -(-len(value) // MOST_ROWS)
    asked = of_repeated % step == 0
    nearest = cKDTree(distinct).query(distinct[value[::step]], k=2)[1]
    near = counts[nearest[:, 1][of_repeated[asked] // step]].argmax(axis=1)
    return {**found, "near": float(np.mean(near == truth[asked]))}


def values_made_of_labels(sample: Sample) -> list[Finding]:
    """Find columns that are the mean labels of their own groups, as a target encoding is.

    The rows that share a value form a group. If the values follow the groups' shares of a class,
    or their mean class number, almost exactly (`ENCODED`), they were computed from the labels.
    """
    findings = []
    codes = [sample.labels == number for number in range(len(CLASSES))]
    for j, name in enumerate(sample.feature_names):
        rows = np.isfinite(sample.values[:, j])
        distinct, of_row = np.unique(sample.values[rows, j], return_inverse=True)
        sizes = np.bincount(of_row)
        groups = sizes > 1
        if groups.sum() < 20 or len(distinct) > REPEATING * rows.sum():
            continue
        for code in [sample.labels, *codes]:
            means = np.bincount(of_row, weights=code[rows].astype(float))[groups] / sizes[groups]
            if np.ptp(means) == 0:
                continue
            r = np.corrcoef(distinct[groups].astype(float), means)[0, 1]
            if r**2 >= ENCODED:
                findings.append(
                    Finding(
                        "leaks",
                        f"the values of {name} are the mean labels of the rows that share them "
                        f"(r² = {r**2:.5f}), the scored rows among them: a target encoding",
                    )
                )
                break
    return findings
