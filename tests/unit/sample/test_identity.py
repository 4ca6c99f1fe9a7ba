"""Which rows are one star."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar.sample import identity
from stellar.sample.identity import identify_stars


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
