"""Values that name the label."""

import numpy as np
import pytest
from stellar.evaluation.leaks import values as leaks_values


def test_of_many_values_some_are_asked_for_their_neighbour(monkeypatch):
    random = np.random.default_rng(3)
    values = np.repeat(np.arange(400, dtype=np.float32), 4)[:, None]
    labels = ((values[:, 0] // 40) % 2 + 2).astype(np.int8)  # ten stretches of two classes
    folds = random.integers(0, 5, len(values)).astype(np.int8)
    every = leaks_values._exact_and_near(values, labels, folds)
    monkeypatch.setattr(leaks_values, "MOST_ROWS", 50)
    some = leaks_values._exact_and_near(values, labels, folds)
    assert some["near"] == pytest.approx(every["near"], abs=0.05)
    assert {**some, "near": 0} == {**every, "near": 0}
