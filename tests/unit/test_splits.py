import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar.sample import identity
from stellar.sample.identity import identify_stars
from stellar.sample.splits import fold_rows, split_rows


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
        split_rows(labels, stars, (0.7, 0.2, 0.1), seed),
        fold_rows(labels, stars, 5, seed),
    ):
        assert sides.shape == labels.shape
        on_sides = {*zip(stars.tolist(), sides.tolist(), strict=True)}
        assert len(on_sides) == len(np.unique(stars))


@given(st.integers(0, 2**31), st.lists(st.integers(20, 400), min_size=7, max_size=7))
def test_single_rows_are_stratified_to_a_row(seed, sizes):
    labels = np.repeat(np.arange(7), sizes).astype(np.int8)
    stars = np.arange(len(labels))
    parts = split_rows(labels, stars, (0.7, 0.2, 0.1), seed)
    folds = fold_rows(labels, stars, 10, seed)
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
    once, again, other = (fold_rows(labels, stars, 5, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(once, again)
    assert (once != other).any()


def test_one_star_is_one_object_or_one_place():
    ra = np.array([10.0, 10.0 + 1 / 3600, 50.0, 200.0, 359.99999, 0.00001])
    dec = np.array([0.0, 0.0, 10.0, -5.0, 30.0, 30.0])
    objects = np.array([1, 2, 3, 3, 0, 0])
    stars = identify_stars(ra, dec, objects)
    # The first two stand an arcsec apart, the next share an object, the last straddle 0h.
    assert stars.tolist() == [0, 0, 1, 1, 2, 2]
    # Unknown objects are no common object.
    assert identify_stars(np.array([1.0, 2.0]), np.zeros(2), np.zeros(2, int)).tolist() == [0, 1]


def test_the_pole_is_one_place():
    stars = identify_stars(np.array([0.0, 180.0]), np.array([89.9999, 89.9999]))
    assert stars.tolist() == [0, 0]


def numbered_by_hand(ra, dec, objects):
    """Each row against each, then the smallest row of each group of joined rows."""
    lon, lat = np.radians(ra), np.radians(dec)
    unit = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    chord = np.linalg.norm(unit[:, :, None] - unit[:, None, :], axis=0)
    near = np.degrees(2 * np.arcsin(chord / 2)) * 3600 <= identity.SAME_STAR
    near |= (objects[:, None] == objects[None, :]) & (objects > 0)
    first = np.arange(len(ra))
    for _ in ra:
        first = np.array([first[row].min() for row in near])
    return np.unique(first, return_inverse=True)[1]


@given(st.integers(0, 2**31), st.integers(0, 60), st.integers(1, 40), st.sampled_from([0, 50, 90]))
def test_strips_miss_no_neighbour(seed, n_rows, strip, height):
    random = np.random.default_rng(seed)
    # A clump some arcsec wide across 0h or the pole, with rows of the very same place.
    dec = np.minimum(height + random.normal(0, 4, n_rows) / 3600, 90)
    ra = random.normal(0, 4 / 3600, n_rows) / np.cos(np.radians(min(height, 89.9))) % 360
    again = random.integers(0, max(n_rows, 1), n_rows // 3)
    ra[: len(again)], dec[: len(again)] = ra[again], dec[again]
    objects = random.integers(0, 80, n_rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "STRIP", strip)
        stars = identify_stars(ra, dec, objects)
    np.testing.assert_array_equal(stars, numbered_by_hand(ra, dec, objects))


def test_many_rows_of_one_place_need_no_memory_of_pairs():
    stars = identify_stars(np.zeros(200_000), np.zeros(200_000))  # 2e10 pairs, were they listed
    assert not stars.any()
