"""Boosted trees."""

import numpy as np
from made_rows import rows
from stellar.learning.trees import boosted_trees

FEW = {"n_estimators": 8, "num_leaves": 7, "subsample": 0.5, "subsample_freq": 1}


def probabilities(seed: int, **values) -> np.ndarray:
    train, others = rows(400, 4), rows(100, 4, seed=1)
    trees = boosted_trees({**FEW, **values}, seed, 1)
    trees.fit(train.values, train.labels)
    return trees.predict_proba(others.values)


def test_the_same_seed_gives_the_same_probabilities():
    first = probabilities(1)
    np.testing.assert_array_equal(first, probabilities(1))
    assert (first != probabilities(2)).any()


def test_values_reach_the_trees_and_they_learn():
    assert (probabilities(1, n_estimators=1) != probabilities(1)).any()
    right = probabilities(1).argmax(axis=1) == rows(100, 4, seed=1).labels
    assert right.mean() > 0.5
