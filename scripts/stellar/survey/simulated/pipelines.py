"""What SDSS's pipelines say of simulated spectra: templates, ELODIE's stars, SSPP, The Hammer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from stellar import ELODIE
from stellar.survey.catalogue import MISSING
from stellar.survey.simulated import sequences
from stellar.survey.simulated.stars import (
    PARAMETERS,
    RGB,
    Array,
    Flags,
    Ints,
    Random,
    Strings,
    of_kind,
)

# ------------------------------------------------------------------------------ SDSS's templates

# SDSS's stellar templates: T_eff (K) and [Fe/H] (dex) of the spectra that they resemble. Of F and G
# the templates are metal-poor or -rich, so that a class is no slice of temperatures.
SUBCLASSES = (
    ("L0", 2200, -0.2), ("M9", 2370, -0.2), ("M8", 2470, -0.2), ("M7", 2560, -0.2),
    ("M6", 2700, -0.2), ("M5", 3010, -0.2), ("M4", 3260, -0.2), ("M3", 3440, -0.2),
    ("M2", 3530, -0.2), ("M1", 3610, -0.2), ("M0", 3750, -0.3), ("K7", 4000, -0.4),
    ("K5", 4370, -0.5), ("K3", 4700, -0.5), ("K1", 4930, -0.3), ("G2", 5770, -1.1),
    ("G0", 5990, -0.55), ("F9", 5580, -1.05), ("F9", 5740, -0.4), ("F9", 5930, -1.35),
    ("F2", 6145, -0.45), ("F5", 6590, -0.95), ("A0", 6655, -1.35), ("A0", 8500, -1.0),
    ("A0", 9200, -1.0), ("B9", 10300, -1.0), ("B6", 15000, -0.3), ("OB", 25000, 0.0),
    ("O", 36000, 0.0),
)  # fmt: skip
# BOSS's are named after the stars they were made from.
BOSS_SUBCLASSES = (
    ("L1", 2200, -0.2), ("M9", 2370, -0.2), ("M8", 2470, -0.2), ("M7", 2560, -0.2),
    ("M6", 2700, -0.2), ("M5", 2950, -0.2), ("M4.5:III (123657)", 3250, -0.2),
    ("M3III (44478)", 3470, -0.2), ("M1 (204445)", 3610, -0.2), ("M0V", 3750, -0.3),
    ("K5Ve (118100)", 4000, -0.4), ("K5 (G_19-24)", 4450, -0.6), ("K3V (32147)", 4800, -0.3),
    ("K0V (10780)", 5120, -0.5), ("G8V (101501)", 5420, -0.5), ("G4V (32923)", 5680, -0.3),
    ("G0Va (143761)", 5850, -0.4), ("F3/F5V (30743)", 6150, -0.7), ("F8V (G_243-63)", 5750, -1.1),
    ("A9V (154660)", 6830, -1.0), ("A2II (39866)", 7700, -1.0), ("A4V (97603)", 8600, -0.5),
    ("B9 (105262)", 11000, -0.5), ("B5 (338529)", 15000, 0.0), ("B2IV-V (176819)", 21000, 0.0),
    ("O8/O9 (167771)", 36000, 0.0),
)  # fmt: skip
FIT = (0.025, 0.5)  # accuracy of the fit in ln T_eff and [Fe/H] (dex) that templates are spaced by
FIT_NOISE = np.array([0.8, 0.25])  # of a good spectrum, in these units

WHITE_DWARF_SUBCLASSES = ((9000, "WDcooler"), (18000, "WD"), (np.inf, "WDhotter"))


def classify(rng: Random, stars: pd.DataFrame, spectra: pd.DataFrame) -> Strings:
    """subClass: the SDSS template that fits each spectrum best, shape (n_spectra,).

    `stars` and `spectra` have a row a spectrum.
    """
    teff, feh = stars["teff"].to_numpy(), stars["feh"].to_numpy()
    kind, boss = stars["kind"].to_numpy(), spectra["boss"].to_numpy()
    white, helium = of_kind(kind, "white dwarf"), of_kind(kind, "helium white dwarf")
    subdwarf, binary = of_kind(kind, "hot subdwarf"), of_kind(kind, "cataclysmic")
    carbon, brown = of_kind(kind, "carbon"), of_kind(kind, "L/T dwarf")
    noise = np.hypot(1.0, 3.0 / spectra["sn"].to_numpy())[:, None]
    seen = np.stack([np.log(teff) / FIT[0], feh / FIT[1]], axis=1)
    seen += noise * FIT_NOISE * rng.standard_normal(seen.shape)
    # Hydrogen's lines hardly tell temperatures near their greatest strength.
    blurred = np.where((teff > 6400) & (teff < 10000), 1.5, 0.0)
    seen[:, 0] += blurred * rng.standard_normal(teff.size)
    best = np.where(boss, _nearest(BOSS_SUBCLASSES, seen), _nearest(SUBCLASSES, seen))
    u, v = rng.random((2, teff.size))
    cool = teff < 34000
    choices: tuple[tuple[Flags, Strings | str], ...] = (
        (white & (u < 0.85), _by_temperature(WHITE_DWARF_SUBCLASSES, teff)),
        (white & (u > 0.995), "CarbonWD"),
        (white & (u > 0.99), "CalciumWD"),
        (white, np.where(boss, "A4V (97603)", "A0")),
        # No Balmer lines, or narrow ones: helium white dwarfs and hot subdwarfs are what SDSS calls
        # O and B (docs/simulation.md).
        (helium & (u < 0.4), np.where(boss, "O8e (188001)", "OB")),
        (helium, "WD"),
        (subdwarf & cool & (u < 0.55), np.where(boss, "A4V (97603)", "A0")),
        (subdwarf & cool & (u < 0.7), np.where(boss, "B5 (338529)", "A0p")),
        (subdwarf & cool, np.where(boss, "B2IV-V (176819)", np.where(v < 0.5, "B6", "B9"))),
        (subdwarf & (u < 0.4), np.where(boss, "O8/O9 (167771)", "O")),
        (subdwarf & (u < 0.8), np.where(boss, "O8e (188001)", "OB")),
        (subdwarf, np.where(boss, "B2IV-V (176819)", "A0")),
        (binary & (u < 0.7), "CV"),
        (carbon & (u < 0.4), "Carbon_lines"),
        (carbon & (u < 0.9), "Carbon"),
        (brown & (teff < 1400), "T2"),
    )
    conditions, names = zip(*choices, strict=True)
    subclass = np.select(conditions, names, best)
    for templates, poor in ((SUBCLASSES, ~boss), (BOSS_SUBCLASSES, boss)):
        rows = np.flatnonzero(poor & spectra["poor"].to_numpy())
        subclass[rows] = _at_random(rng, templates, rows.size)
    return subclass


def _nearest(templates: Sequence[tuple[str, float, float]], seen: Array) -> Strings:
    """The template nearest to each spectrum, in units of the fit's accuracy."""
    names, teff, feh = (np.array(column) for column in zip(*templates, strict=True))
    places = np.stack([np.log(teff) / FIT[0], feh / FIT[1]], axis=1)
    return np.asarray(names.astype(object)[cKDTree(places).query(seen)[1]])


