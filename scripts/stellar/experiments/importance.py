"""Permutation importance of groups of columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import Training, learn_from
from stellar.evaluation.metrics import marked
from stellar.experiments.scores import BRIEF, Columns, Scores, brief_scores, mean_scores
from stellar.learning.learners import Learner
from stellar.sample.arrays import Sample
from stellar.sample.columns import Floats
from stellar.sample.features import columns_needed, matrix


def permuted(
    columns: Columns, names: Sequence[str], rows: NDArray[np.int64], random: np.random.Generator
) -> Columns:
    """Columns with some of them permuted, together, among some rows.

    Parameters
    ----------
    columns : mapping of str to array, shape (n_stars,)
    names : sequence of str
        The columns to permute.
    rows : array of int64, shape (n_rows,)
        Where they are permuted.
    random : numpy.random.Generator

    Returns
    -------
    mapping of str to array, shape (n_stars,)
        The others are the very arrays given.
    """
    order = random.permutation(rows)
    changed = dict(columns)
    for name in names:
        column = columns[name].copy()
        column[rows] = columns[name][order]
        changed[name] = column
    return changed


def importance(
    sample: Sample,
    columns: Columns,
    protocol: Protocol,
    folds: Sequence[int],
    learner_of: Callable[[int], Learner],
    repeats: int,
    seed: int,
) -> list[dict[str, Any]]:
    """What is lost where a group of columns is permuted among the held-out rows.

    Features are made again from the changed columns, so that a colour follows its magnitude
    (permutation importance: Breiman 2001, Machine Learning 45, 5).

    Parameters
    ----------
    sample : Sample
        Unscaled features made from `columns`.
    columns : mapping of str to array, shape (n_rows,)
        At least the catalogue's columns behind the features, in the catalogue's units.
    protocol : Protocol
    folds : sequence of int
        Scored folds to predict.
    learner_of : callable
        From a fold to its learner.
    repeats : int
        How often each group is permuted in each fold.
    seed : int
        Fold k permutes, and trains, with seed + k.

    Returns
    -------
    list of dict
        `group`, and of each score the loss with `_ci95`; log-loss is what it gains.
    """
    groups = groups_of(columns_needed(sample.feature_names))
    losses: dict[str, list[Scores]] = {name: [] for name in groups}
    share = 0.0
    for fold in folds:
        held_out = sample.rows_in([fold])
        random = np.random.default_rng(seed + fold)
        changed = [
            (name, _permuted_table(sample, columns, members, held_out, random))
            for name, members in groups.items()
            for _ in range(repeats)
        ]
        train = Training(sample.rows_outside(protocol.away(fold)))
        tables = [sample.values[held_out], *(table for _, table in changed)]
        (whole, *others), _ = learn_from(learner_of(fold), sample, train, tables, seed + fold)
        truth = sample.labels[held_out]
        reference = brief_scores(truth, whole)
        share = len(held_out) / len(train.rows)
        found = [brief_scores(truth, given) for given in others]
        for name in groups:
            own = [f for (group, _), f in zip(changed, found, strict=True) if group == name]
            losses[name].append(
                {s: reference[s] - float(np.mean([f[s] for f in own])) for s in BRIEF}
            )
    rows_of = [{"group": name, **mean_scores(found, share)} for name, found in losses.items()]
    return sorted(marked(rows_of), key=lambda row: -row["accuracy"])


def _permuted_table(
    sample: Sample,
    columns: Columns,
    names: Sequence[str],
    rows: NDArray[np.int64],
    random: np.random.Generator,
) -> Floats:
    """Features of some rows, made from columns that are permuted among them."""
    shuffled = permuted(columns, names, rows, random)
    some = {name: shuffled[name][rows] for name in columns_needed(sample.feature_names)}
    return matrix(some, sample.feature_names)


def groups_of(columns: Sequence[str]) -> dict[str, list[str]]:
    """Groups of columns whose importance is asked: each band, redshift, the SSPP's, ELODIE's."""
    groups: dict[str, list[str]] = {}
    for name in columns:
        family = next((f for f in ("spp", "elodie") if name.startswith(f)), name)
        groups.setdefault({"spp": "sspp"}.get(family, family), []).append(name)
    return groups
