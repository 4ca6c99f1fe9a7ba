"""What the camera measures."""

import numpy as np
import pandas as pd
import pytest
from stellar import BANDS
from stellar.survey.catalogue import MISSING
from stellar.survey.simulated import photometry, sequences, stars

NUMBER = {kind.name: n for n, kind in enumerate(stars.KINDS)}


def alike(n: int, kind: str, **values) -> pd.DataFrame:
    """Stars that differ by chance alone."""
    given = {"teff": 5800.0, "logg": 4.4, "feh": -0.5, "r": 16.0, "ebv": 0.0, "sfd": 0.1, **values}
    return pd.DataFrame(
        {"kind": np.full(n, NUMBER[kind])} | {k: np.full(n, v) for k, v in given.items()}
    )


def test_magnitudes_and_colours_are_the_same_thing():
    colours = np.array([[1.0, 0.5, 0.2, 0.1]])
    magnitudes = photometry._magnitudes(np.array([17.0]), colours)
    np.testing.assert_allclose(-np.diff(magnitudes, axis=1), colours)
    assert magnitudes[0, 2] == 17


def test_colours_are_those_of_the_temperature_and_of_the_kind():
    random = np.random.default_rng(0)
    dwarfs = photometry.true_colours(random, alike(2000, "G dwarf")).mean(axis=0)
    np.testing.assert_allclose(dwarfs, sequences.star_colours(np.array([5800.0]))[0], atol=0.04)
    poor = photometry.true_colours(random, alike(2000, "G dwarf", feh=-1.5)).mean(axis=0)
    assert poor[0] < dwarfs[0] - 0.05
    cool = alike(500, "M dwarf", teff=3200.0)
    binary = alike(500, "white dwarf + M dwarf", teff=3200.0)
    alone, both = (photometry.true_colours(random, s).mean(axis=0) for s in (cool, binary))
    assert both[0] < alone[0] - 0.5


def test_hot_stars_have_the_colours_of_their_kind():
    random = np.random.default_rng(0)
    for kind, colours in (
        ("white dwarf", sequences.white_dwarf_colours),
        ("helium white dwarf", sequences.helium_dwarf_colours),
        ("hot subdwarf", sequences.hot_subdwarf_colours),
        ("horizontal branch", sequences.horizontal_branch_colours),
    ):
        found = photometry.true_colours(random, alike(2000, kind, teff=25000.0)).mean(axis=0)
        np.testing.assert_allclose(found, colours(np.array([25000.0]))[0], atol=0.01)


def test_dust_and_noise_are_in_what_is_measured():
    random = np.random.default_rng(0)
    clear, dusty = (
        photometry.photograph(random, alike(4000, "G dwarf", ebv=ebv, sfd=ebv))
        for ebv in (0.0, 0.2)
    )
    assert list(clear) == [
        *BANDS,
        *(f"err_{b}" for b in BANDS),
        *(f"extinction_{b}" for b in BANDS),
    ]
    dimmed = dusty["g"].median() - clear["g"].median()
    assert dimmed == pytest.approx(0.2 * sequences.EXTINCTION[1], abs=0.02)
    assert dusty.loc[dusty["u"] > MISSING, "extinction_g"].median() == pytest.approx(
        dimmed, abs=0.02
    )
    assert clear["err_r"].median() == pytest.approx(
        sequences.magnitude_error(np.array([16.0]), "r")[0], rel=0.1
    )


def test_a_few_stars_lack_a_band_or_all():
    table = photometry.photograph(np.random.default_rng(0), alike(20_000, "G dwarf"))
    missing = table == MISSING
    assert 0.003 < missing["extinction_u"].mean() < 0.007
    assert missing[missing["extinction_u"]].all(axis=None)
    one = missing[~missing["extinction_u"]]
    assert 0.001 < one[list(BANDS)].any(axis=1).mean() < 0.003
    assert (one[list(BANDS)].to_numpy() == one[[f"err_{b}" for b in BANDS]].to_numpy()).all()