def _by_temperature(bounds: tuple[tuple[float, str], ...], teff: Array) -> Strings:
    """The name whose upper bound is the first above each temperature."""
    edges, names = zip(*bounds, strict=True)
    place = np.searchsorted(np.array(edges[:-1]), teff, side="right")
    return np.asarray(np.array(names, dtype=object)[place])


def _at_random(rng: Random, templates: Sequence[tuple[str, float, float]], n: int) -> Strings:
    """Templates of n poor spectra: half an M one, whose bands noise and sky imitate, else any."""
    names = np.array([name for name, _, _ in templates], dtype=object)
    late = np.array([name for name in names if name[0] == "M"], dtype=object)
    return np.where(rng.random(n) < 0.5, rng.choice(late, n), rng.choice(names, n))


# ------------------------------------------------------------------------------ ELODIE's templates


@dataclass(frozen=True)
class Library:
    """The template library: what each header says, and how each spectrum looks to the fit.

    Attributes
    ----------
    header : pandas.DataFrame, shape (n_templates, 6)
        Columns elodieObject, elodieSpType, elodieBV (mag), elodieTEff (K), elodieLogG and
        elodieFeH (dex).
    look : array, shape (n_templates, 3)
        Place of each template in the fit's space, in units of its accuracy (see `_look`).
    odd : array of int64, shape (n_odd,)
        Rows of the templates typed O.
    """

    header: pd.DataFrame
    look: Array
    odd: Ints


