"""What pipelines say of spectra."""

import numpy as np
import pandas as pd
import pytest
from stellar import ELODIE
from stellar.survey.catalogue import MISSING
from stellar.survey.simulated import pipelines, stars

NUMBER = {kind.name: n for n, kind in enumerate(stars.KINDS)}


def alike(n: int, kind: str = "G dwarf", teff: float = 5600.0) -> pd.DataFrame:
    values = {"teff": teff, "logg": 4.4, "feh": 0.0}
    return pd.DataFrame(
        {"kind": np.full(n, NUMBER[kind])} | {k: np.full(n, v) for k, v in values.items()}
    )


def spectra(n: int, sn: float = 50.0, boss: bool = False, poor: bool = False) -> pd.DataFrame:
    values = {"sn": sn, "boss": boss, "poor": poor}
    return pd.DataFrame({name: np.full(n, value) for name, value in values.items()})


def test_library_is_the_same_for_each_survey():
    header = pipelines.library().header
    assert 900 < len(header) < 1100
    assert header["elodieObject"].is_unique
    assert (~header.duplicated(list(ELODIE))).mean() > 0.99


@pytest.mark.parametrize(
    ("kind", "teff", "boss", "likely"),
    [
        ("K dwarf", 4400.0, False, "K"),
        ("M dwarf", 3700.0, True, "M"),
        ("M dwarf", 3200.0, False, "M"),
        ("turnoff", 6300.0, False, "F"),
        ("A dwarf", 8000.0, True, "A"),
        ("hot subdwarf", 30000.0, False, "A"),
        ("hot subdwarf", 45000.0, False, "O"),
        ("white dwarf", 20000.0, False, "W"),
    ],
)
def test_the_best_template_is_near_the_stars_temperature(kind, teff, boss, likely):
    random = np.random.default_rng(0)
    found = pipelines.classify(random, alike(500, kind, teff), spectra(500, boss=boss))
    letters = pd.Series(found).str[0]
    assert letters.mode()[0] == likely


def test_poor_spectra_are_called_m_or_anything():
    random = np.random.default_rng(0)
    found = pipelines.classify(random, alike(2000), spectra(2000, poor=True))
    late = pd.Series(found).str[0].eq("M").mean()
    assert 0.5 < late < 0.8


def test_elodies_values_are_those_of_a_library_star():
    random = np.random.default_rng(0)
    table = pipelines.fit_elodie(random, alike(500), spectra(500), "template")
    fitted = table[table["elodieTEff"] > 0]
    assert len(fitted) > 450
    known = pipelines.library().header[list(ELODIE)].apply(tuple, axis=1)
    assert set(fitted[list(ELODIE)].apply(tuple, axis=1)) <= set(known)
    assert fitted["elodieTEff"].median() == pytest.approx(5600, rel=0.05)
    boss = pipelines.fit_elodie(random, alike(500), spectra(500, boss=True), "template")
    blank = boss[boss["elodieTEff"] == 0]
    assert 0.3 < len(blank) / 500 < 0.5
    assert (blank["elodieSpType"] == "").all()
    assert (blank[list(ELODIE)] == 0).all(axis=None)


def test_the_library_has_wrong_types_for_halo_stars_and_compact_ones():
    """What the study's class O is: 6,550-9,900 K by the headers."""
    random = np.random.default_rng(0)
    halo = alike(500, "horizontal branch", 8000.0).assign(feh=-1.6, logg=3.3)
    disc = alike(500, "A dwarf", 8000.0)
    dwarf = alike(500, "white dwarf", 15000.0).assign(logg=8.0)
    wrong = [
        pipelines.fit_elodie(random, one, spectra(500), "template")["elodieSpType"]
        .str[0]
        .eq("O")
        .mean()
        for one in (halo, disc, dwarf)
    ]
    assert wrong[0] > 0.5 > wrong[1]
    assert wrong[2] > 0.8


def test_sspp_measures_what_it_can():
    random = np.random.default_rng(0)
    table = pipelines.fit_sspp(random, alike(2000), spectra(2000))
    assert table["sppTeff"].mean() == pytest.approx(5600, abs=15)
    assert table["sppTeff"].std() == pytest.approx(122, rel=0.1)
    for hidden in (spectra(20, sn=5.0), spectra(20, boss=True)):
        none = pipelines.fit_sspp(random, alike(20), hidden)
        assert (none[["sppTeff", "sppLogG", "sppFeH", "sppSNR"]] == MISSING).all(axis=None)
        assert (none["sppHammerType"] == "").all()
