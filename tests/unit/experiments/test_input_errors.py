"""Errors of the input values, drawn once more."""

import numpy as np
import pytest
from made_samples import reads_colour, stars
from stellar.crossvalidation.protocol import Protocol
from stellar.experiments.input_errors import Noise, input_errors, noisy

PROTOCOL = Protocol.comparison(5, "held_out", 2)
FOLDS = [2, 3, 4]


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
    rows = input_errors(sample, columns, PROTOCOL, FOLDS, reads_colour, Noise(1, 3), 0)
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
