"""What trains on rows and predicts tables."""

import numpy as np
from made_rows import rows
from stellar.learning.learners import classifier_learner
from stellar.sample.fingerprints import Fingerprint, used_rows


class Noting:
    def __init__(self, seed):
        self.seed = seed

    def fit(self, x, y):
        self.seen = len(y)

    def predict_proba(self, x):
        return np.full((len(x), 7), 100 * self.seed + self.seen)


def test_each_seed_makes_a_classifier_that_predicts_all_tables():
    made = []

    def make(seed):
        made.append(Noting(seed))
        return made[-1]

    learn = classifier_learner(make)
    one, two = learn(rows(20), None, 3, [rows(5).values, rows(6).values])
    assert one.shape == (5, 7)
    assert two.shape == (6, 7)
    assert (one == 320).all()
    with used_rows() as used:
        learn(rows(20), None, 4, [rows(5).values])
    train, other = rows(20), rows(5)
    assert used == {
        "trained_on": [Fingerprint.of(train.values, train.labels)],
        "predicted": [Fingerprint.of(other.values)],
    }
    assert [classifier.seed for classifier in made] == [3, 4]
