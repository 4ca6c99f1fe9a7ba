"""Permutation importance."""

from made_samples import reads_colour, stars
from stellar.crossvalidation.protocol import Protocol
from stellar.experiments.importance import groups_of, importance

PROTOCOL = Protocol.comparison(5, "held_out", 2)
FOLDS = [2, 3, 4]


def test_importance_falls_on_the_columns_that_tell():
    sample, columns = stars()
    rows = importance(sample, columns, PROTOCOL, FOLDS, reads_colour, 2, 0)
    lost = {row["group"]: row["accuracy"] for row in rows}
    assert lost["u"] > 0.3
    assert lost["g"] > 0.3  # through the colour, though g is no feature
    assert lost["r"] == lost["i"] == 0
    assert [row["accuracy"] for row in rows] == sorted(lost.values(), reverse=True)


def test_groups_keep_parameters_of_one_fit_together():
    groups = groups_of(["u", "redshift", "sppTeff", "sppLogG", "elodieTEff", "elodieBV"])
    assert groups == {
        "u": ["u"],
        "redshift": ["redshift"],
        "sspp": ["sppTeff", "sppLogG"],
        "elodie": ["elodieTEff", "elodieBV"],
    }
