import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar import CLASSES
from stellar.sample.spectral_types import label_rows, parse

# Strings of both SDSS styles, of the ELODIE library and of The Hammer.
LABELS = {
    "O": "O",
    "OB": "O",
    "O8/O9 (167771)": "O",
    "B6": "B",
    "B9.5V+... (37269)": "B",
    "B2IV-V (176819)": "B",
    "B0.5Ibe... (187459)": "B",
    "A0p": "A",
    "A1m (78209)": "A",
    "F5": "F",
    "F5Ib... (17463)": "F",
    "F3/F5V (30743)": "F",
    "sdF3 (140283)": "F",
    "sd:F0 (G_84-29)": "F",
    "G2": "G",
    "G5/G6IVw (26297)": "G",
    "G5Iab: (20123)": "G",
    "K5 (G_19-24)": "K",
    "K3p (165195)": "K",
    "M0V": "M",
    "M4.5:III (123657)": "M",
    "dM3": "M",
    "dK5": "K",
    "sdM1": "M",
    "esdM2": "M",
    "usdK7": "K",
    "d/sdM0": "M",
}
REJECTS = {
    "": "no spectral type",
    "   ": "no spectral type",
    "WD": "white dwarf",
    "WDhotter": "white dwarf",
    "WDmagnetic": "white dwarf",
    "CarbonWD": "white dwarf",
    "CalciumWD": "white dwarf",
    "DA2": "white dwarf",
    "CV": "cataclysmic variable",
    "Carbon": "carbon star",
    "Carbon_lines": "carbon star",
    "C5,3": "carbon star",
    "C-R3": "carbon star",
    "L5.5": "brown dwarf",
    "Ldwarf": "brown dwarf",
    "T2": "brown dwarf",
    "sdO": "hot subdwarf",
    "sdB": "hot subdwarf",
    "sdOB": "hot subdwarf",
    "WN5": "Wolf-Rayet star",
    "S4": "S star",
    "kA5hF0mF2": "not a spectral type O to M",
    "Galaxy": "not a spectral type O to M",
    "BROADLINE": "not a spectral type O to M",
    "STARFORMING": "not a spectral type O to M",
    "o5": "not a spectral type O to M",
}


@pytest.mark.parametrize(("text", "letter"), LABELS.items())
def test_labels(text, letter):
    assert parse(text).spectral_class == letter


@pytest.mark.parametrize(("text", "reason"), REJECTS.items())
def test_rejects(text, reason):
    verdict = parse(text)
    assert verdict.spectral_class is None
    assert verdict.reason == reason


def test_the_study_takes_the_first_letter_alone():
    assert parse("sdF3", subdwarfs=False).reason == "subdwarf"
    assert parse("F3", subdwarfs=False).spectral_class == "F"


@given(st.text(max_size=30))
def test_any_text_gives_a_class_or_a_reason(text):
    verdict = parse(text)
    assert (verdict.spectral_class in CLASSES) != bool(verdict.reason)


def test_rows_keep_their_order_and_their_reasons():
    stars = pd.DataFrame(
        {
            "elodieSpType": pd.array(["G2V", None, "K0III", "sdF3", "M4V"], "string"),
            "elodieTEff": [5800.0, None, None, 6000.0, 3200.0],
            "class": pd.array(["STAR", "STAR", "STAR", None, "QSO"], "string"),
        }
    )
    labelled = label_rows(stars, "elodie")
    assert labelled.numbers.tolist() == [4, -1, -1, -1, -1]
    assert labelled.reasons.tolist() == [
        "",
        "no spectral type",
        "no elodieTEff",
        "subdwarf",
        "not a star",
    ]