# Ordinary templates: number, lowest and highest T_eff (K), share of evolved stars. Numbers as the
# letters have in ELODIE, whose stars are mostly F, G and K.
GROUPS = (
    (90, 10200, 24000, 0.3), (130, 7400, 10200, 0.3), (260, 6000, 7400, 0.3),
    (260, 5050, 6000, 0.3), (190, 3900, 5050, 0.6), (75, 2900, 3900, 0.35),
)  # fmt: skip
N_ODD, N_COMPACT = 40, 18  # templates typed O, and those of them without normal lines
STRANGE = ("C5,4", "C4,3", "S4/2", "DA", "DAw", "WC7", "N")  # types that are no OBAFGKM


@cache
def library() -> Library:
    """About 1,000 invented stars in the manner of ELODIE 3.1 (Prugniel+ 2007); always the same."""
    rng = np.random.default_rng(1007)
    ordinary, odd = _ordinary_templates(rng), _odd_templates(rng)
    header = pd.concat([ordinary, odd], ignore_index=True)
    look = _look(*(header[name].to_numpy() for name in PARAMETERS))
    bv = sequences.johnson_bv(header["elodieTEff"].to_numpy())
    header["elodieBV"] = (bv + 0.03 * rng.standard_normal(len(header))).round(3)
    header["elodieObject"] = _object_names(rng, len(header))
    columns = ["elodieObject", "elodieSpType", *ELODIE]
    return Library(header[columns], look, np.arange(len(ordinary), len(header)))


def _ordinary_templates(rng: Random) -> pd.DataFrame:
    """Templates whose headers say what their spectra show, types scattering as published ones do.

    A type is the temperature's, give or take over a subtype. Metal-poor F and G dwarfs are often
    typed sd. As the study found, hardly a G is above 6,000 K and no M above 4,000 K.
    """
    teff = np.concatenate([rng.uniform(low, high, count) for count, low, high, _ in GROUPS])
    evolved = np.concatenate([rng.random(count) < share for count, _, _, share in GROUPS])
    n = teff.size
    giant = evolved & (teff < 5300)
    logg = np.where(evolved, rng.uniform(3.2, 3.9, n), sequences.main_sequence_logg(teff))
    logg = np.where(giant, np.interp(teff, *RGB), logg) + 0.15 * rng.standard_normal(n)
    poor = (rng.random(n) < 0.3) & (teff > 4000) & (teff < 7000)
    feh = np.where(poor, rng.normal(-1.5, 0.5, n), rng.normal(-0.2, 0.25, n)).clip(-3, 0.5)
    code = sequences.spectral_code(teff, giant)
    code += np.where(code > 58, 0.8, 1.3) * rng.standard_normal(n)
    code = np.where((teff > 6000) & (code >= 40) & (rng.random(n) < 0.97), 39, code)
    code = np.where((teff > 4000) & (code >= 60), 57, code).clip(11, 69)
    subdwarf = poor & (feh < -1) & (code > 30) & (code < 47) & (rng.random(n) < 0.62)
    classes = np.where(
        evolved,
        rng.choice(["III", "III", "III", "IIIb", "IV", "II", "Ib"], n),
        np.where(
            code < 30,
            rng.choice(["V", "Va", "Vn", "V+...", "p"], n),
            rng.choice(["V", "V", "V", "V", "IV-V", "", "Vvar"], n),
        ),
    ).astype(object)
    types = np.where(subdwarf, "sd" + _type_names(code), _type_names(code) + classes)
    strange = rng.choice(n, 2 * len(STRANGE), replace=False)
    types[strange] = np.repeat(np.array(STRANGE, dtype=object), 2)
    # SDSS's F stars are hotter than the library's values of them, as the classes' numbers say.
    warm = 1 + np.interp(teff, (4800, 5400, 6100, 7200), (0, 0.036, 0.050, 0))
    return _templates(types, (teff, logg, feh), (teff * warm, logg, feh))


