"""How scores grow with the number of training stars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.metrics import marked
from stellar.experiments.scores import brief_scores, mean_scores, scores_of_folds, test_share
from stellar.learning.learners import Learner
from stellar.sample.arrays import Sample


def learning_curve(
    sample: Sample,
    protocol: Protocol,
    folds: Sequence[int],
    sizes: Sequence[int],
    learner_of: Callable[[int], Learner],
    whole: Predictions,
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
    whole : Predictions
        What the learner predicts when it is trained on all stars.
    seed : int
        Fold k draws its stars, and trains, with seed + k.

    Returns
    -------
    list of dict
        `stars`, and each score with `_ci95`.
    """
    trained = {fold["fold"]: fold["train_rows"] for fold in whole.about["folds"]}
    most = trained[folds[-1]]
    scores = {
        size: scores_of_folds(sample, protocol, folds, learner_of, seed, size)
        for size in sizes
        if size < most
    }
    of_folds = map(whole.of_fold, folds)
    scores[most] = [brief_scores(known.labels, known.probabilities) for known in of_folds]
    # Drawn from the same stars, few of them overlap less: the share of all is on the safe side.
    share = test_share(protocol)
    return marked([{"stars": size, **mean_scores(found, share)} for size, found in scores.items()])
