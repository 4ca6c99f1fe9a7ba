"""Published sequences of stars: the numbers that the simulated survey is built from.

Each table is a read-only numpy array with named columns and its source beside it; each function
interpolates in one. Temperatures are in K, colours and magnitudes in SDSS (AB) magnitudes unless
a name says Johnson, radii and masses in solar units.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
COLOURS = ("ug", "gr", "ri", "iz")


def _table(names: str, rows: list[tuple[float, ...]]) -> NDArray[np.void]:
    """A read-only structured array of floats, sorted by its first column."""
    table = np.array(sorted(rows), dtype=[(name, np.float64) for name in names.split()])
    table.flags.writeable = False
    return table


def _interpolate(table: NDArray[np.void], x: Array, column: str) -> Array:
    """Linear interpolation of a column against the table's first one; constant outside."""
    first = table.dtype.names[0]  # type: ignore[index]
    return np.asarray(np.interp(x, table[first], table[column]))


# Main sequence: Pecaut & Mamajek (2013, ApJS 208, 9) with E. Mamajek's updates (version
# 2024.05.15; giants and brown dwarfs of the table left out). `code` counts spectral types:
# O5 = 5, B0 = 10, A0 = 20, ... T2 = 82. `gi` is the g-i at which the locus of Covey+ (2007) has
# this table's g-r (F0-K7) or r-i (M0-M6). From L5 on M_V is M_J plus the V-J of L2.
DWARFS = _table(
    "teff code M_V BV radius mass",
    [
        (41400, 5, -5.35, -0.323, 11.45, 43.0), (35100, 8, -4.50, -0.315, 8.47, 23.6),
        (31400, 10, -3.90, -0.301, 7.16, 17.7), (20600, 12, -1.80, -0.215, 4.06, 7.3),
        (15700, 15, -0.85, -0.156, 3.36, 4.7), (12300, 18, 0.00, -0.109, 2.86, 3.38),
        (10700, 19, 0.50, -0.070, 2.49, 2.75), (9700, 20, 0.99, 0.000, 2.193, 2.33),
        (8840, 22, 1.35, 0.070, 2.117, 2.06), (8100, 25, 2.01, 0.160, 1.785, 1.86),
        (7220, 30, 2.57, 0.295, 1.728, 1.60), (6820, 32, 2.97, 0.370, 1.622, 1.43),
        (6550, 35, 3.37, 0.440, 1.473, 1.32), (6180, 38, 4.05, 0.530, 1.221, 1.16),
        (5930, 40, 4.48, 0.595, 1.100, 1.07), (5770, 42, 4.80, 0.650, 1.012, 1.00),
        (5660, 45, 4.98, 0.680, 0.977, 0.98), (5480, 48, 5.30, 0.730, 0.914, 0.93),
        (5290, 50, 5.78, 0.816, 0.813, 0.86), (5100, 52, 6.07, 0.884, 0.783, 0.82),
        (4600, 54, 6.99, 1.090, 0.710, 0.72), (4440, 55, 7.28, 1.150, 0.701, 0.70),
        (4090, 57, 8.20, 1.340, 0.630, 0.64), (3850, 60, 8.80, 1.420, 0.588, 0.585),
        (3660, 61, 9.64, 1.485, 0.501, 0.51), (3560, 62, 10.21, 1.505, 0.446, 0.45),
        (3430, 63, 11.15, 1.530, 0.361, 0.36), (3210, 64, 12.61, 1.650, 0.274, 0.24),
        (3060, 65, 14.15, 1.830, 0.196, 0.155), (2810, 66, 16.32, 2.010, 0.137, 0.105),
        (2680, 67, 17.70, 2.120, 0.120, 0.090), (2570, 68, 18.60, 2.150, 0.114, 0.086),
        (2380, 69, 19.40, 2.170, 0.102, 0.079), (2270, 70, 20.00, 2.170, 0.102, 0.077),
        (2060, 72, 20.90, 2.170, 0.097, 0.075), (1710, 75, 22.70, 2.170, 0.091, 0.065),
        (1420, 78, 23.90, 2.170, 0.088, 0.060), (1220, 82, 24.00, 2.170, 0.100, 0.050),
    ],
)  # fmt: skip

# Giants (luminosity class III): type against temperature, van Belle+ (1999, AJ 117, 521) and
# Alonso+ (1999, A&AS 140, 261), to about 50 K.
GIANTS = _table(
    "teff code",
    [
        (7150, 30), (6470, 35), (5850, 40), (5150, 45), (4960, 48), (4810, 50), (4500, 52),
        (3980, 55), (3850, 60), (3700, 62), (3550, 64), (3300, 66), (3100, 68),
    ],
)  # fmt: skip

