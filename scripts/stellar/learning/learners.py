"""Learners: what trains on rows and predicts tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stellar.learning.classifiers import Classifier
from stellar.phases import phase
from stellar.sample.arrays import Rows
from stellar.sample.columns import Floats
from stellar.sample.fingerprints import PREDICTED, TRAINED_ON, note

# From standardized training rows, rows to stop early by (where the protocol keeps some out for it),
# a seed, and other standardized tables to the others' probabilities, each of shape (n_rows, 7).
Learner = Callable[[Rows, Rows | None, int, Sequence[Floats]], list[Floats]]


def classifier_learner(make: Callable[[int], Classifier]) -> Learner:
    """A classifier made anew from each seed; it never stops early."""

    def learn(
        train: Rows, _beside: Rows | None, seed: int, others: Sequence[Floats]
    ) -> list[Floats]:
        classifier = make(seed)
        note(TRAINED_ON, train.values, train.labels)
        with phase("train", len(train.labels)):
            classifier.fit(train.values, train.labels)
        for other in others:
            note(PREDICTED, other)
        with phase("evaluate", sum(map(len, others))):
            return [classifier.predict_proba(other) for other in others]

    return learn
