"""A change of the network is measured against none."""

import pytest
from stellar.experiments import ingredients


def test_a_change_is_measured_against_none():
    def fold(f1, recall):
        return {"f1_macro": f1, "recall_O": recall}

    scores = {
        "a worse one": [fold(0.4, None), fold(0.6, None), fold(0.5, 0.7)],
        "none": [fold(0.5, None), fold(0.7, 0.5), fold(0.6, 0.7)],
        "change": [fold(0.6, 0.4), fold(0.8, 0.6), fold(0.7, 0.8)],
    }
    none, change, worse = ingredients.ingredient_table(scores, 0.1)
    assert worse["f1_macro_difference"] == pytest.approx(-0.1)
    assert none["f1_macro_difference"] == 0
    assert change["f1_macro_difference"] == pytest.approx(0.1)
    assert change["f1_macro_difference_ci95"] == pytest.approx(0, abs=1e-9)
    # A fold without the class counts in neither.
    assert none["recall_O"] == pytest.approx(0.6)
    assert change["recall_O_difference"] == pytest.approx(0.1)
