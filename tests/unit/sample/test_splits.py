"""All rows of a star stand on one side, and classes are shared out evenly."""

import assign_folds
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar import files
from stellar.command import Slice
from stellar.errors import UserError
from stellar.sample.splits import folds_of_rows, parts_of_rows


@st.composite
def labelled_stars(draw):
    n = draw(st.integers(30, 100))
    labels = np.array(draw(st.lists(st.integers(0, 6), min_size=n, max_size=n)), np.int8)
    stars = np.array(draw(st.lists(st.integers(0, n), min_size=n, max_size=n)), np.int64)
    return labels, stars


@given(labelled_stars(), st.integers(0, 2**31))
def test_no_star_stands_on_two_sides(rows, seed):
    labels, stars = rows
    for sides in (
        parts_of_rows(labels, stars, (0.7, 0.2, 0.1), seed),
        folds_of_rows(labels, stars, 5, seed),
    ):
        assert sides.shape == labels.shape
        on_sides = {*zip(stars.tolist(), sides.tolist(), strict=True)}
        assert len(on_sides) == len(np.unique(stars))


@given(st.integers(0, 2**31), st.lists(st.integers(20, 400), min_size=7, max_size=7))
def test_single_rows_are_stratified_to_a_row(seed, sizes):
    labels = np.repeat(np.arange(7), sizes).astype(np.int8)
    stars = np.arange(len(labels))
    parts = parts_of_rows(labels, stars, (0.7, 0.2, 0.1), seed)
    folds = folds_of_rows(labels, stars, 10, seed)
    for number, size in enumerate(sizes):
        of_class = labels == number
        counts = np.bincount(parts[of_class], minlength=3)
        assert np.abs(counts - size * np.array([0.7, 0.2, 0.1])).max() <= 1
        per_fold = np.bincount(folds[of_class], minlength=10)
        assert np.ptp(per_fold) <= 1
    assert np.ptp(np.bincount(folds, minlength=10)) <= 1


def test_the_same_seed_gives_the_same_sides_and_another_other_ones():
    labels = np.repeat(np.arange(7), 50).astype(np.int8)
    stars = np.arange(len(labels)) // 2
    once, again, other = (folds_of_rows(labels, stars, 5, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(once, again)
    assert (once != other).any()


def test_too_few_stars_for_the_folds_are_counted_not_their_rows(tmp_path):
    rows = {"star": pa.array(np.repeat([0, 1], 70)), "label": pa.array([1] * 140, pa.int8())}
    files.write_table(tmp_path / "stars", pa.table(rows))
    with pytest.raises(UserError, match="2 stars in 140 rows cannot fill 5 folds; add stars or"):
        assign_folds.main(
            Slice({"folds": 5, "seed": 1}), tmp_path / "stars", [], tmp_path / "sample"
        )
    assert not (tmp_path / "sample").exists()
