"""What SDSS's camera measures of simulated stars."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stellar import BANDS
from stellar.survey.catalogue import MISSING
from stellar.survey.simulated import sequences
from stellar.survey.simulated.stars import Array, Random, of_kind

METALLICITY_SHIFT = 0.02  # of the temperature that the colours show, per dex of [Fe/H]
INTRINSIC = (0.2, 0.3, 0.3, 0.3)  # part of the locus's scatter that is the stars' own
ASINH = 2.5 / np.log(10)  # magnitudes per unit of asinh: Lupton, Gunn & Szalay (1999)


# ------------------------------------------------------------------------------ photometry


def true_colours(rng: Random, stars: pd.DataFrame) -> Array:
    """Intrinsic u-g, g-r, r-i, i-z of each star, shape (n, 4), with intrinsic scatter."""
    teff, feh, kind = (stars[name].to_numpy() for name in ("teff", "feh", "kind"))
    hot = teff > 7220
    # Metal-poor stars have the colours of somewhat hotter stars of the locus.
    shift = np.where(teff < 4300, 0, np.clip(feh, -2.0, 0.3) + 0.5)
    colours = sequences.star_colours(teff * (1 - METALLICITY_SHIFT * shift))
    # Metal-poor stars are bluer in u-g and redder in r-i and i-z than the locus, whose stars have
    # [Fe/H] about -0.5 by u-g, -0.9 by r-i.
    poor = np.clip(feh, -1.9, 0.3)[:, None] + np.array([0.6, 0.5, 0.9, 0.6])
    poor[(teff > 6700) | (teff < 4000)] = 0
    colours += poor * sequences.metallicity_slopes(colours[:, 1])
    dwarf = of_kind(kind, "white dwarf", "cataclysmic")
    colours[dwarf] = sequences.white_dwarf_colours(teff[dwarf])
    helium = of_kind(kind, "helium white dwarf")
    colours[helium] = sequences.helium_dwarf_colours(teff[helium])
    branch = of_kind(kind, "horizontal branch")
    colours[branch] = sequences.horizontal_branch_colours(teff[branch])
    subdwarf = of_kind(kind, "hot subdwarf")
    colours[subdwarf] = sequences.hot_subdwarf_colours(teff[subdwarf])
    binary = of_kind(kind, "white dwarf + M dwarf")
    colours[binary] = _add_white_dwarf(rng, teff[binary])
    # Carbon stars: about the middle of those that SDSS found (Downes+ 2004, AJ 127, 2838).
    carbon = of_kind(kind, "carbon")
    colours[carbon] = [2.4, 1.45, 0.48, 0.18]
    scatter = sequences.locus_scatter(sequences.dwarf_gi(teff))
    # The locus's scatter is mostly of [Fe/H], above, and of the measurement, still to come.
    scatter *= INTRINSIC
    scatter[hot] = [0.08, 0.03, 0.03, 0.03]
    scatter[carbon] = [0.5, 0.2, 0.1, 0.1]
    scatter[of_kind(kind, "cataclysmic")] = [0.25, 0.2, 0.2, 0.2]
    return colours + scatter * rng.standard_normal(colours.shape)


def _add_white_dwarf(rng: Random, teff: Array) -> Array:
    """Colours of an M dwarf of a temperature (K) with a white dwarf companion; shape (n, 4)."""
    companion = np.exp(rng.normal(np.log(14000), 0.35, teff.size)).clip(7000, 60000)
    cool, hot = sequences.star_colours(teff), sequences.white_dwarf_colours(companion)
    fluxes = [
        10 ** (-0.4 * (_magnitudes(np.zeros(teff.size), colours) + absolute[:, None]))
        for colours, absolute in (
            (cool, sequences.absolute_r(
                teff, sequences.main_sequence_logg(teff), sequences.dwarf_mass(teff))),
            (hot, sequences.absolute_r(
                companion, np.full(teff.size, 8.0), np.full(teff.size, 0.6))),
        )
    ]  # fmt: skip
    return -np.diff(-2.5 * np.log10(fluxes[0] + fluxes[1]), axis=1)


def _magnitudes(r: Array, colours: Array) -> Array:
    """Magnitudes ugriz, shape (n, 5), from r and the colours u-g, g-r, r-i, i-z."""
    ug, gr, ri, iz = colours.T
    return np.stack([r + gr + ug, r + gr, r, r - ri, r - ri - iz], axis=1)


def photograph(rng: Random, stars: pd.DataFrame) -> pd.DataFrame:
    """Measured magnitudes, their errors and the map's extinctions, as PhotoObj gives them.

    Fluxes get noise; magnitudes are SDSS's asinh magnitudes. Calibration scatters by 0.8 % (1.5 %
    in u), about as in Padmanabhan+ (2008), which the errors given do not contain.

    4 % of the stars have one band wrong by some 0.6 mag (saturated, blended, moving), as real stars
    far from the locus show: 3 % of SEGUE's stars, a fifth of 70 F and G stars (docs/simulation.md).
    """
    n = len(stars)
    true = _magnitudes(stars["r"].to_numpy(), true_colours(rng, stars))
    true += stars["ebv"].to_numpy()[:, None] * sequences.EXTINCTION
    true += np.array([0.015, 0.008, 0.008, 0.008, 0.008]) * rng.standard_normal(true.shape)
    wrong = np.flatnonzero(rng.random(n) < 0.04)
    true[wrong, rng.integers(0, 5, wrong.size)] += rng.normal(0, 0.6, wrong.size)
    columns: dict[str, Array] = {}
    errors: dict[str, Array] = {}
    lost = np.where(rng.random(n) < 0.002, rng.integers(0, 5, n), -1)
    for place, band in enumerate(BANDS):
        magnitude, error = _measure(rng, true[:, place], band)
        columns[band] = np.where(lost == place, MISSING, magnitude)
        errors[f"err_{band}"] = np.where(lost == place, MISSING, error)
    extinction = stars["sfd"].to_numpy()[:, None] * sequences.EXTINCTION
    columns |= errors
    columns |= {f"extinction_{band}": extinction[:, k] for k, band in enumerate(BANDS)}
    table = pd.DataFrame(columns)
    table[rng.random(n) < 0.005] = MISSING  # spectra without a photometric object
    return table


def _measure(rng: Random, magnitude: Array, band: str) -> tuple[Array, Array]:
    """Asinh magnitude and its error of stars of true magnitudes in a band."""
    deepest = sequences.ERRORS["mag"][-1]  # beyond it the sky's noise alone: a constant in flux
    limited = np.minimum(magnitude, deepest)
    noise = sequences.magnitude_error(limited, band) / ASINH * 10 ** (-0.4 * limited)
    flux = 10 ** (-0.4 * magnitude) + noise * rng.standard_normal(magnitude.size)
    soft = 2 * sequences.SOFTENING[BANDS.index(band)]
    measured = -ASINH * (np.arcsinh(flux / soft) + np.log(soft / 2))
    error = ASINH * noise / np.hypot(soft, flux) * np.exp(0.1 * rng.standard_normal(flux.size))
    return measured, error