def _odd_templates(rng: Random) -> pd.DataFrame:
    """The templates typed O: 6,550-9,900 K by their headers, as found in SDSS.

    Their types are wrong. Most look as their headers say, metal-poor: stars of the halo, of which
    the library has else few. The others have broad lines or none, as white dwarfs and noise do.
    """
    types = rng.choice(["O7V", "O8", "O9III", "O9.5V", "O6e", "O7.5Iaf", "O9V+..."], N_ODD)
    teff = rng.uniform(6550, 9900, N_ODD)
    logg, feh = rng.uniform(2.8, 4.4, N_ODD), rng.normal(-1.3, 0.5, N_ODD)
    compact = np.arange(N_ODD) < N_COMPACT
    hot = np.exp(rng.uniform(np.log(8500), np.log(40000), N_ODD))
    look = (
        np.where(compact, hot, teff),
        np.where(compact, rng.uniform(6.0, 8.2, N_ODD), logg),
        np.where(compact, 0.0, feh),
    )
    return _templates(types, (teff, logg, feh), look)


def _templates(types: Strings, header: tuple[Array, ...], look: tuple[Array, ...]) -> pd.DataFrame:
    """One row a template: its type and T_eff, log g, [Fe/H] by the header and by its looks."""
    columns = {"elodieSpType": types, "elodieTEff": header[0].round(0)}
    columns |= {"elodieLogG": header[1].round(2), "elodieFeH": header[2].round(2)}
    return pd.DataFrame(columns | dict(zip(PARAMETERS, look, strict=True)))


def _type_names(code: Array) -> Strings:
    """Letter and subtype, such as K0, of numeric spectral types (O5 = 5, A0 = 20, L9 = 79)."""
    names = [f"{letter}{k}" for letter in "OBAFGKML" for k in range(10)]
    return np.asarray(np.array(names, dtype=object)[np.floor(code).astype(int)])


def _object_names(rng: Random, n: int) -> Strings:
    """Names in the style of ELODIE's objects; invented."""
    numbers = rng.choice(np.arange(1000, 250_000), n, replace=False)
    styles = ("HD{0:06d}", "BD+{1:02d}{2:04d}", "G_{1}-{2}")
    style = rng.choice(styles, n, p=[0.85, 0.1, 0.05])
    return np.array(
        [s.format(k, k % 89, k % 4999) for s, k in zip(style, numbers, strict=True)], dtype=object
    )


def _look(teff: Array, logg: Array, feh: Array) -> Array:
    """Where a spectrum lies for the fit: T_eff, log g and [Fe/H] in units of the fit's accuracy.

    2 % in T_eff, 0.4 dex in log g and 0.4 dex in [Fe/H] at moderate S/N.
    """
    return np.stack([np.log(teff) / 0.02, logg / 0.4, feh / 0.4], axis=1)


def match(rng: Random, stars: pd.DataFrame, spectra: pd.DataFrame) -> Ints:
    """Row of the library star that fits each spectrum best, shape (n_spectra,).

    `stars` and `spectra` have a row a spectrum.
    """
    shelf = library()
    looks = _look(*(stars[name].to_numpy() for name in PARAMETERS))
    noise = np.hypot(1.0, 8 / spectra["sn"].to_numpy())[:, None] * np.array([0.8, 0.7, 0.7])
    _, best = cKDTree(shelf.look).query(looks + noise * rng.standard_normal(looks.shape))
    # A poor spectrum is matched at random: by the odd, line-less templates, by cool ones, by any.
    cool = np.flatnonzero(shelf.header["elodieTEff"] < 4000)
    shelves = (shelf.odd, cool, np.arange(len(shelf.header)))
    poor = np.flatnonzero(spectra["poor"])
    which = rng.choice(len(shelves), poor.size, p=(0.43, 0.48, 0.09))
    best[poor] = np.choose(which, [rng.choice(one, poor.size) for one in shelves])
    return np.asarray(best)


