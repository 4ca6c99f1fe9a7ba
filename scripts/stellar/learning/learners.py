"""Learners: what trains on rows and predicts tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from stellar.phases import phase
from stellar.sample.arrays import Floats, Rows

if TYPE_CHECKING:
    from stellar.learning.classifiers import Classifier

# From standardized training rows, a seed and other standardized tables to the others'
# probabilities, each of shape (n_rows, 7).
Learner = Callable[[Rows, int, Sequence[Floats]], list[Floats]]


def classifier_learner(make: Callable[[int], Classifier]) -> Learner:
    """A classifier made anew from each seed."""

    def learn(train: Rows, seed: int, others: Sequence[Floats]) -> list[Floats]:
        classifier = make(seed)
        with phase("train"):
            classifier.fit(train.features, train.labels)
        with phase("evaluate"):
            return [classifier.predict_proba(other) for other in others]

    return learn
