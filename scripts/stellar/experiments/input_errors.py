"""What errors of the input values cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import learn_from
from stellar.experiments.scores import Columns, Scores, averaged, brief, differences
from stellar.learning.learners import Learner
from stellar.sample.arrays import Floats, Sample
from stellar.sample.columns import UNCERTAINTY
from stellar.sample.features import matrix


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
            (measured, *averaging), _ = learn_from(
                learner_of(fold), sample, train, others, seed + fold, copies=more
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
