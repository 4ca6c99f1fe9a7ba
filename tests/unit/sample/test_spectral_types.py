import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar import CLASSES
from stellar.sample.spectral_types import Parsed, label_rows, parse_type

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
    # Am stars by K line, hydrogen and metals.
    "kA2hA5mA7": "A",
    "kA5hF0mF2": "F",
    "kA2.5hA9.5mF2": "A",
    "kA5 hF0 mF2": "F",
    "kA5hF0mF2 V:": "F",
    "hA7mF2": "A",
    "hF0kA5mF2": "F",
    "A7 kA2mF2": "A",
    "F0V kA5mA5": "F",
}
# As the Hipparcos, Michigan and Mount Wilson catalogues and LAMOST write them, "~" for a blank.
FIELD = (
    "K0III+... A0V... Ap... F0IV-V B8V: Am... Fm~delta~Del Fmδ~Del A1mA5-A9 Ap~Si A0p~SrCrEu ApSi "
    "ApSrCrEu AmA5 B9pSi B5e Be B:e Be... O: M4e M... G8III/IV K2III: K0II-IIICNe+... K0 F F: F... "
    "M0-M1 M: Me A2m A5m... A3s B5s B8n B8nn A0~V A0Vp: A: F0w Kpec Mp M6e-M9e M5IIIvar Mvar Ksh "
    "Bshell Gp Fp~Sr FmDel B0e~+~K A+... A+G5 K:+ A/F A-F OB+ OBe O6.5V((f)) Of Of?p O(f) ON9 "
    "BN0.5Ia OC9.7Iab Bpe Bnne Bn: Am(...) KIII GV GIII: KIIIp F~V BIab AIb-II B[e] Bep K- "
    "gM3 gK0 cF5 sgK1 dMe M10III M-dwarf A-type Kwk A* G5? G5… Am: Fm: Bp~HgMn M3-4III K0V+K3V"
)
WORDS = (
    "Open Gem Men Binary BINARY MISSING FIRST GIANT KIC~1234 OBJECT Object M31 M~31 B1950 A2256 "
    "F814W B-V K-band AGN BROADLINE Amazing Ambiguous Emission Mira Mizar Feige Begin "
    "Bright Average G_19 Kepler Ben Amp Planet BD+30 GJ Fermi Nova A_0 KISS FK5 GSC OGLE Unknown"
)
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
    "sd B": "hot subdwarf",
    "He-sdO": "hot subdwarf",
    "R...": "carbon star",
    "N": "carbon star",
    "C...": "carbon star",
    "S:": "S star",
    "MS": "S star",
    "WR": "Wolf-Rayet star",
    "WN5": "Wolf-Rayet star",
    "S4": "S star",
    **dict.fromkeys(
        # No type of hydrogen; capital letters are classes, small ones none; no type behind h.
        (
            "kA2mF0",
            "kA5",
            "KA5HF0MF2",
            "ka5hf0mf2",
            "KA5hF0mF2",
            "kA5HF0mF2",
            "kA5h",
            "hA",
            "hello",
        ),
        "not a spectral type O to M",
    ),
    **dict.fromkeys(("Galaxy", "GALAXY", "STAR", "QSO"), "a kind of source, no spectral type"),
    "BROADLINE": "not a spectral type O to M",
    "STARFORMING": "not a spectral type O to M",
    "o5": "not a spectral type O to M",
}


@pytest.mark.parametrize(("text", "letter"), LABELS.items())
def test_labels(text, letter):
    assert parse_type(text).spectral_class == letter


@pytest.mark.parametrize("text", [text.replace("~", " ") for text in FIELD.split()])
def test_types_of_other_catalogues(text):
    letter = parse_type(text).spectral_class
    assert letter is not None
    assert letter == next(c for c in text if c in CLASSES)


@pytest.mark.parametrize("text", [text.replace("~", " ") for text in WORDS.split()])
def test_words_are_no_types(text):
    assert parse_type(text) == Parsed(None, "not a spectral type O to M")


@given(
    letter=st.sampled_from(CLASSES),
    subtype=st.sampled_from(["", "0", "5", "9.5"]),
    luminosity=st.sampled_from(["", "V", "III", "IV-V", "Ib", "Iab"]),
    mark=st.sampled_from(["", "p", "m", "n", "e", "ne", "nn", "s", "pec", "var"]),
    end=st.sampled_from(["", ":", "...", "+...", " (12345)", " Si", "?"]),
)
def test_a_type_counts_by_its_letter(letter, subtype, luminosity, mark, end):
    assert parse_type(letter + subtype + luminosity + mark + end).spectral_class == letter


@pytest.mark.parametrize(("text", "reason"), REJECTS.items())
def test_rejects(text, reason):
    verdict = parse_type(text)
    assert verdict.spectral_class is None
    assert verdict.reason == reason


def test_the_study_takes_the_first_letter_alone():
    assert parse_type("sdF3", subdwarfs=False).reason == "subdwarf"
    assert parse_type("F3", subdwarfs=False).spectral_class == "F"


@given(st.text(max_size=30))
def test_any_text_gives_a_class_or_a_reason(text):
    verdict = parse_type(text)
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