# g-i of dwarfs against temperature: see `DWARFS`; below 2,810 K from the i-band colours of M6-L0.
LOCUS_TEFF = _table(
    "teff gi",
    [
        (7220, 0.10), (6820, 0.17), (6550, 0.30), (6180, 0.46), (5930, 0.54), (5770, 0.63),
        (5660, 0.68), (5480, 0.77), (5290, 0.88), (5100, 0.98), (4600, 1.32), (4440, 1.42),
        (4090, 1.72), (3850, 2.04), (3660, 2.23), (3560, 2.38), (3430, 2.64), (3210, 2.95),
        (3060, 3.30), (2810, 3.60), (2270, 4.24), (1400, 4.60),
    ],
)  # fmt: skip

# The stellar locus: Covey+ (2007, AJ 134, 2398, table 1), medians and dispersions of 311,523 SDSS
# stars against g-i, thinned to the bins that linear interpolation needs (0.02 mag; u-g 0.06).
LOCUS = _table(
    "gi ug gr ri iz s_ug s_gr s_ri s_iz",
    [
        (0.10, 1.05, 0.09, 0.02, -0.03, 0.10, 0.04, 0.02, 0.04),
        (0.20, 1.06, 0.18, 0.03, -0.02, 0.10, 0.03, 0.03, 0.04),
        (0.38, 1.08, 0.29, 0.09, 0.01, 0.07, 0.03, 0.03, 0.04),
        (0.52, 1.15, 0.38, 0.14, 0.03, 0.08, 0.02, 0.02, 0.03),
        (0.66, 1.34, 0.48, 0.17, 0.05, 0.12, 0.02, 0.02, 0.03),
        (0.82, 1.60, 0.60, 0.22, 0.09, 0.13, 0.02, 0.03, 0.04),
        (1.02, 1.93, 0.74, 0.28, 0.13, 0.13, 0.03, 0.02, 0.04),
        (1.22, 2.19, 0.89, 0.33, 0.16, 0.12, 0.03, 0.03, 0.04),
        (1.42, 2.40, 1.03, 0.39, 0.20, 0.11, 0.03, 0.03, 0.04),
        (1.66, 2.56, 1.18, 0.47, 0.25, 0.10, 0.03, 0.03, 0.04),
        (1.94, 2.62, 1.33, 0.61, 0.33, 0.11, 0.03, 0.03, 0.04),
        (2.18, 2.61, 1.40, 0.77, 0.42, 0.13, 0.04, 0.04, 0.04),
        (2.76, 2.61, 1.42, 1.33, 0.70, 0.26, 0.05, 0.05, 0.04),
        (3.32, 2.63, 1.54, 1.77, 0.95, 0.56, 0.05, 0.05, 0.05),
        (3.60, 2.47, 1.59, 2.01, 1.08, 0.56, 0.04, 0.04, 0.05),
        (4.24, 2.09, 1.66, 2.54, 1.39, 0.95, 0.12, 0.10, 0.10),
    ],
)  # fmt: skip

# Change of the colours of F, G and K stars per dex of [Fe/H] at a given temperature, such that at a
# given g-r simulated stars have the slopes of SDSS stars with SSPP values (docs/simulation.md).
METALLICITY = _table(
    "g_r ug gr ri iz",
    [
        (0.28, 0.17, 0.006, -0.012, -0.013), (0.35, 0.23, 0.008, -0.016, -0.016),
        (0.45, 0.31, 0.012, -0.026, -0.022), (0.55, 0.36, 0.016, -0.036, -0.028),
        (0.65, 0.25, 0.016, -0.034, -0.028), (0.80, 0.15, 0.016, -0.032, -0.028),
        (0.95, 0.03, 0.010, -0.020, -0.020),
    ],
)  # fmt: skip

# Hot stars near log g = 4, beyond the blue end of the locus: medians of SDSS's own stellar
# archetypes for A, B and O, joined to the locus at F0; g-r of A0-A5 as in Pecaut & Mamajek.
HOT = _table(
    "teff ug gr ri iz",
    [
        (7220, 1.05, 0.09, 0.02, -0.03), (8100, 1.07, -0.05, -0.08, -0.08),
        (9000, 0.99, -0.13, -0.14, -0.12), (9700, 0.90, -0.22, -0.20, -0.16),
        (12300, 0.50, -0.31, -0.23, -0.20), (17000, 0.10, -0.38, -0.25, -0.23),
        (35000, -0.41, -0.55, -0.38, -0.36),
    ],
)  # fmt: skip

# Blue horizontal branch, dereddened: u-g and g-r are medians of real stars, a half of the table of
# Barbosa+ (2022); r-i and i-z those of SDSS's A archetypes at the same g-r.
HORIZONTAL_BRANCH = _table(
    "teff ug gr ri iz",
    [
        (7000, 1.14, 0.08, 0.01, -0.03), (7750, 1.18, -0.05, -0.08, -0.08),
        (8250, 1.20, -0.15, -0.14, -0.12), (8750, 1.12, -0.22, -0.19, -0.15),
        (9250, 1.03, -0.26, -0.21, -0.17), (10500, 0.78, -0.29, -0.23, -0.19),
        (12300, 0.50, -0.32, -0.24, -0.21),
    ],
)  # fmt: skip

