"""The experiments on made stars, with learners that are known to the last digit."""

from dataclasses import replace

import numpy as np
import pytest
from stellar.crossvalidation.protocol import Protocol
from stellar.experiments import ingredients, learning_curve, scores
from stellar.experiments.absolute_magnitude import (
    absolute_magnitude,
    bolometric_magnitude,
    regression,
)
from stellar.experiments.importance import groups_of, importance
from stellar.experiments.input_errors import input_errors, noisy
from stellar.sample.arrays import Sample

PROTOCOL = Protocol(5, "held_out", 2)
FOLDS = [2, 3, 4]


def stars(n: int = 2000) -> tuple[Sample, dict[str, np.ndarray]]:
    """Class by the colour u - g alone; r and i say nothing."""
    random = np.random.default_rng(0)
    columns = {band: random.normal(18, 1, n) for band in "ugri"}
    columns |= {f"err_{band}": np.full(n, 0.5) for band in "ugri"}
    labels = np.clip(np.round(columns["u"] - columns["g"]) + 3, 0, 6).astype(np.int8)
    labels[::50] = -1
    table = np.column_stack(
        [columns["u"] - columns["g"], columns["g"] - columns["r"], columns["i"]]
    ).astype(np.float32)
    sample = Sample(
        survey="test",
        ids=np.arange(n, dtype=np.uint64),
        features=("u_g", "g_r", "i"),
        table=table,
        labels=labels,
        folds=(np.arange(n) % 5).astype(np.int8),
    )
    return sample, columns


def reads_colour(fold: int):
    """The nearest class to the scaled colour u - g, by the training stars' means."""

    def learn(train, seed, others):
        means = np.array(
            [
                train.features[train.labels == c, 0].mean() if (train.labels == c).any() else 99.0
                for c in range(7)
            ]
        )
        return [
            np.eye(7, dtype=np.float32)[np.abs(x[:, :1] - means).argmin(axis=1)] for x in others
        ]

    return learn


def test_importance_falls_on_the_columns_that_tell():
    sample, columns = stars()
    rows = importance(
        sample, columns, groups_of(["u", "g", "r", "i"]), PROTOCOL, FOLDS, reads_colour, 2, 0
    )
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


def test_noise_has_the_errors_size_and_spares_what_has_none():
    random = np.random.default_rng(1)
    columns = {
        "u": np.zeros(20000),
        "err_u": np.full(20000, 0.3),
        "g": np.ones(20000),
        "err_g": np.full(20000, np.nan),
        "elodieTEff": np.full(20000, 5000.0),
    }
    drawn = noisy(columns, random)
    assert drawn["u"].std() == pytest.approx(0.3, rel=0.03)
    assert (drawn["g"] == 1).all()
    assert drawn["elodieTEff"] is columns["elodieTEff"]
    assert (columns["u"] == 0).all()


def test_input_errors_compares_four_ways_with_the_plain_one():
    sample, columns = stars()
    rows = input_errors(sample, columns, PROTOCOL, FOLDS, reads_colour, 1, 3, 0)
    assert [(r["training"], r["prediction"]) for r in rows] == [
        ("measured", "measured"),
        ("measured", "averaged"),
        ("noisy", "measured"),
        ("noisy", "averaged"),
    ]
    assert rows[0]["accuracy_difference"] == 0
    # These stars' own errors are already in their labels: more noise can but harm.
    assert rows[1]["accuracy_difference"] < -0.1
    assert rows[0]["accuracy"] > 0.8


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


def test_the_suns_magnitude():
    sun = bolometric_magnitude(np.array([5772.0]), np.array([4.438]))
    assert sun[0] == pytest.approx(4.74)
    # A giant of the same temperature and a hundredth of the gravity is five magnitudes brighter.
    giant = bolometric_magnitude(np.array([5772.0]), np.array([2.438]))
    assert giant[0] == pytest.approx(4.74 - 5)


def test_regression_learns_what_is_told():
    random = np.random.default_rng(0)
    table = random.normal(size=(3000, 2)).astype(np.float32)
    target = 3 * table[:, 0].astype(float)
    target[::7] = np.nan
    folds = (np.arange(3000) % 5).astype(np.int8)
    for fold in regression(table, target, PROTOCOL, folds, FOLDS):
        assert fold["r2"] > 0.97
    nothing = random.normal(size=(3000, 2)).astype(np.float32)
    for fold in regression(nothing, target, PROTOCOL, folds, FOLDS):
        assert fold["r2"] < 0.15
        assert fold["rmse"] == pytest.approx(3, rel=0.2)


def test_redshift_that_says_nothing_changes_nothing():
    sample, _ = stars()
    random = np.random.default_rng(2)
    redshift = random.normal(size=(len(sample.labels), 1)).astype(np.float32)
    given = replace(
        sample,
        features=(*sample.features, "redshift"),
        table=np.column_stack([sample.table, redshift]),
    )
    # Temperature by the colour: the absolute magnitude is told by it, with gravity alike for all.
    spectroscopic = {
        "sppTeff": 6000 + 300 * sample.table[:, 0].astype(float),
        "sppLogG": np.full(len(sample.labels), 4.4),
    }
    rows = absolute_magnitude(given, spectroscopic, PROTOCOL, FOLDS, lambda part: reads_colour, 0)
    assert [r["features"] for r in rows] == [
        "magnitudes",
        "with_redshift",
        "with_permuted_redshift",
    ]
    for row in rows:
        assert row["accuracy_difference"] == 0
        assert row["rmse"] < 0.1 * row["spread"]
        assert abs(row["rmse_difference"]) < 0.01 * row["spread"]
        assert row["stars"] == (sample.labels >= 0).sum()
    nothing = dict.fromkeys(spectroscopic, np.full(len(sample.labels), np.nan))
    rows = absolute_magnitude(given, nothing, PROTOCOL, FOLDS, lambda part: reads_colour, 0)
    assert {row["rmse"] for row in rows} == {None}


def test_a_change_is_measured_against_none():
    def fold(f1, recall):
        return {"f1_macro": f1, "recall_O": recall}

    scores = {
        "a worse one": [fold(0.4, None), fold(0.6, None), fold(0.5, 0.7)],
        "none": [fold(0.5, None), fold(0.7, 0.5), fold(0.6, 0.7)],
        "change": [fold(0.6, 0.4), fold(0.8, 0.6), fold(0.7, 0.8)],
    }
    none, change, worse = ingredients.ingredient_rows(scores, 0.1)
    assert worse["f1_macro_difference"] == pytest.approx(-0.1)
    assert none["f1_macro_difference"] == 0
    assert change["f1_macro_difference"] == pytest.approx(0.1)
    assert change["f1_macro_difference_ci95"] == pytest.approx(0, abs=1e-9)
    # A fold without the class counts in neither.
    assert none["recall_O"] == pytest.approx(0.6)
    assert change["recall_O_difference"] == pytest.approx(0.1)


def test_recalls_of_classes_without_stars_are_unknown():
    truth = np.array([1, 1, 2, -1], np.int8)
    probabilities = np.eye(7, dtype=np.float32)[[1, 2, 2, 0]]
    found = scores.brief(truth, probabilities)
    assert (found["recall_B"], found["recall_A"], found["recall_O"]) == (0.5, 1.0, None)
    assert found["steps_off"] == pytest.approx(1 / 3)
    assert found["gross_errors"] == 0
