"""Absolute magnitudes, regressed and read."""

from dataclasses import replace

import numpy as np
import pytest
from made_samples import reads_colour, stars
from stellar.crossvalidation.protocol import Protocol
from stellar.experiments.absolute_magnitude import (
    absolute_magnitude,
    bolometric_magnitude,
    regression,
)

PROTOCOL = Protocol.comparison(5, "held_out", 2)
FOLDS = [2, 3, 4]


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
        feature_names=(*sample.feature_names, "redshift"),
        values=np.column_stack([sample.values, redshift]),
    )
    # Temperature by the colour: the absolute magnitude follows from it, with gravity alike for all.
    spectroscopic = {
        "sppTeff": 6000 + 300 * sample.values[:, 0].astype(float),
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
