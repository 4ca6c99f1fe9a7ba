"""Probabilities in the order of all seven classes."""

import numpy as np
from stellar.learning.classifiers import Stock


class Knows:
    """An estimator that has seen two classes."""

    classes_ = np.array([6, 1])

    def fit(self, x, y):
        self.seen = x, y

    def predict_proba(self, x):
        return np.tile([0.75, 0.25], (len(x), 1))


def test_columns_stand_where_the_classes_do():
    stock, x = Stock(Knows()), np.zeros((3, 2), np.float32)
    stock.fit(x, np.array([1, 6, 6], np.int8))
    assert stock.estimator.seen[0] is x
    found = stock.predict_proba(x)
    assert found.dtype == np.float32
    assert found.tolist() == [[0, 0.25, 0, 0, 0, 0, 0.75]] * 3