def fit_elodie(
    rng: Random, stars: pd.DataFrame, spectra: pd.DataFrame, elodie: str
) -> pd.DataFrame:
    """The elodie columns: the best template's header, copied; zeros and blanks without a fit.

    With `elodie="measured"` the parameters are measured on the star itself instead, with errors of
    120 K, 0.2 dex and 0.2 dex; only the type and the name still come from the template.
    """
    sn = spectra["sn"].to_numpy()
    table = library().header.iloc[match(rng, stars, spectra)].reset_index(drop=True)
    if elodie == "measured":
        n = len(stars)
        teff = stars["teff"].to_numpy() * np.exp(0.02 * rng.standard_normal(n))
        table["elodieTEff"] = teff.round(0)
        table["elodieLogG"] = (stars["logg"] + 0.2 * rng.standard_normal(n)).round(2)
        table["elodieFeH"] = (stars["feh"] + 0.2 * rng.standard_normal(n)).round(2)
        bv = sequences.johnson_bv(teff) + 0.03 * rng.standard_normal(n)
        table["elodieBV"] = bv.round(3)
    table["elodieRChi2"] = 1 + 0.1 * rng.gamma(2, 1, sn.size) + (sn / 60) ** 2
    late = stars["teff"].to_numpy() < 2950
    absent = np.select([late, spectra["boss"].to_numpy()], [0.8, 0.4], 0.02)
    none = rng.random(sn.size) < absent
    table.loc[none, ["elodieObject", "elodieSpType"]] = ""
    table.loc[none, [*ELODIE, "elodieRChi2"]] = 0.0
    return table


# ------------------------------------------------------------------------------ SSPP


def fit_sspp(rng: Random, stars: pd.DataFrame, spectra: pd.DataFrame) -> pd.DataFrame:
    """The spp columns: parameters as SSPP measures them, where it does (Lee+ 2008, AJ 136, 2022).

    About 4,000-10,000 K, S/N > 10, not on BOSS plates. External errors 117 K, 0.26 dex, 0.22 dex
    at high S/N, more for noisy, hot and metal-poor stars.
    """
    n = len(stars)
    teff, logg, feh = (stars[name].to_numpy() for name in PARAMETERS)
    sn, kind = spectra["sn"].to_numpy(), stars["kind"].to_numpy()
    compact = of_kind(
        kind,
        "white dwarf",
        "helium white dwarf",
        "hot subdwarf",
        "cataclysmic",
        "white dwarf + M dwarf",
    )
    typed = (
        ~(compact | of_kind(kind, "carbon") | spectra["boss"].to_numpy())
        & (sn > 10)
        & (teff < 10000)
    )
    hard = np.hypot(1, 15 / sn) * np.where(teff > 7500, 1.7, 1) * np.where(feh < -2, 1.4, 1)
    table: dict[str, Array | Strings] = {}
    given = typed & (teff > 4000)
    for column, truth, error, formal in (
        ("sppTeff", teff, 117, 55), ("sppLogG", logg, 0.26, 0.15), ("sppFeH", feh, 0.22, 0.06)
    ):  # fmt: skip
        value = truth + error * hard * rng.standard_normal(n)
        uncertainty = formal * hard * np.exp(0.3 * rng.standard_normal(n))
        table[column] = np.where(given, value, MISSING)
        table[f"{column}Unc"] = np.where(given, uncertainty, MISSING)
    table["sppSNR"] = np.where(typed, sn * np.exp(0.05 * rng.standard_normal(n)), MISSING)
    # 'n' is normal; g and G: a colour or a G band that does not fit (Lee+ 2008).
    flag = rng.choice(["nnnnn", "nnngn", "nnnGn"], n, p=[0.92, 0.05, 0.03])
    table["sppFlag"] = np.where(typed, flag, "").astype(object)
    table["sppHammerType"] = np.where(typed, _hammer(rng, teff, logg, feh, sn), "")
    return pd.DataFrame(table)


def _hammer(rng: Random, teff: Array, logg: Array, feh: Array, sn: Array) -> Strings:
    """SPECTYPEHAMMER: the type by line indices (Covey+ 2007), F0-M9 and L; a subtype's scatter."""
    n = teff.size
    noise = np.hypot(1, 10 / sn) * rng.standard_normal(n)
    code = (sequences.spectral_code(teff, logg < 3.5) + noise).clip(30, 79)
    late = (code >= 50) & (code < 70)
    poor, dwarf = late & (feh < -1), late & (logg > 4.3) & (rng.random(n) < 0.1)
    prefix = np.where(poor, "sd", np.where(dwarf, "d", "")).astype(object)
    return np.where(code >= 70, "L", prefix + _type_names(code))
