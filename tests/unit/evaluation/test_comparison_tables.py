"""Classifiers compared on the same stars."""

import numpy as np
import pytest
from made_predictions import predicted
from stellar.crossvalidation.predictions import Predictions
from stellar.evaluation import comparison_tables

COSTS = np.abs(np.subtract.outer(np.arange(7), np.arange(7))).astype(float)


def test_equal_classifiers_are_equal_and_worse_ones_worse():
    network = predicted(0.2, name="network", scheme="elodie", tier="photometry")
    rows = comparison_tables.rival_table(
        network, [predicted(0.2, seed=1, name="same"), predicted(0.5, name="worse")], COSTS, 0.05
    )
    ours, same, worse = rows
    assert ours["name"] == "network"
    assert ours["f1_macro_difference"] is None
    assert same["f1_macro_p_same"] > 0.8
    assert worse["f1_macro_p_network"] > 0.99
    assert worse["accuracy_difference"] == pytest.approx(0.3, abs=0.05)
    for row in (same, worse):
        chances = [row[f"f1_macro_p_{name}"] for name in ("network", "same", "rival")]
        assert sum(chances) == pytest.approx(1)


def test_confusions_count_each_class_by_what_it_is_called():
    skipped = Predictions.none("hammer", "no types")
    rows = comparison_tables.confusion_table([predicted(0.3, name="one"), skipped])
    assert {row["name"] for row in rows} == {"one"}
    assert len(rows) == 49
    found = {(row["true"], row["predicted"]): row["rows"] for row in rows}
    assert found["O", "O"] + found["O", "B"] == 200  # whose error is one class
    assert found["O", "B"] == pytest.approx(60, abs=20)
    assert found["M", "O"] > 0
    assert found["O", "M"] == 0


def test_a_classifier_equals_itself():
    network = predicted(0.2, name="network")
    _, itself = comparison_tables.rival_table(network, [predicted(0.2, name="itself")], COSTS, 0.01)
    assert itself["f1_macro_p_same"] == 1


def test_rivals_of_few_stars_are_compared_on_these():
    network = predicted(0.2, name="network")
    _, few = comparison_tables.rival_table(
        network, [predicted(0.0, rows=slice(0, 700), name="hammer")], COSTS, 0.01
    )
    assert few["rows"] == 700
    assert few["accuracy"] == 1
    assert few["accuracy_difference"] == pytest.approx(-0.2, abs=0.04)


def test_tiers_are_marked_where_label_and_features_share_an_origin():
    (row,) = comparison_tables.tier_table(
        [predicted(0.2, name="a", scheme="elodie", tier="photometry")], COSTS
    )
    assert row["shares"] == "independent"
    assert row["accuracy"] == pytest.approx(0.8, abs=0.03)
    assert row["accuracy_ci95"] > 0
    assert row["low_B"] < row["recall_B"] < row["high_B"]
    assert sum(row[f"rows_{c}"] for c in "OBAFGKM") == 1400


def test_a_tier_is_paired_with_the_one_before():
    about = {"scheme": "elodie"}
    first, second = comparison_tables.tier_table(
        [
            predicted(0.3, name="a", tier="one", **about),
            predicted(0.2, name="b", tier="two", **about),
        ],
        COSTS,
    )
    assert first["accuracy_gain"] is None
    assert second["gain_over"] == "one"
    assert second["accuracy_gain"] == pytest.approx(second["accuracy"] - first["accuracy"])
    assert 0 < second["accuracy_gain_ci95"] < 0.1
