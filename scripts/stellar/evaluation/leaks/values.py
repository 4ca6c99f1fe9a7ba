"""Values of one column that give the label: that name it, that average it, that it was cut from."""

from __future__ import annotations

import warnings
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
COMMON = 20  # rows behind a value from which it is no chance, where others do not repeat
ALWAYS = 0.999  # accuracy from which common values do: an honest forest's, all trees agreed, is .98
FEW_VALUES = 20  # of so few values the nearest other one is not near
ENCODED = 0.9999  # squared correlation with the means of labels: no physics is that exact
THRESHOLDS = 12  # in one column, that give the label if it was cut from it
FOLDS = 4


def values_that_name_the_label(sample: Sample) -> tuple[list[Finding], list[dict[str, Any]]]:
    """Find repeated values that predict the class where values nearly equal do not.

    The neighbours of a measured value predict the class as well as the value itself. Of a name (of
    a template, of a class) only the very value predicts it. Of a column whose values mostly differ
    those count that `COMMON` rows or more share, as gaps do that were filled with a class's mean.

    Parameters
    ----------
    sample : Sample
        Labelled rows; the rows of one star stand in one fold.

    Returns
    -------
    findings : list of Finding
    evidence : list of dict
        Of each repeating column, and of these together: `columns`, `repeated`
        (share of rows whose values stand in other folds too), `exact` (their share predicted
        by the commonest class behind the same values), `near` (by the nearest other values, found
        for `MOST_ROWS` values at most; where there are few, by the commonest class).
    """
    scaled = Scaler.fit(sample.values, sample.feature_names).transform(sample.values)
    known = np.isfinite(sample.values)
    n = len(sample.labels)
    findings, evidence = [], []
    for group, least in _groups(sample):
        rows = known[:, group].all(axis=1)
        if rows.sum() < n * MARGIN:
            continue
        of_rows = scaled[rows][:, group], sample.labels[rows], sample.folds[rows]
        found = _exact_and_near(*of_rows, least)
        names = [sample.feature_names[j] for j in group]
        share = found["rows"] / n
        evidence.append({"columns": ", ".join(names), "repeated": share, **found})
        finding = _judged(names, share, found, SURE if least == 1 else ALWAYS)
        if finding:
            findings.append(finding)
    return findings, evidence


def _groups(sample: Sample) -> list[tuple[list[int], int]]:
    """Each column with values to look at, and those that repeat together; by how many rows."""
    repeating, common = [], []
    for j in range(len(sample.feature_names)):
        known = sample.values[np.isfinite(sample.values[:, j]), j]
        counts = np.unique(known, return_counts=True)[1]
        if len(counts) < REPEATING * len(known):
            repeating.append(j)
        elif counts[counts >= COMMON].sum() >= MARGIN * len(sample.labels):
            common.append(j)
    together = [repeating] if len(repeating) > 1 else []
    groups = [[j] for j in repeating] + together
    return [*((group, 1) for group in groups), *(([j], COMMON) for j in common)]


def _judged(
    names: Sequence[str], share: float, found: Mapping[str, float], sure: float
) -> Finding | None:
    """What it means that a `share` of the rows has equal values of these columns."""
    if found["rows"] == 0:
        return None
    exact, near = found["exact"], found["near"]
    if share < MARGIN or exact < sure or 1 - exact > (1 - near) / 3:
        return None
    return Finding(
        "leaks",
        f"equal values of {', '.join(names)} identify the class of {100 * exact:.1f} % of the rows "
        f"that share them, the nearest other values {100 * near:.1f} %: the values "
        "identify the label",
        share * (exact - near),
        int(found["rows"]),
    )


def _exact_and_near(
    values: Floats, labels: NDArray[np.int8], folds: NDArray[np.int8], least: int
) -> dict[str, float]:
    """How well the same values, and the nearest others, name rows whose values repeat.

    Values of fewer rows than `least` are only neighbours.
    """
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
    often = counts.sum(axis=1)[of_row] >= least
    repeated = np.flatnonzero(often & (elsewhere.sum(axis=1) > 0))
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
            fit = float(np.corrcoef(distinct[groups].astype(float), means)[0, 1] ** 2)
            if fit >= ENCODED:
                findings.append(
                    Finding(
                        "leaks",
                        f"the values of {name} are the mean labels of the rows that share them "
                        f"(r² = {fit:.5f}), the scored rows among them: a target encoding",
                    )
                )
                break
    return findings


def labels_cut_from_values(sample: Sample, seed: int) -> list[Finding]:
    """Find columns in which a dozen thresholds give the label, where others do not.

    A measurement has errors of its own, and so has a label; if they agree beyond both, one was made
    of the other. Where many columns do so well, classes are merely far apart.
    """
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier

    random = np.random.default_rng(seed)
    rows = np.sort(random.permutation(len(sample.labels))[:MOST_ROWS])
    labels = sample.labels[rows]
    if len(rows) < 20 * FOLDS:
        return []
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    wrong = []
    for j in range(len(sample.feature_names)):
        values = np.nan_to_num(sample.values[rows, j].astype(float), nan=-1e30)
        tree = DecisionTreeClassifier(
            max_leaf_nodes=THRESHOLDS + 1, min_samples_leaf=2, random_state=seed
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a class of fewer rows than folds
            called = cross_val_predict(tree, values[:, None], labels, cv=folds)
        wrong.append(float(np.mean(called != labels)))
    usual = float(np.median(wrong)) if wrong else 0.0
    return [
        Finding(
            "leaks",
            f"{THRESHOLDS} thresholds in {name} give the label of {100 * (1 - share):.1f} % of the "
            f"rows, in the middle one of the columns {100 * (1 - usual):.1f} %: the label was cut "
            "from it, or it from the label",
            usual - share,
            len(sample.labels),
        )
        for name, share in zip(sample.feature_names, wrong, strict=True)
        if share <= 1 - SURE and share <= usual / 3
    ]
