"""Experiments on a few folds: a few scores, their means and intervals, and what changes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import NO_LABEL, files
from stellar.crossvalidation.predictions import most_probable
from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import run_round
from stellar.evaluation import metrics
from stellar.learning.learners import Learner
from stellar.sample.arrays import Sample
from stellar.sample.columns import UNCERTAINTY, Floats, arrays_of
from stellar.sample.features import columns_needed

Columns = Mapping[str, NDArray[Any]]
Scores = dict[str, Any]

BRIEF = ("accuracy", "f1_macro", "log_loss")


def brief_scores(truth: NDArray[np.int8], probabilities: Floats) -> Scores:
    """`BRIEF`, how far off mistakes are, and each class's recall, of rows that have a label.

    Parameters
    ----------
    truth : array of int8, shape (n_rows,)
        Class numbers; -1: no label.
    probabilities : array, shape (n_rows, 7)
    """
    known = truth != NO_LABEL
    truth, probabilities = truth[known], probabilities[known]
    predicted = most_probable(probabilities)
    found = metrics.scores(truth, predicted)
    steps = np.abs(truth.astype(int) - predicted)
    return {
        "accuracy": found["accuracy"],
        "f1_macro": found["f1_macro"],
        "log_loss": metrics.log_loss(truth, probabilities),
        "steps_off": float(steps.mean()),
        "gross_errors": float((steps >= 3).mean()),
        **{f"recall_{c}": recall for c, recall in found["recall"].items()},
    }


def mean_scores(folds: Sequence[Scores], test_share: float) -> Scores:
    """Mean of each score over folds, and `_ci95`, the half-width of its corrected interval.

    Parameters
    ----------
    folds : sequence of dict
        A score that a fold cannot have (the recall of a class without a star) is None.
    test_share : float
        Rows tested over rows trained on.
    """
    row: Scores = {}
    for name in folds[0]:
        values = [value for fold in folds if (value := fold[name]) is not None]
        row[name] = float(np.mean(values)) if values else None
        several = len(values) > 1
        row[f"{name}_ci95"] = metrics.corrected_interval(values, test_share)[0] if several else None
    return row


def differences(ours: Sequence[Scores], theirs: Sequence[Scores]) -> list[Scores]:
    """Score by score, fold by fold: ours minus theirs."""

    def minus(a: float | None, b: float | None) -> float | None:
        return None if a is None or b is None else a - b

    return [
        {f"{name}_difference": minus(a[name], b[name]) for name in a}
        for a, b in zip(ours, theirs, strict=True)
    ]


def test_share(protocol: Protocol) -> float:
    """Rows tested over rows trained on, with all rows of the training folds."""
    return 1 / (protocol.n_folds - 2)


def scores_of_folds(
    sample: Sample,
    protocol: Protocol,
    folds: Sequence[int],
    learner_of: Callable[[int], Learner],
    seed: int,
    n_train: int | None = None,
) -> list[Scores]:
    """Scores of each fold's labelled rows, by a learner that is trained on `n_train` others."""
    scores = []
    for fold in folds:
        scored = run_round(sample, protocol, fold, learner_of(fold), seed, n_train=n_train)
        scores.append(brief_scores(sample.labels[scored.rows], scored.probabilities))
    return scores


def load_columns(path: str | Path, features: Sequence[str]) -> Columns:
    """Columns behind features, and their uncertainties: arrays of float64, shape (n_rows,)."""
    needed = columns_needed(features)
    errors = [UNCERTAINTY[name] for name in needed if name in UNCERTAINTY]
    names = list(dict.fromkeys([*needed, *errors]))
    return arrays_of(files.read_table(path, names), names)
