"""Permutation importance of groups of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import learn_from
from stellar.experiments.scores import BRIEF, Columns, Scores, averaged, brief
from stellar.learning.learners import Learner
from stellar.sample.arrays import Floats, Sample
from stellar.sample.features import columns_needed, matrix


def permuted(
    columns: Columns, names: Sequence[str], rows: NDArray[np.int64], random: np.random.Generator
) -> Columns:
    """Columns with some of them dealt out anew, together, among some rows."""
    dealt = random.permutation(rows)
    changed = dict(columns)
    for name in names:
        column = columns[name].copy()
        column[rows] = columns[name][dealt]
        changed[name] = column
    return changed


def importance(
    sample: Sample,
    columns: Columns,
    groups: Mapping[str, Sequence[str]],
    protocol: Protocol,
    folds: Sequence[int],
    learner_of: Callable[[int], Learner],
    repeats: int,
    seed: int,
) -> list[dict[str, Any]]:
    """What is lost where a group of columns is dealt out anew among the held-out rows.

    Features are made again from the changed columns, so that a colour follows its magnitude
    (permutation importance: Breiman 2001, Machine Learning 45, 5).

    Returns
    -------
    list of dict
        `group`, and of each score the loss with `_ci95`; log-loss is what it gains.
    """
    losses: dict[str, list[Scores]] = {name: [] for name in groups}
    share = 0.0
    for fold in folds:
        held_out = sample.labelled_rows([fold])
        random = np.random.default_rng(seed + fold)
        changed: list[tuple[str, Floats]] = []
        for name, members in groups.items():
            for _ in range(repeats):
                dealt = permuted(columns, members, held_out, random)
                some = {key: dealt[key][held_out] for key in columns_needed(sample.features)}
                changed.append((name, matrix(some, sample.features)))
        train = sample.labelled_rows(protocol.away(fold), outside=True)
        tables = [sample.table[held_out], *(table for _, table in changed)]
        (whole, *others), _ = learn_from(learner_of(fold), sample, train, tables, seed + fold)
        truth = sample.labels[held_out]
        reference = brief(truth, whole)
        share = len(held_out) / len(train)
        for name in groups:
            found = [
                brief(truth, given)
                for (group, _), given in zip(changed, others, strict=True)
                if group == name
            ]
            losses[name].append(
                {
                    score: reference[score] - float(np.mean([f[score] for f in found]))
                    for score in BRIEF
                }
            )
    rows_of = [{"group": name, **averaged(found, share)} for name, found in losses.items()]
    return sorted(rows_of, key=lambda row: -row["accuracy"])


def groups_of(columns: Sequence[str]) -> dict[str, list[str]]:
    """Groups of columns whose importance is asked: each band, redshift, the SSPP's, ELODIE's."""
    groups: dict[str, list[str]] = {}
    for name in columns:
        family = next((f for f in ("spp", "elodie") if name.startswith(f)), name)
        groups.setdefault({"spp": "sspp"}.get(family, family), []).append(name)
    return groups
