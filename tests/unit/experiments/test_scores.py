"""The experiments on made stars, with learners that are known to the last digit."""

import numpy as np
import pytest
from stellar.crossvalidation.protocol import Protocol
from stellar.experiments import scores

PROTOCOL = Protocol.comparison(5, "held_out", 2)
FOLDS = [2, 3, 4]


def test_recalls_of_classes_without_stars_are_unknown():
    truth = np.array([1, 1, 2, -1], np.int8)
    probabilities = np.eye(7, dtype=np.float32)[[1, 2, 2, 0]]
    found = scores.brief_scores(truth, probabilities)
    assert (found["recall_B"], found["recall_A"], found["recall_O"]) == (0.5, 1.0, None)
    assert found["steps_off"] == pytest.approx(1 / 3)
    assert found["gross_errors"] == 0