# White dwarfs with hydrogen and with helium atmospheres, and hot subdwarfs: medians of real ones, a
# half of the Montreal White Dwarf Database and of Culpan+ (2022), smoothed, less the reddening that
# the simulated ones have (0.02 mag in g-r).
WHITE_DWARFS = _table(
    "teff ug gr ri iz",
    [
        (6000, 0.68, 0.30, 0.10, -0.00), (7000, 0.52, 0.15, 0.02, -0.06),
        (7500, 0.46, 0.10, -0.01, -0.08), (8500, 0.40, -0.01, -0.07, -0.13),
        (9500, 0.40, -0.08, -0.12, -0.17), (10500, 0.40, -0.14, -0.16, -0.21),
        (11500, 0.39, -0.20, -0.20, -0.24), (13000, 0.34, -0.26, -0.23, -0.26),
        (15000, 0.24, -0.32, -0.27, -0.28), (17000, 0.15, -0.36, -0.29, -0.29),
        (19000, 0.07, -0.38, -0.30, -0.30), (21000, -0.02, -0.41, -0.31, -0.31),
        (23800, -0.09, -0.43, -0.33, -0.32), (27000, -0.19, -0.47, -0.35, -0.33),
        (31000, -0.28, -0.49, -0.37, -0.35), (39000, -0.37, -0.53, -0.39, -0.36),
        (60000, -0.47, -0.57, -0.41, -0.38),
    ],
)  # fmt: skip
HELIUM_DWARFS = _table(
    "teff ug gr ri iz",
    [
        (10500, 0.08, -0.17, -0.18, -0.23), (11500, 0.04, -0.21, -0.21, -0.23),
        (13000, -0.02, -0.28, -0.22, -0.25), (15000, -0.08, -0.32, -0.26, -0.26),
        (17000, -0.10, -0.36, -0.28, -0.30), (21000, -0.12, -0.40, -0.30, -0.30),
        (27000, -0.15, -0.41, -0.32, -0.30), (38000, -0.34, -0.51, -0.37, -0.35),
    ],
)  # fmt: skip
HOT_SUBDWARFS = _table(
    "teff ug gr ri iz",
    [
        (18000, 0.44, -0.34, -0.27, -0.24), (21500, 0.25, -0.39, -0.29, -0.25),
        (24000, 0.12, -0.41, -0.30, -0.26), (26300, -0.08, -0.45, -0.33, -0.28),
        (28800, -0.14, -0.46, -0.33, -0.29), (31300, -0.18, -0.48, -0.33, -0.30),
        (33800, -0.25, -0.48, -0.34, -0.30), (36200, -0.29, -0.47, -0.33, -0.28),
        (38700, -0.31, -0.47, -0.34, -0.29), (42500, -0.35, -0.49, -0.34, -0.30),
        (52000, -0.41, -0.51, -0.35, -0.32), (75000, -0.43, -0.53, -0.37, -0.35),
    ],
)  # fmt: skip

# Median error of a model magnitude against the magnitude: g, r, i, z after SDSS stars (York+ 2000,
# Abazajian+ 2009), r, i and all of u as in the natural mix of real stars (docs/simulation.md).
ERRORS = _table(
    "mag u g r i z",
    [
        (15.0, 0.006, 0.004, 0.004, 0.004, 0.006),
        (17.5, 0.011, 0.005, 0.006, 0.006, 0.017),
        (18.5, 0.017, 0.007, 0.009, 0.011, 0.032),
        (19.5, 0.028, 0.012, 0.016, 0.021, 0.077),
        (20.5, 0.060, 0.024, 0.031, 0.045, 0.174),
        (21.5, 0.120, 0.047, 0.064, 0.097, 0.396),
        (22.5, 0.250, 0.106, 0.150, 0.240, 0.800),
    ],
)

# A_band / E(B-V) of the extinction columns: Schlegel, Finkbeiner & Davis (1998); Stoughton+ (2002).
EXTINCTION: Array = np.array([5.155, 3.793, 2.751, 2.086, 1.479])
EXTINCTION.flags.writeable = False

# Softening of SDSS's asinh magnitudes, bands ugriz: Stoughton+ (2002, AJ 123, 485, table 21).
SOFTENING: Array = np.array([1.4e-10, 0.9e-10, 1.2e-10, 1.8e-10, 7.4e-10])
SOFTENING.flags.writeable = False


