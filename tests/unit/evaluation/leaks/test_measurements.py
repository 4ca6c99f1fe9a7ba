"""Within classes: what measures the star is related, what was made of the label is not."""

import numpy as np
import pytest
from made_stars import made_stars
from stellar.evaluation.leaks.measurements import (
    Moments,
    Silence,
    measured_together,
    ranks,
    references,
    rows_that_decide,
    silence,
)


def moments_of(*columns, rows=4000, **options):
    sample, coordinate = made_stars(rows, **options)
    planted = [column(sample.labels, coordinate) for column in columns]
    table = ranks(np.column_stack([sample.values, *planted]))
    return Moments.of(table, sample.labels), table, sample


def test_ranks_see_no_monotone_function_and_no_gap():
    values = np.random.default_rng(1).lognormal(size=50)
    table = np.column_stack([values, np.log(values), values])
    table[7, 2] = np.nan
    first, second, gap = ranks(table).T
    assert first == pytest.approx(second)
    assert np.abs(first).max() < 1
    assert gap[7] == 0


def test_measured_columns_stand_together_and_a_label_apart():
    found, _, _ = moments_of(lambda y, t: y + 0.1, lambda y, t: t)
    within = found.within()
    assert list(measured_together(within)) == [0, 1, 2, 3, 5]
    assert 4 not in references(within, measured_together(within), [5])


@pytest.mark.parametrize("noise", [0.0, 0.5, 1.0])
def test_of_a_measurement_a_third_of_the_covariance_is_within_classes(noise):
    """Without wrong labels, which only add to it."""
    error = noise * np.random.default_rng(2).normal(size=20_000)
    found, table, _ = moments_of(
        lambda y, t: t + error, lambda y, t: y + error, rows=20_000, wrong=0.0
    )
    against = np.arange(4)
    star = silence(found, 4, against, float(table[:, 4].var()))
    label = silence(found, 5, against, float(table[:, 5].var()))
    assert 0.8 < star.ratio < 2
    assert abs(label.ratio) < 4 * label.error + 0.02
    assert label.silent(0.001)
    assert not star.silent(0.001)


def test_what_knows_nothing_of_the_class_is_not_called_silent():
    noise = np.random.default_rng(3).normal(size=4000)
    found, table, _ = moments_of(lambda y, t: noise)
    assert not silence(found, 4, np.arange(4), float(table[:, 4].var())).silent(0.001)


def test_more_rows_decide_more():
    few, _, _ = moments_of(rows=500)
    many, _, _ = moments_of(rows=4000)
    need = [rows_that_decide(found, np.arange(4)) for found in (few, many)]
    assert need[0] == pytest.approx(need[1], rel=0.4)  # a property of the mix, not of the sample


@pytest.mark.parametrize(
    ("ratio", "error", "adds", "silent"),
    [
        (0.29, 0.03, True, False),  # as of gravity, of which colours tell little
        (0.02, 0.03, True, True),
        (0.29, 0.12, True, True),  # it may be nothing
        (0.02, 0.03, False, False),
    ],
)
def test_a_weak_relation_is_incidental_only_to_what_knows_nothing(ratio, error, adds, silent):
    weak = {"related": 0.018, "p_related": 1e-90, "hold": 0.42, "p_hold": 0.0}
    assert Silence(ratio=ratio, error=error, **weak).silent(0.001, adds) == silent
