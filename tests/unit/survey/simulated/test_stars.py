"""Simulated stars: kinds, places, physics."""

import numpy as np
import pytest
from stellar.survey.simulated import stars


@pytest.fixture(scope="module")
def drawn():
    return stars.draw_stars(np.random.default_rng(0), 20_000)


def test_kinds_have_their_shares(drawn):
    shares = np.bincount(drawn["kind"], minlength=len(stars.KINDS)) / len(drawn)
    expected = np.array([kind.share for kind in stars.KINDS])
    np.testing.assert_allclose(shares, expected / expected.sum(), atol=0.01)


def test_each_star_lies_within_its_kinds_bounds(drawn):
    for number, kind in enumerate(stars.KINDS):
        own = drawn[drawn["kind"] == number]
        assert own["teff"].between(kind.teff[0], kind.teff[-1]).all(), kind.name
        assert own["r"].between(kind.r[0], kind.r[-1] + stars.BOSS_DEPTH).all(), kind.name
        faint = own["r"] - stars.BOSS_DEPTH * own["boss"]
        assert faint.median() == pytest.approx(kind.r[2], abs=0.6), kind.name


def test_of_kind_looks_at_names():
    number = {kind.name: n for n, kind in enumerate(stars.KINDS)}
    kinds = np.array([number["giant"], number["carbon"], number["K dwarf"]])
    assert stars.of_kind(kinds, "giant", "K dwarf").tolist() == [True, False, True]


def test_places_turn_there_and_back():
    lon, lat = np.array([0.0, 120.0, 359.0]), np.array([-60.0, 0.0, 45.0])
    back = stars._angles(stars._unit(lon, lat))
    np.testing.assert_allclose(back, [lon, lat], atol=1e-9)
    np.testing.assert_allclose(stars.GALACTIC @ stars.GALACTIC.T, np.eye(3), atol=1e-8)


def test_dust_in_front_of_a_star_is_part_of_the_whole(drawn):
    assert (drawn["ebv"] > 0).all()
    assert (drawn["distance"] > 0).all()
    near, far = (drawn.nsmallest(2000, "distance"), drawn.nlargest(2000, "distance"))
    assert near["ebv"].median() < far["ebv"].median()
    ratio = (far["sfd"] / far["ebv"]).median()
    assert ratio == pytest.approx(1, abs=0.05)


def test_halo_stars_are_poor_in_metals_and_fast(drawn):
    disc, halo = drawn[drawn["population"] == 0], drawn[drawn["population"] == 2]
    assert halo["feh"].median() < disc["feh"].median() - 1
    assert halo["velocity"].std() > 2 * disc["velocity"].std()
