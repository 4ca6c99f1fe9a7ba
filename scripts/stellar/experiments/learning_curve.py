"""How scores grow with the number of training stars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stellar.crossvalidation.protocol import Protocol
from stellar.experiments.scores import averaged, scores_of_folds, test_share
from stellar.learning.learners import Learner
from stellar.sample.arrays import Sample


def learning_curve(
    sample: Sample,
    protocol: Protocol,
    folds: Sequence[int],
    sizes: Sequence[int],
    learner_of: Callable[[int], Learner],
    seed: int,
) -> list[dict[str, Any]]:
    """Scores against the number of stars trained on; the last size is all of them.

    Parameters
    ----------
    sample : Sample
    protocol : Protocol
    folds : sequence of int
        Scored folds to predict.
    sizes : sequence of int
        Numbers of training stars, ascending.
    learner_of : callable
        From a fold to its learner.
    seed : int
        Fold k draws its stars, and trains, with seed + k.

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
