"""What errors of the input values cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import Training, learn_from
from stellar.evaluation.metrics import marked
from stellar.experiments.scores import Columns, Scores, brief_scores, differences, mean_scores
from stellar.learning.learners import Learner
from stellar.sample.arrays import Sample
from stellar.sample.columns import UNCERTAINTY, Floats
from stellar.sample.features import matrix


class Noise(NamedTuple):
    """How often values are drawn: `copies` of the training rows, `draws` of the held-out ones."""

    copies: int
    draws: int


def noisy(columns: Columns, random: np.random.Generator) -> Columns:
    """Columns as another measurement with the same errors might have given them.

    Parameters
    ----------
    columns : mapping of str to array, shape (n_rows,)
        With the errors (one standard deviation, same unit) of those in `UNCERTAINTY`. A value
        whose error is unknown stays as it is.
    random : numpy.random.Generator

    Returns
    -------
    mapping of str to array, shape (n_rows,)
    """
    drawn = dict(columns)
    for name, error in UNCERTAINTY.items():
        if name in columns:
            sigma = np.nan_to_num(columns[error], nan=0.0)
            drawn[name] = columns[name] + sigma * random.standard_normal(len(sigma))
    return drawn


def input_errors(
    sample: Sample,
    columns: Columns,
    protocol: Protocol,
    folds: Sequence[int],
    learner_of: Callable[[int], Learner],
    noise: Noise,
    seed: int,
) -> list[dict[str, Any]]:
    """Training with noise drawn from the errors, and probabilities averaged over draws.

    Parameters
    ----------
    sample : Sample
        Unscaled features made from `columns`.
    columns : mapping of str to array, shape (n_rows,)
        The catalogue's columns behind the features and their errors, in the same units.
    protocol : Protocol
    folds : sequence of int
        Scored folds to predict.
    learner_of : callable
        From a fold to its learner, which must bear `1 + noise.copies` times the rows.
    noise : Noise
    seed : int
        Fold k draws, and trains, with seed + k.

    Returns
    -------
    list of dict
        `training` (`measured`: as it is; `noisy`: with noisy copies beside), `prediction`
        (`measured`; `averaged` over draws), scores with `_ci95`, and the paired differences from
        measured on measured.
    """
    scores: defaultdict[tuple[str, str], list[Scores]] = defaultdict(list)
    share = 0.0
    for fold in folds:
        random = np.random.default_rng(seed + fold)
        held_out = sample.rows_in([fold])
        train = sample.rows_outside(protocol.away(fold))
        share = len(held_out) / len(train)
        draw = partial(_drawn, sample, columns, random)
        others = [sample.values[held_out], *draw(held_out, noise.draws)]
        truth = sample.labels[held_out]
        for training in ("measured", "noisy"):
            more = draw(train, noise.copies) if training == "noisy" else []
            (measured, *averaging), _ = learn_from(
                learner_of(fold), sample, Training(train, copies=more), others, seed + fold
            )
            scores[training, "measured"].append(brief_scores(truth, measured))
            scores[training, "averaged"].append(brief_scores(truth, np.mean(averaging, axis=0)))
    return _rows(scores, share)


def _rows(scores: Mapping[tuple[str, str], list[Scores]], share: float) -> list[dict[str, Any]]:
    reference = scores["measured", "measured"]
    rows = [
        {
            "training": training,
            "prediction": prediction,
            **mean_scores(found, share),
            **mean_scores(differences(found, reference), share),
        }
        for (training, prediction), found in scores.items()
    ]
    return marked(rows)


def _drawn(
    sample: Sample,
    columns: Columns,
    random: np.random.Generator,
    rows: NDArray[np.int64],
    n: int,
) -> list[Floats]:
    """Features of some rows, made from their columns with noise, `n` times."""
    here = {name: column[rows] for name, column in columns.items()}
    return [matrix(noisy(here, random), sample.feature_names) for _ in range(n)]
