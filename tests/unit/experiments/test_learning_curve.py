"""Scores by the number of training stars."""

import pytest
from made_samples import reads_colour, stars
from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import predictions_of, run_rounds
from stellar.experiments import learning_curve

PROTOCOL = Protocol.comparison(5, "held_out", 2)
FOLDS = [2, 3, 4]


@pytest.fixture(scope="module")
def whole():
    """What the learner predicts after all stars."""
    sample, _ = stars()
    return predictions_of(sample, run_rounds(sample, PROTOCOL, reads_colour, 0, lambda text: None))


def curve(whole, sizes):
    sample, _ = stars()
    return learning_curve.learning_curve(sample, PROTOCOL, FOLDS, sizes, reads_colour, whole, 0)


def test_learning_curves_end_with_what_all_stars_gave(whole):
    rows = curve(whole, [50, 300])
    assert [row["stars"] for row in rows] == [50, 300, 1160]
    known = whole.labelled()
    right = [known.of_fold(fold).accuracy for fold in FOLDS]
    assert rows[-1]["accuracy"] == pytest.approx(sum(right) / 3)
    assert rows[-1]["accuracy"] > 0.8


def test_learning_curves_stop_where_stars_are_fewer(whole):
    rows = curve(whole, [300, 5000, 9000])
    assert [row["stars"] for row in rows] == [300, 1160]
