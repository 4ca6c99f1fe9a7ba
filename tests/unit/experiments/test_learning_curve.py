"""Scores by the number of training stars."""

from made_samples import reads_colour, stars
from stellar.crossvalidation.protocol import Protocol
from stellar.experiments import learning_curve

PROTOCOL = Protocol.comparison(5, "held_out", 2)
FOLDS = [2, 3, 4]


def test_learning_curves_end_with_all_stars():
    sample, _ = stars()
    rows = learning_curve.learning_curve(sample, PROTOCOL, FOLDS, [50, 300], reads_colour, 0)
    assert [row["stars"] for row in rows] == [50, 300, 1160]
    assert rows[-1]["accuracy"] > 0.8


def test_learning_curves_stop_where_stars_are_fewer():
    sample, _ = stars()
    rows = learning_curve.learning_curve(
        sample, PROTOCOL, FOLDS, [300, 5000, 9000], reads_colour, 0
    )
    assert [row["stars"] for row in rows] == [300, 1160]
