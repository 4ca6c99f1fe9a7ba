"""Scores by brightness."""

import numpy as np
import pyarrow as pa
import pytest
from made_predictions import predicted
from stellar.experiments.brightness import BINS, brightness_table


def catalogue(**columns) -> pa.Table:
    """As many stars, in another order than the predictions'."""
    random = np.random.default_rng(0)
    order = random.permutation(1400)
    given = {"r": np.linspace(14, 21, 1400), "snMedian": np.full(1400, np.nan), **columns}
    table = pa.table({"specObjID": pa.array(np.arange(1400), pa.uint64()), **given})
    return table.take(pa.array(order))


def test_bins_have_equal_numbers_of_the_stars_that_stand_in_them():
    given = predicted(0.2)
    rows = brightness_table(given, catalogue())
    assert [row["by"] for row in rows] == ["r"] * BINS  # no star has a signal-to-noise ratio
    assert {row["rows"] for row in rows} == {1400 // BINS}
    lows = [row["low"] for row in rows]
    assert lows == sorted(lows)
    for row in rows:
        assert row["low"] <= row["middle"] <= row["high"]
        assert row["low_ci95"] < row["accuracy"] < row["high_ci95"]
    assert np.mean([row["accuracy"] for row in rows]) == pytest.approx(given.accuracy)


def test_bright_stars_are_scored_apart_from_faint_ones():
    """Half of the stars are predicted right: those that are given a bright magnitude."""
    given = predicted(0.5)
    magnitude = np.random.default_rng(1).uniform(0, 1, 1400)
    magnitude[given.ids] += np.where(given.classes == given.labels, 15, 20)
    rows = brightness_table(given, catalogue(r=magnitude))
    assert [row["accuracy"] for row in rows[:3]] == [1.0] * 3
    assert [row["accuracy"] for row in rows[-3:]] == [0.0] * 3
