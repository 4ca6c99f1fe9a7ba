"""Experiments on a few folds: a few scores, their means and intervals, and what changes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import NO_LABEL, files, metrics
from stellar.evaluation import predicted_class
from stellar.features import columns_needed, matrix
from stellar.honest import Learner, learn_scaled, score_fold
from stellar.protocol import Protocol
from stellar.samples import Floats, Sample, columns_of

Columns = Mapping[str, NDArray[Any]]
Scores = dict[str, Any]

BRIEF = ("accuracy", "f1_macro", "log_loss")
# Columns that come with an uncertainty (one standard deviation, same unit).
UNCERTAINTY = {
    **{band: f"err_{band}" for band in "ugriz"},
    "redshift": "redshiftErr",
    "sppTeff": "sppTeffUnc",
    "sppLogG": "sppLogGUnc",
    "sppFeH": "sppFeHUnc",
}


def brief(truth: NDArray[np.int8], probabilities: Floats) -> Scores:
    """`BRIEF`, how far off mistakes are, and each class's recall, of rows that have a label."""
    known = truth != NO_LABEL
    truth, probabilities = truth[known], probabilities[known]
    predicted = predicted_class(probabilities)
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


def averaged(folds: Sequence[Scores], test_share: float) -> Scores:
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

    def less(a: float | None, b: float | None) -> float | None:
        return None if a is None or b is None else a - b

    return [
        {f"{name}_difference": less(a[name], b[name]) for name in a}
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
) -> tuple[list[Scores], int]:
    """Scores of each fold's labelled rows, and how many rows the last was trained on."""
    scores, trained = [], 0
    for fold in folds:
        scored = score_fold(sample, protocol, fold, learner_of(fold), seed, n_train=n_train).scored
        scores.append(brief(sample.labels[scored.rows], scored.probabilities))
        trained = scored.train_rows
    return scores, trained


def load_columns(path: str, features: Sequence[str]) -> Columns:
    """The catalogue's columns behind features, and their uncertainties, as float64."""
    needed = columns_needed(features)
    errors = [UNCERTAINTY[name] for name in needed if name in UNCERTAINTY]
    names = list(dict.fromkeys([*needed, *errors]))
    return columns_of(files.read_table(path, names), names)


def noisy(columns: Columns, random: np.random.Generator) -> Columns:
    """Columns as another measurement with the same errors might have given them.

    A value whose error is unknown stays as it is.
    """
    drawn = dict(columns)
    for name, error in UNCERTAINTY.items():
        if name in columns:
            sigma = np.nan_to_num(columns[error], nan=0.0)
            drawn[name] = columns[name] + sigma * random.standard_normal(len(sigma))
    return drawn


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


def learning_curve(
    sample: Sample,
    protocol: Protocol,
    folds: Sequence[int],
    sizes: Sequence[int],
    learner_of: Callable[[int], Learner],
    seed: int,
) -> list[dict[str, Any]]:
    """Scores against the number of stars trained on; the last size is all of them.

    Returns
    -------
    list of dict
        `stars`, and each score with `_ci95`.
    """
    rows = []
    for size in [*sizes, None]:
        scores, trained = scores_of_folds(sample, protocol, folds, learner_of, seed, size)
        # Drawn from the same stars, few of them overlap less: the share of all is on the safe side.
        rows.append({"stars": trained, **averaged(scores, test_share(protocol))})
        if size is not None and trained < size:  # all stars are fewer
            break
    return rows


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
        (whole, *others), _ = learn_scaled(learner_of(fold), sample, train, tables, seed + fold)
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


def input_errors(
    sample: Sample,
    columns: Columns,
    protocol: Protocol,
    folds: Sequence[int],
    learner_of: Callable[[int], Learner],
    copies: int,
    draws: int,
    seed: int,
) -> list[dict[str, Any]]:
    """Training with noise drawn from the errors, and probabilities averaged over draws.

    Returns
    -------
    list of dict
        `training` (`measured`: as it is; `noisy`: with `copies` noisy copies beside), `prediction`
        (`measured`; `averaged` over `draws`), scores with `_ci95`, and the paired differences from
        measured on measured.
    """
    ways = [(a, b) for a in ("measured", "noisy") for b in ("measured", "averaged")]
    scores: dict[tuple[str, str], list[Scores]] = {way: [] for way in ways}
    share = 0.0
    for fold in folds:
        random = np.random.default_rng(seed + fold)
        held_out = sample.labelled_rows([fold])
        train = sample.labelled_rows(protocol.away(fold), outside=True)
        share = len(held_out) / len(train)

        def drawn(
            rows: NDArray[np.int64], n: int, random: np.random.Generator = random
        ) -> list[Floats]:
            here = {name: column[rows] for name, column in columns.items()}
            return [matrix(noisy(here, random), sample.features) for _ in range(n)]

        others = [sample.table[held_out], *drawn(held_out, draws)]
        truth = sample.labels[held_out]
        for training in ("measured", "noisy"):
            more = drawn(train, copies) if training == "noisy" else []
            (measured, *averaging), _ = learn_scaled(
                learner_of(fold), sample, train, others, seed + fold, more
            )
            scores[training, "measured"].append(brief(truth, measured))
            scores[training, "averaged"].append(brief(truth, np.mean(averaging, axis=0)))
    reference = scores["measured", "measured"]
    return [
        {
            "training": training,
            "prediction": prediction,
            **averaged(found, share),
            **averaged(differences(found, reference), share),
        }
        for (training, prediction), found in scores.items()
    ]


def groups_of(columns: Sequence[str]) -> dict[str, list[str]]:
    """Groups of columns whose importance is asked: each band, redshift, the SSPP's, ELODIE's."""
    groups: dict[str, list[str]] = {}
    for name in columns:
        family = next((f for f in ("spp", "elodie") if name.startswith(f)), name)
        groups.setdefault({"spp": "sspp"}.get(family, family), []).append(name)
    return groups


def ingredient_rows(scores: Mapping[str, Sequence[Scores]], share: float) -> list[dict[str, Any]]:
    """What each change to the chosen network does to its scores.

    Parameters
    ----------
    scores : mapping of str to sequence of dict
        Of each fold; `none` is of no change.
    share : float
        Rows tested over rows trained on.

    Returns
    -------
    list of dict
        `change`, each score with `_ci95`, and paired differences from `none`, which stands first;
        the others by what they do to macro-F1.
    """
    reference = scores["none"]
    rows = [
        {
            "change": name,
            **averaged(found, share),
            **averaged(differences(found, reference), share),
        }
        for name, found in scores.items()
    ]
    none, *changes = sorted(rows, key=lambda row: row["change"] != "none")
    return [none, *sorted(changes, key=lambda row: -row["f1_macro_difference"])]
