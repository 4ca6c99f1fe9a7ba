"""Simulated stars: kinds, places, physics."""

import numpy as np
import pytest
from stellar.survey.simulated import stars


@pytest.fixture(scope="module")
def drawn():
    return stars.draw_stars(np.random.default_rng(0), 20_000)


def test_kinds_have_their_shares(drawn):
    for column, boss in (("sdss", False), ("boss", True)):
        own = drawn.loc[drawn["boss"] == boss, "kind"]
        shares = np.bincount(own, minlength=len(stars.KINDS)) / len(drawn)
        expected = np.array([getattr(kind, column) for kind in stars.KINDS])
        whole = sum(kind.sdss + kind.boss for kind in stars.KINDS)
        np.testing.assert_allclose(shares, expected / whole, atol=0.01)


def test_each_star_lies_within_its_kinds_bounds(drawn):
    for number, kind in enumerate(stars.KINDS):
        own = drawn[drawn["kind"] == number]
        cooler = stars.TURNOFF * 1.5 if kind.name in stars.OLD else 0
        assert own["teff"].between(kind.teff[0] - cooler, kind.teff[-1]).all(), kind.name
        for boss, r in ((False, kind.r), (True, kind.r_boss)):
            seen = own.loc[own["boss"] == boss, "r"]
            assert seen.between(r[0], r[-1]).all(), kind.name
            if len(seen) > 50:
                assert seen.median() == pytest.approx(r[2], abs=0.6), kind.name


def test_the_turnoff_of_metal_rich_stars_is_cool(drawn):
    number = [kind.name for kind in stars.KINDS].index("turnoff")
    own = drawn[drawn["kind"] == number]
    rich, poor = own[own["feh"] > -0.5], own[own["feh"] < -1.2]
    assert rich["teff"].median() < poor["teff"].median() - 150


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
    assert halo["feh"].median() < disc["feh"].median() - 0.9
    near, far = disc.nsmallest(1000, "distance"), disc.nlargest(1000, "distance")
    assert near["feh"].median() > far["feh"].median() + 0.1
    assert halo["velocity"].std() > 2 * disc["velocity"].std()