def spectral_code(teff: Array, giant: NDArray[np.bool_] | bool = False) -> Array:
    """Spectral type (O5 = 5 ... T2 = 82) of dwarfs, or giants, by temperature in K; shape (n,)."""
    dwarf = _interpolate(DWARFS, teff, "code")
    known = giant & (teff < GIANTS["teff"][-1])
    return np.asarray(np.where(known, _interpolate(GIANTS, teff, "code"), dwarf))


def johnson_bv(teff: Array) -> Array:
    """Johnson B-V (mag) of dwarfs by temperature in K; shape (n,)."""
    return _interpolate(DWARFS, teff, "BV")


def main_sequence_logg(teff: Array) -> Array:
    """Log g (dex, cgs) of dwarfs by temperature in K, shape (n,); the Sun's is 4.438."""
    mass, radius = _interpolate(DWARFS, teff, "mass"), _interpolate(DWARFS, teff, "radius")
    return 4.438 + np.log10(mass / radius**2)


def absolute_r(teff: Array, logg: Array, mass: Array) -> Array:
    """Absolute r magnitude, shape (n,), by temperature (K), log g (dex, cgs) and mass (solar).

    It is the dwarf's of that temperature, scaled by the square of the radius.

    M_V becomes M_r by r = V - 0.42 (B-V) + 0.11 (Jester+ 2005, AJ 130, 873). The radius follows
    from log g and the mass; a dwarf's own log g and mass give back its own M_r.
    """
    dwarf = _interpolate(DWARFS, teff, "M_V") - 0.42 * johnson_bv(teff) + 0.11
    radius = _interpolate(DWARFS, teff, "radius")
    area = mass / 10 ** (logg - 4.438) / radius**2
    return np.asarray(dwarf - 2.5 * np.log10(area))


def dwarf_mass(teff: Array) -> Array:
    """Mass (solar) of dwarfs by temperature in K; shape (n,)."""
    return _interpolate(DWARFS, teff, "mass")


def locus_colours(gi: Array) -> Array:
    """Colours u-g, g-r, r-i, i-z (mag) on the stellar locus by g-i (mag); shape (n, 4)."""
    return np.stack([_interpolate(LOCUS, gi, colour) for colour in COLOURS], axis=1)


def locus_scatter(gi: Array) -> Array:
    """Dispersions (1 sigma) of u-g, g-r, r-i, i-z about the locus; shape (n, 4)."""
    return np.stack([_interpolate(LOCUS, gi, f"s_{colour}") for colour in COLOURS], axis=1)


def dwarf_gi(teff: Array) -> Array:
    """g-i (mag) of dwarfs by temperature in K, up to 7,220 K; shape (n,)."""
    return _interpolate(LOCUS_TEFF, teff, "gi")


def star_colours(teff: Array) -> Array:
    """Colours u-g, g-r, r-i, i-z (mag) by temperature in K, shape (n, 4).

    The locus, and the hot stars beyond it.
    """
    hot = np.stack([_interpolate(HOT, teff, colour) for colour in COLOURS], axis=1)
    return np.where((teff > HOT["teff"][0])[:, None], hot, locus_colours(dwarf_gi(teff)))


def metallicity_slopes(gr: Array) -> Array:
    """Change of u-g, g-r, r-i, i-z (mag) per dex of [Fe/H] by g-r (mag); shape (n, 4)."""
    return np.stack([_interpolate(METALLICITY, gr, colour) for colour in COLOURS], axis=1)


def white_dwarf_colours(teff: Array) -> Array:
    """Colours u-g, g-r, r-i, i-z (mag) of white dwarfs by temperature in K; shape (n, 4)."""
    return np.stack([_interpolate(WHITE_DWARFS, teff, colour) for colour in COLOURS], axis=1)


def horizontal_branch_colours(teff: Array) -> Array:
    """Colours u-g to i-z (mag) of blue horizontal-branch stars by T_eff in K; shape (n, 4)."""
    return np.stack([_interpolate(HORIZONTAL_BRANCH, teff, colour) for colour in COLOURS], axis=1)


def helium_dwarf_colours(teff: Array) -> Array:
    """Colours of white dwarfs with helium atmospheres by temperature in K; shape (n, 4)."""
    return np.stack([_interpolate(HELIUM_DWARFS, teff, colour) for colour in COLOURS], axis=1)


def hot_subdwarf_colours(teff: Array) -> Array:
    """Colours u-g, g-r, r-i, i-z (mag) of hot subdwarfs by temperature in K; shape (n, 4)."""
    return np.stack([_interpolate(HOT_SUBDWARFS, teff, colour) for colour in COLOURS], axis=1)


def magnitude_error(magnitude: Array, band: str) -> Array:
    """Median error (mag) of magnitudes in a band, interpolated in its logarithm; shape (n,)."""
    return np.asarray(np.exp(np.interp(magnitude, ERRORS["mag"], np.log(ERRORS[band]))))
