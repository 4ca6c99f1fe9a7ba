"""Scores on folds that share no value of a feature: what is left without repeated values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.evaluation.leaks.finding import MARGINS, SURE, Finding
from stellar.phases import phase
from stellar.sample.arrays import Sample
from stellar.sample.columns import Floats

FOLDS = 4
ROWS = 10_000  # of the sample that trees are trained on


def quick_scores(
    sample: Sample, groups: Mapping[str, NDArray[np.int64]], seed: int, trees: int
) -> dict[str, Any]:
    """Boosted trees on few rows: folds disjoint in a group against random folds.

    All rows of a star stand in one fold, in random folds too.

    Parameters
    ----------
    sample : Sample
        Labelled rows.
    groups : mapping of str to array of int64, shape (n_rows,)
        Numbers of the stars, `star`, and of what else may stand behind rows: templates, plates.
    seed : int
    trees : int
        Boosting rounds.

    Returns
    -------
    dict
        Accuracies `random`, each group's name (None where it is unknown), `chance` (share of the
        commonest class); `losses`: of each known group `loss`, by how much the same rows score less
        on disjoint folds, `ci95`, the half-width of its interval, and `least`, the loss that chance
        alone exceeds in one of a thousand tests.
    """
    random = np.random.default_rng(seed)
    rows = np.sort(random.permutation(len(sample.labels))[:ROWS])
    x, y, star = sample.values[rows], sample.labels[rows], groups["star"][rows]
    hits = [_trees(x, y, _disjoint(star, y, random), seed, trees) for _ in range(2)]
    scores: dict[str, Any] = {
        **{name: None for name in groups if name != "star"},
        "random": float(np.mean(hits)),
        "chance": float(np.bincount(y).max() / len(y)),
        "losses": {},
    }
    for name in groups:
        if name == "star":
            continue
        group = groups[name][rows]
        if len(np.unique(group)) > FOLDS:
            hit = _trees(x, y, _disjoint(group, y, random), seed, trees)
            scores[name] = float(hit.mean())
            scores["losses"][name] = _loss(hits, hit, group)
    return scores


def _loss(
    random: Sequence[NDArray[np.bool_]], disjoint: NDArray[np.bool_], groups: NDArray[np.int64]
) -> dict[str, float]:
    """What the same rows lose on disjoint folds.

    Rows of a group are wrong together: the interval is that of a mean over clusters (Liang & Zeger
    1986, Biometrika 73, 13). A fit on other folds differs too: by as much as the two on `random`
    ones, of which the mean is taken.
    """
    from scipy.stats import t

    lost = np.mean(random, axis=0) - disjoint
    sums = np.bincount(np.unique(groups, return_inverse=True)[1], weights=lost - lost.mean())
    clusters = len(sums) / (len(sums) - 1) * np.sum(sums**2) / len(lost) ** 2
    fits = 1.5 * (np.mean(random[0]) - np.mean(random[1])) ** 2 / 2
    error = np.sqrt(clusters + fits)
    least, half_width = t.ppf([SURE, 0.975], len(sums) - 1) * error
    return {"loss": float(lost.mean()), "ci95": float(half_width), "least": float(least)}


def _disjoint(
    groups: NDArray[np.int64], labels: NDArray[np.int8], random: np.random.Generator
) -> NDArray[np.int64]:
    """Fold of each row, a group in one fold; groups assigned at random, large ones first.

    They are assigned class by class (of their commonest), so that folds differ in their groups and
    not in their shares of classes, which would be a loss of its own.
    """
    _, number, rows = np.unique(groups, return_inverse=True, return_counts=True)
    counts = np.zeros((len(rows), len(CLASSES)), np.int64)
    np.add.at(counts, (number, labels), 1)
    commonest = counts.argmax(axis=1)
    order = random.permutation(len(rows))
    order = order[np.argsort(-rows[order], kind="stable")]
    filled, side = np.zeros((len(CLASSES), FOLDS), np.int64), np.empty(len(rows), np.int64)
    for group in order:
        of_class = filled[commonest[group]]
        # Of folds filled alike any: small classes would all begin in the first.
        side[group] = random.choice(np.flatnonzero(of_class == of_class.min()))
        of_class[side[group]] += rows[group]
    return np.asarray(side[number])


def _trees(
    x: Floats, y: NDArray[np.int8], side: NDArray[np.int64], seed: int, trees: int
) -> NDArray[np.bool_]:
    """Which rows quick trees predict right, each by those of the other folds."""
    from stellar.learning.trees import boosted_trees

    hits = np.empty(len(y), bool)
    for fold in np.unique(side):  # of few groups a fold may get none
        away = side == fold
        settings = {"n_estimators": trees, "learning_rate": 0.2, "num_leaves": 15}
        quick = boosted_trees(settings, seed, threads=1)
        with phase("train", int((~away).sum())):
            quick.fit(x[~away], y[~away])
        with phase("evaluate", int(away.sum())):
            hits[away] = quick.predict_proba(x[away]).argmax(axis=1) == y[away]
    return hits


def quick_findings(scores: Mapping[str, Any]) -> list[Finding]:
    """What disjoint folds say, from `quick_scores`."""
    findings = []
    for name, found in scores["losses"].items():
        if found["loss"] > MARGINS[name] + found["least"]:
            findings.append(
                Finding(
                    "suspect",
                    f"on folds disjoint in {name} the same rows score {points(found)} points "
                    f"less than on random ones: the features identify the {name}",
                    found["loss"],
                )
            )
    return findings


def points(loss: Mapping[str, float]) -> str:
    """A loss of accuracy in percentage points with the half-width of its 95 % interval."""
    return f"{100 * loss['loss']:.1f} ± {100 * loss['ci95']:.1f}"
