"""A simulated SDSS survey of stars, shard by shard, in the columns of the catalogue.

Read from top to bottom: stars with physical parameters and places are drawn, then photographed,
then observed with a spectrograph, and the spectra fitted with templates by three pipelines:
SDSS's own (class, subClass), ELODIE's (elodie*) and SSPP (spp*). The ELODIE columns are copied from
the header of the best-fitting library star, as SDSS does: they give the label away.

What is modelled, with which sources and how well: docs/simulation.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from stellar import BANDS, ELODIE, sequences
from stellar.catalogue import MISSING, NAMES
from stellar.errors import UserError

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Strings = NDArray[np.object_]
Random = np.random.Generator

PARAMETERS = ("teff", "logg", "feh")  # of a star's atmosphere: K, dex (cgs), dex
LIGHT = 299_792.458  # km/s
ASINH = 2.5 / np.log(10)  # magnitudes per unit of asinh: Lupton, Gunn & Szalay (1999)

# ------------------------------------------------------------------------------ stars


@dataclass(frozen=True)
class Kind:
    """A kind of SDSS spectroscopic target.

    `share` is the per cent of all targets. `teff` (K) and `r` (mag) are the 0, 16, 50, 84 and
    100 per cent points of a distribution. `logg` (dex) is a mean; None: by the sequence.
    """

    name: str
    share: float
    teff: tuple[float, float, float, float, float]
    r: tuple[float, float, float, float, float]
    logg: float | None = None
    logg_scatter: float = 0.1
    mass: float | None = None


# Kinds as SDSS, SEGUE and BOSS target them (Yanny+ 2009, AJ 137, 4377, for SEGUE; standards and
# failed quasars in the rest); the shares are set so that the class mix comes out as the study's,
# that of white dwarf + M dwarf pairs so that the rows SDSS calls M have the colours of real ones.
BRIGHT = (13.5, 15.4, 16.8, 18.1, 20.0)
FAINT = (14.5, 17.2, 18.8, 19.9, 21.0)
KINDS = (
    Kind("turnoff", 13.3, (5300, 5850, 6150, 6450, 7300), BRIGHT),
    Kind("G dwarf", 23.5, (4950, 5300, 5600, 5850, 6050), BRIGHT),
    Kind("K dwarf", 10.3, (3900, 4120, 4500, 5000, 5300), BRIGHT),
    Kind("M dwarf", 15.5, (2500, 3300, 3730, 3930, 4060), FAINT),
    Kind("subgiant", 6.5, (4900, 5200, 5550, 5850, 6200), BRIGHT, 3.7, 0.15, 1.0),
    Kind("giant", 10.3, (3750, 4250, 4750, 5050, 5300), BRIGHT, None, 0.2, 0.9),
    Kind("A dwarf", 1.4, (6700, 6950, 7350, 8200, 10000), BRIGHT),
    Kind("horizontal branch", 2.1, (7000, 7500, 8300, 9450, 12600), BRIGHT, 3.2, 0.15, 0.6),
    Kind("white dwarf", 8.4, (7500, 12500, 18500, 27000, 60000), FAINT, 8.0, 0.2, 0.6),
    Kind("hot subdwarf", 0.9, (21000, 26000, 30000, 37000, 50000), BRIGHT, 5.6, 0.2, 0.47),
    Kind("cataclysmic", 0.6, (9000, 12000, 18000, 25000, 35000), FAINT, 8.0, 0.3, 0.8),
    Kind("white dwarf + M dwarf", 6.5, (2800, 3100, 3300, 3500, 3800), FAINT),
    Kind("carbon", 0.4, (3100, 3400, 3800, 4400, 5000), BRIGHT, None, 0.3, 0.9),
    Kind("L/T dwarf", 0.3, (1220, 1700, 2050, 2250, 2350), (17.5, 19.5, 20.3, 20.9, 21.5)),
)

BOSS_DEPTH = 2.0  # mag by which BOSS's targets are fainter (York+ 2000, Dawson+ 2013)

# Red-giant branch: log g against T_eff of old giants, after the 10 Gyr, [Fe/H] = -0.5 isochrone of
# Bressan+ (2012, MNRAS 427, 127), rounded to 0.1 dex.
RGB = ((3700.0, 4100.0, 4500.0, 4800.0, 5100.0, 5400.0), (0.6, 1.2, 2.0, 2.6, 3.2, 3.5))

# Populations: thin disc, thick disc, halo. Densities, scale heights and lengths (pc): Juric+ (2008,
# ApJ 673, 864). [Fe/H] mean and scatter: Ivezic+ (2008, ApJ 684, 287), Carollo+ (2010). Lag behind
# the local standard of rest and velocity dispersions U, V, W (km/s): Bensby+ (2003), Bond+ (2010).
DISC = ((1.0, 300.0, 2600.0), (0.12, 900.0, 3600.0))
HALO = (0.0051, 0.64, 2.77)  # local fraction, axis ratio, slope
SUN_RADIUS = 8000.0  # pc
FEH = ((-0.15, 0.2), (-0.6, 0.25), (-1.6, 0.45))
LAG = (-15.0, -46.0, -220.0)
DISPERSION = ((35.0, 20.0, 16.0), (67.0, 38.0, 35.0), (141.0, 85.0, 85.0))
SUN = (11.1, 12.24, 7.25)  # km/s: Schoenrich, Binney & Dehnen (2010)

# Equatorial (J2000) to Galactic axes: Hipparcos catalogue (ESA 1997), vol. 1, eq. 1.5.11.
GALACTIC: Array = np.array(
    [
        [-0.0548755604, -0.8734370902, -0.4838350155],
        [+0.4941094279, -0.4448296300, +0.7469822445],
        [-0.8676661490, -0.1980763734, +0.4559837762],
    ]
)


def _quantiles(rng: Random, kind: Ints, field: str) -> Array:
    """Draw each star's value from the five quantiles that its kind has in a field."""
    points = np.array([getattr(one, field) for one in KINDS], dtype=float)
    u = rng.random(kind.size)
    levels = np.array([0.0, 0.16, 0.5, 0.84, 1.0])
    piece = np.searchsorted(levels, u, side="right") - 1
    part = (u - levels[piece]) / (levels[piece + 1] - levels[piece])
    low, high = points[kind, piece], points[kind, piece + 1]
    return np.asarray(low + part * (high - low))


def _is(kind: Ints | pd.Series[int], *names: str) -> Flags:
    """Which stars are of the named kinds."""
    return np.array([one.name in names for one in KINDS])[kind]


def _unit(longitude: Array, latitude: Array) -> Array:
    """Unit vectors, shape (3, n), of spherical coordinates in degrees."""
    lon, lat = np.radians(longitude), np.radians(latitude)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _angles(vector: Array) -> tuple[Array, Array]:
    """Spherical coordinates (deg) of unit vectors of shape (3, n)."""
    longitude = np.degrees(np.arctan2(vector[1], vector[0])) % 360
    return longitude, np.degrees(np.arcsin(np.clip(vector[2], -1, 1)))


def _draw_fields(rng: Random, n: int) -> tuple[Array, Array]:
    """Centres (ra, dec in deg) of n plates: the northern cap, Stripe 82 and SEGUE's low fields.

    The footprint of York+ (2000) and Yanny+ (2009), much simplified.
    """
    u, v, part = rng.random(n), rng.random(n), rng.random(n)
    sin_dec = np.sin(np.radians(-2)) + v * (np.sin(np.radians(62)) - np.sin(np.radians(-2)))
    cap = 120 + 125 * u, np.degrees(np.arcsin(sin_dec))
    stripe = (-50 + 109 * u) % 360, -1.25 + 2.5 * v
    side = np.where(rng.random(n) < 0.5, -1, 1)
    low = _angles(GALACTIC.T @ _unit(50 + 160 * u, side * (10 + 25 * v)))
    choose = [part < 0.75, part < 0.87]
    return (
        np.select(choose, [cap[0], stripe[0]], low[0]),
        np.select(choose, [cap[1], stripe[1]], low[1]),
    )


def _place(rng: Random, ra: Array, dec: Array) -> tuple[Array, Array]:
    """Positions (deg) uniform in the 1.49 degree radius round each plate centre."""
    radius = 1.49 * np.sqrt(rng.random(ra.size))
    angle = 2 * np.pi * rng.random(ra.size)
    star_dec = np.clip(dec + radius * np.sin(angle), -90, 90)
    return (ra + radius * np.cos(angle) / np.cos(np.radians(star_dec))) % 360, star_dec


def _draw_population(rng: Random, distance: Array, sight: Array) -> Ints:
    """0 thin disc, 1 thick disc, 2 halo: by the densities at each star's place (distance in pc)."""
    x, y, z = distance * sight
    radius = np.hypot(SUN_RADIUS - x, y)
    discs = [
        part * np.exp(-np.abs(z) / height - (radius - SUN_RADIUS) / length)
        for part, height, length in DISC
    ]
    part, axis, slope = HALO
    halo = part * (np.sqrt(radius**2 + (z / axis) ** 2) / SUN_RADIUS) ** -slope
    total = np.cumsum([*discs, halo], axis=0)
    return np.asarray((rng.random(distance.size) * total[-1] > total[:2]).sum(axis=0))


def draw_stars(rng: Random, n: int) -> pd.DataFrame:
    """Draw n stars: one row each, with place and physics.

    Columns: field, boss, ra, dec, kind, population, teff (K), logg, feh (dex), r (mag, without
    extinction), distance (pc), ebv (true), sfd (the map's E(B-V)), velocity (km/s, radial).
    """
    boss = rng.random(n) < 0.16  # observed with the BOSS spectrographs: share of such plates
    field = rng.integers(0, max(1, -(-n // PER_PLATE)), n)
    centre_ra, centre_dec = _draw_fields(rng, int(field.max()) + 1)
    ra, dec = _place(rng, centre_ra[field], centre_dec[field])
    sight = GALACTIC @ _unit(ra, dec)
    shares = np.array([kind.share for kind in KINDS])
    kind = rng.choice(len(KINDS), n, p=shares / shares.sum())
    teff = _quantiles(rng, kind, "teff")
    logg = _surface_gravity(rng, kind, teff)
    mass = np.array([kind.mass or np.nan for kind in KINDS])[kind]
    mass = np.where(np.isnan(mass), sequences.dwarf_mass(teff), mass)
    r = _quantiles(rng, kind, "r") + BOSS_DEPTH * boss
    distance = 10 ** ((r - sequences.absolute_r(teff, logg, mass)) / 5 + 1)
    population = _draw_population(rng, distance, sight)
    mean, scatter = np.array(FEH)[population].T
    feh = np.clip(mean + scatter * rng.standard_normal(n), -3.5, 0.5)
    ebv, sfd = _extinction(rng, field, sight, distance)
    drift = np.stack([np.zeros(n), np.array(LAG)[population], np.zeros(n)])
    motion = drift + np.array(DISPERSION)[population].T * rng.standard_normal((3, n))
    velocity = np.sum((motion - np.array(SUN)[:, None]) * sight, axis=0)
    return pd.DataFrame(
        {
            "field": field, "boss": boss, "ra": ra, "dec": dec, "kind": kind,
            "population": population, "teff": teff, "logg": logg, "feh": feh, "r": r,
            "distance": distance, "ebv": ebv, "sfd": sfd, "velocity": velocity,
        }
    )  # fmt: skip


def _surface_gravity(rng: Random, kind: Ints, teff: Array) -> Array:
    """Log g (dex): the kind's mean, the giant branch's or the main sequence's, with scatter."""
    mean = np.array([one.logg or np.nan for one in KINDS])[kind]
    giant = _is(kind, "giant", "carbon")
    mean = np.where(giant, np.interp(teff, *RGB), mean)
    mean = np.where(np.isnan(mean), sequences.main_sequence_logg(teff), mean)
    scatter = np.array([one.logg_scatter for one in KINDS])[kind]
    return mean + scatter * rng.standard_normal(kind.size)


def _extinction(rng: Random, field: Ints, sight: Array, distance: Array) -> tuple[Array, Array]:
    """E(B-V) in front of each star, and what the dust map says for the whole line of sight.

    A slab of dust: 0.03 mag over sin|b| (so 0.04 at |b| = 50 deg), lognormal from field to field
    and star to star, scale height 100 pc; the map errs by 10 % (Schlegel+ 1998: 16 %).
    """
    sin_b = np.maximum(np.abs(sight[2]), 0.15)
    cloud = np.exp(0.4 * rng.standard_normal(int(field.max()) + 1)[field])
    whole = 0.03 / sin_b * cloud * np.exp(0.15 * rng.standard_normal(field.size))
    ebv = whole * (1 - np.exp(-distance * sin_b / 100))
    return ebv, whole * np.clip(1 + 0.1 * rng.standard_normal(field.size), 0.5, 1.5)


# ------------------------------------------------------------------------------ photometry


def true_colours(rng: Random, stars: pd.DataFrame) -> Array:
    """Intrinsic u-g, g-r, r-i, i-z of each star, shape (n, 4), with intrinsic scatter."""
    teff, logg, feh = (stars[name].to_numpy() for name in PARAMETERS)
    kind = stars["kind"].to_numpy()
    colours = sequences.star_colours(teff)
    hot = teff > 7220
    # Metal-poor stars are bluer in u-g and redder in r-i and i-z than the locus, [Fe/H] about -0.5.
    poor = np.where(hot | (teff < 4000), 0, np.clip(feh, -1.9, 0.3) + 0.5)
    colours += poor[:, None] * sequences.metallicity_slopes(colours[:, 1])
    # The Balmer jump grows as log g falls: horizontal-branch stars have u-g 0.1-0.2 mag redder
    # than dwarfs (Yanny+ 2000, ApJ 540, 825).
    colours[:, 0] += np.where((teff > 6900) & (teff < 12000), 0.15 * np.clip(4 - logg, -0.5, 1), 0)
    dwarf = _is(kind, "white dwarf", "cataclysmic")
    colours[dwarf] = sequences.white_dwarf_colours(teff[dwarf])
    binary = _is(kind, "white dwarf + M dwarf")
    colours[binary] = _add_white_dwarf(rng, teff[binary])
    # Carbon stars: about the middle of those that SDSS found (Downes+ 2004, AJ 127, 2838).
    carbon = _is(kind, "carbon")
    colours[carbon] = [2.4, 1.45, 0.48, 0.18]
    scatter = sequences.locus_scatter(sequences.dwarf_gi(teff))
    # The locus's scatter in u-g holds that of [Fe/H], above, and of u's noise, still to come.
    scatter[:, 0] *= 0.6
    scatter[hot] = [0.08, 0.03, 0.03, 0.03]
    scatter[carbon] = [0.5, 0.2, 0.1, 0.1]
    scatter[_is(kind, "cataclysmic")] = [0.25, 0.2, 0.2, 0.2]
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

    Fluxes get noise; magnitudes are SDSS's asinh magnitudes. Calibration scatters by 1 % (2 % in
    u: Padmanabhan+ 2008), which the errors given do not contain.

    4 % of the stars have one band wrong by some 0.6 mag (saturated, blended, moving), as real stars
    far from the locus show: 3 % of SEGUE's stars, 9 % of 301 F and G stars (docs/simulation.md).
    """
    n = len(stars)
    true = _magnitudes(stars["r"].to_numpy(), true_colours(rng, stars))
    true += stars["ebv"].to_numpy()[:, None] * sequences.EXTINCTION
    true += np.array([0.02, 0.01, 0.01, 0.01, 0.01]) * rng.standard_normal(true.shape)
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


# ------------------------------------------------------------------------------ spectra


def take_spectra(rng: Random, stars: pd.DataFrame, star: Ints, shard: int) -> pd.DataFrame:
    """One row a spectrum: plate, mjd, fiberID, run2d, sn, redshift, redshiftErr, zWarning, flags.

    The flags are `boss`, a BOSS spectrum, and `poor`, one whose best template means nothing.
    `star` holds the row of the star each spectrum is of; a star's second spectrum is taken on a
    plate of its own field, on another night.
    """
    boss = stars["boss"].to_numpy()[star]
    again = pd.Series(star).duplicated().to_numpy()
    fields = int(stars["field"].max()) + 1
    visit = stars["field"].to_numpy()[star] + fields * again
    table = _plug(rng, visit, boss, shard)
    # Signal-to-noise ratio per pixel: photons of star and sky (21 mag per square arcsecond in a 3
    # arcsec fibre: 18.9 mag); about 4 at r = 20, 16 at 18 in 45 minutes (York+ 2000). Plates vary.
    exposure = np.exp(0.25 * rng.standard_normal(2 * fields))[visit]
    r = stars["r"].to_numpy() + sequences.EXTINCTION[2] * stars["ebv"].to_numpy()
    flux = 10 ** (-0.4 * (r - 20))[star]
    sn = 7.7 * exposure * flux / np.sqrt(flux + 10 ** (-0.4 * (18.9 - 20)))
    table["sn"] = sn * np.exp(0.1 * rng.standard_normal(star.size))
    sn = table["sn"].to_numpy()
    # Velocity errors: 4 km/s at high S/N (Yanny+ 2009), more for hot stars' broad lines.
    hot = np.clip(stars["teff"].to_numpy()[star] / 6000, 1, 4)
    error = np.hypot(4, 60 / sn) * hot
    velocity = stars["velocity"].to_numpy()[star] + error * rng.standard_normal(star.size)
    table["redshift"] = velocity / LIGHT
    table["redshiftErr"] = error * np.exp(0.2 * rng.standard_normal(star.size)) / LIGHT
    doubt = rng.random(star.size) < 0.01 + 0.5 * np.exp(-sn / 1.5)
    table["zWarning"] = np.where(doubt, rng.choice([4, 16, 32, 1], star.size), 0)
    table["boss"] = boss
    # Noise, sky or a bad flux calibration: with S/N about 3 a third, at high S/N 2.5 %.
    table["poor"] = rng.random(star.size) < 0.025 + 0.8 * np.exp(-sn / 3)
    return table


class Plates(NamedTuple):
    """A spectrograph's plates and nights (MJD): the first and the number of each; and its run2d."""

    first: int
    plates: int
    night: int
    nights: int
    run2d: int


# SDSS-I/II and SEGUE, 2000-2009; BOSS and eBOSS, 2009-2019, with run2d v5_7_2 written as a number.
LEGACY, BOSS = Plates(266, 3_244, 51_578, 3_420, 26), Plates(3510, 12_800, 55_176, 3_420, 5_702)
PER_PLATE = 500  # stars of a field: about 420 on an SDSS plate of 640 fibres, 80 on a BOSS plate
SHARDS = 1_710  # half the nights: a shard may use a plate twice
MOST_STARS = 1_600_000  # two visits to each of 3,244 fields


def _plug(rng: Random, visit: Ints, boss: Flags, shard: int) -> pd.DataFrame:
    """Plates, nights and fibres; no two shards (below 1,710) share a plate on the same night.

    A shard of up to 15,000 stars has 61 plates of its own, until the survey's are used up; then
    plates are observed again, on other nights.
    """
    out = np.empty((4, visit.size), dtype=np.int64)
    for survey, mine in ((LEGACY, ~boss), (BOSS, boss)):
        used, rank = np.unique(visit[mine], return_inverse=True)
        plate = (rank + 61 * shard) % survey.plates
        turn = rank // survey.plates
        mjd = survey.night + (2 * shard + turn + 997 * plate) % survey.nights
        order = np.lexsort((rng.random(rank.size), rank))
        fibre = np.empty(rank.size, dtype=np.int64)
        starts = np.searchsorted(rank[order], np.arange(used.size))
        fibre[order] = np.arange(rank.size) - starts[rank[order]] + 1
        out[:, mine] = survey.first + plate, mjd, fibre, np.full(rank.size, survey.run2d)
    return pd.DataFrame(out.T, columns=["plate", "mjd", "fiberID", "run2d"])


def _spectrum_id(plugged: pd.DataFrame) -> NDArray[np.uint64]:
    """specObjID: plate, fibre, night since 50000 and run2d in one number (SDSS DR18 glossary)."""
    plate, fibre, mjd, run2d = (
        plugged[name].to_numpy().astype(np.uint64) for name in ("plate", "fiberID", "mjd", "run2d")
    )
    night = mjd - np.uint64(50_000)
    return np.asarray((plate << 50) | (fibre << 38) | (night << 24) | (run2d << 10), np.uint64)


def _object_id(n: int, shard: int) -> Ints:
    """ObjID of n photometric objects: sky version 2, rerun 301, run, camcol, field, object."""
    count = np.arange(n)
    run, camcol = 94 + shard, 1 + count % 6
    field, number = 11 + count // 6000, 1 + count // 6 % 1000
    return (2 << 59) | (301 << 48) | (run << 32) | (camcol << 29) | (field << 16) | number


# ------------------------------------------------------------------------------ SDSS's templates

# SDSS's stellar templates, legacy style: the temperature (K) below which each one is the best.
SUBCLASSES = (
    (2280, "L0"), (2450, "M9"), (2600, "M8"), (2720, "M7"), (2900, "M6"), (3080, "M5"),
    (3250, "M4"), (3420, "M3"), (3540, "M2"), (3700, "M1"), (3850, "M0V"), (4330, "M0"),
    (4450, "K7"), (4700, "K5"), (5100, "K3"), (5680, "K1"), (5790, "G5"), (5900, "G2"),
    (6040, "G0"), (6300, "F9"), (6600, "F5"), (6800, "F2"), (9300, "A0"), (9500, "A0p"),
    (11500, "B9"), (18000, "B6"), (24000, "OB"), (np.inf, "O"),
)  # fmt: skip
# BOSS style: templates named after the star they were made from.
BOSS_SUBCLASSES = (
    (2280, "L1"), (2600, "M8"), (2900, "M6"), (3200, "M4.5:III (123657)"), (3400, "M4"),
    (3600, "M2V"), (3750, "M1 (204445)"), (4330, "M0V"), (4500, "K5 (G_19-24)"),
    (5100, "K3V (32147)"), (5680, "K1V... (25329)"), (5790, "G8V (101501)"), (5900, "G4V (32923)"),
    (6040, "G0 (63791)"), (6300, "F8V (G_243-63)"), (6600, "F5Ib... (17463)"),
    (6800, "F2V (33256)"), (7800, "A9V (154660)"), (9300, "A4V (97603)"),
    (11500, "B9.5V+... (37269)"), (16000, "B5 (338529)"), (26000, "B2IV-V (176819)"),
    (np.inf, "O8/O9 (167771)"),
)  # fmt: skip

WHITE_DWARF_SUBCLASSES = ((9000, "WDcooler"), (18000, "WD"), (np.inf, "WDhotter"))


def classify(rng: Random, stars: pd.DataFrame, spectra: pd.DataFrame) -> Strings:
    """subClass: the SDSS template that fits each spectrum best; `stars` has a row a spectrum."""
    teff, kind = stars["teff"].to_numpy(), stars["kind"].to_numpy()
    white, binary = _is(kind, "white dwarf"), _is(kind, "cataclysmic")
    carbon, brown = _is(kind, "carbon"), _is(kind, "L/T dwarf")
    boss = spectra["boss"].to_numpy()
    noise = np.hypot(0.025, 0.15 / spectra["sn"].to_numpy()) * rng.standard_normal(teff.size)
    # The Balmer lines of hot white dwarfs are so broad that O and OB templates fit best; those of
    # hot subdwarfs are strong and narrow, as in B stars: the colours of SDSS's O and B say so.
    like = np.select([white & (teff > 12000), _is(kind, "hot subdwarf")], [2.0, 0.6], 1.0)
    seen = teff * like * np.exp(noise)
    by_temperature = np.where(
        boss, _by_temperature(BOSS_SUBCLASSES, seen), _by_temperature(SUBCLASSES, seen)
    )
    u = rng.random(teff.size)
    choices: tuple[tuple[Flags, Strings | str], ...] = (
        (white & (u < 0.2), _by_temperature(WHITE_DWARF_SUBCLASSES, teff)),
        (white & (u > 0.995), "CarbonWD"),
        (white & (u > 0.99), "CalciumWD"),
        (binary & (u < 0.7), "CV"),
        (carbon & (u < 0.4), "Carbon_lines"),
        (carbon & (u < 0.9), "Carbon"),
        (brown & (teff < 1400), "T2"),
    )
    conditions, names = zip(*choices, strict=True)
    subclass = np.select(conditions, names, by_temperature)
    for bounds, poor in ((SUBCLASSES, ~boss), (BOSS_SUBCLASSES, boss)):
        rows = np.flatnonzero(poor & spectra["poor"].to_numpy())
        subclass[rows] = _at_random(rng, bounds, rows.size)
    return subclass


def _by_temperature(bounds: tuple[tuple[float, str], ...], teff: Array) -> Strings:
    """The name whose upper bound is the first above each temperature."""
    edges, names = zip(*bounds, strict=True)
    place = np.searchsorted(np.array(edges[:-1]), teff, side="right")
    return np.asarray(np.array(names, dtype=object)[place])


def _at_random(rng: Random, bounds: tuple[tuple[float, str], ...], n: int) -> Strings:
    """Templates of n poor spectra: 85 % an M one, whose bands noise and sky imitate, else any.

    The share is set so that SDSS's rows called M have the colours of the real ones.
    """
    names = np.array([name for _, name in bounds], dtype=object)
    late = np.array([name for name in names if name[0] == "M"], dtype=object)
    return np.where(rng.random(n) < 0.85, rng.choice(late, n), rng.choice(names, n))


# ------------------------------------------------------------------------------ ELODIE's templates


@dataclass(frozen=True)
class Library:
    """The template library: what each header says, and how each spectrum looks to the fit.

    `header` has the columns elodieObject, elodieSpType, elodieBV, elodieTEff, elodieLogG and
    elodieFeH. `look` is the place of each template in the fit's space (see `_look`).
    """

    header: pd.DataFrame
    look: Array
    odd: Ints


# Ordinary templates: number, lowest and highest T_eff (K), share of evolved stars. Numbers as the
# letters have in ELODIE, whose stars are mostly F, G and K.
GROUPS = (
    (70, 10200, 24000, 0.3), (110, 7400, 10200, 0.3), (260, 6000, 7400, 0.3),
    (260, 5050, 6000, 0.3), (190, 3900, 5050, 0.6), (75, 2900, 3900, 0.35),
)  # fmt: skip
N_ODD = 28  # templates typed O
STRANGE = ("C5,4", "C4,3", "S4/2", "DA", "DAw", "WC7", "N")  # types that are no OBAFGKM


@cache
def library() -> Library:
    """About 1,000 invented stars in the manner of ELODIE 3.1 (Prugniel+ 2007); always the same."""
    rng = np.random.default_rng(1001)
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
    subdwarf = poor & (feh < -1) & (code > 30) & (code < 47) & (rng.random(n) < 0.6)
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
    return _templates(types, (teff, logg, feh), (teff, logg, feh))


def _odd_templates(rng: Random) -> pd.DataFrame:
    """The templates typed O: 6,550-9,900 K by their headers, as found in SDSS.

    They must look like something else, or normal A and F stars would match them: hot, with broad
    lines or none, as white dwarfs, hot subdwarfs and noise do.
    """
    types = rng.choice(["O7V", "O8", "O9III", "O9.5V", "O6e", "O7.5Iaf", "O9V+..."], N_ODD)
    feh = rng.normal(-0.3, 0.3, N_ODD)
    header = rng.uniform(6550, 9900, N_ODD), rng.uniform(3.0, 4.4, N_ODD), feh
    teff = np.exp(rng.uniform(np.log(8500), np.log(40000), N_ODD))
    return _templates(types, header, (teff, rng.uniform(5.6, 8.2, N_ODD), np.zeros(N_ODD)))


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
    """The library star that fits each spectrum best; `stars` has a row a spectrum."""
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
    none = spectra["boss"].to_numpy() | (rng.random(sn.size) < 0.025)
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
    compact = _is(kind, "white dwarf", "hot subdwarf", "cataclysmic", "white dwarf + M dwarf")
    typed = (
        ~(compact | _is(kind, "carbon") | spectra["boss"].to_numpy()) & (sn > 10) & (teff < 10000)
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


# ------------------------------------------------------------------------------ the survey


def simulate_shard(
    *, seed: int, shard: int, n_stars: int, repeats: float = 0.03, elodie: str = "template"
) -> pd.DataFrame:
    """Simulate one shard of the survey: a raw catalogue as SDSS would give it.

    Parameters
    ----------
    seed, shard
        The survey's seed and the shard's number (below 1,710): together they determine every row,
        so that each shard is made alone.
    n_stars
        Number of rows.
    repeats
        Share of the rows that are second spectra of an earlier star of the shard.
    elodie
        "template": elodie parameters are copied from the best template, as SDSS does (the leak).
        "measured": they are measured on each star, a control without the leak.

    Returns
    -------
    pandas.DataFrame
        The columns of `catalogue.NAMES`, in order; missing values are -9999 (photometry, SSPP) or
        0 and blank (ELODIE); bestObjID is 0 where there is no photometry.
    """
    if not 1 <= n_stars <= MOST_STARS or not 0 <= shard < SHARDS or not 0 <= repeats <= 0.5:
        raise UserError(
            f"simulated survey: a shard has 1 to {MOST_STARS} stars (not {n_stars}), the last one "
            f"is number {SHARDS - 1} (not {shard}), repeats are 0 to 0.5 (not {repeats})"
        )
    if elodie not in ("template", "measured"):
        raise UserError(f"simulated survey: elodie must be template or measured, not {elodie}")
    rng = np.random.default_rng(np.random.SeedSequence([seed, shard]))
    again = int(repeats * n_stars)
    objects = draw_stars(rng, n_stars - again)
    photometry = photograph(rng, objects)
    object_id = np.where(photometry["extinction_r"] == MISSING, 0, _object_id(len(objects), shard))
    star = np.append(
        np.arange(len(objects)), rng.choice(len(objects), again, replace=False)
    ).astype(np.int64)
    spectra = take_spectra(rng, objects, star, shard)
    stars = objects.iloc[star].reset_index(drop=True)
    table = pd.concat(
        [
            photometry.iloc[star].reset_index(drop=True).astype(np.float32),
            spectra[["plate", "mjd", "fiberID", "zWarning"]].astype(np.int32),
            spectra[["redshift", "redshiftErr"]].astype(np.float32),
            _single(fit_elodie(rng, stars, spectra, elodie)),
            _single(fit_sspp(rng, stars, spectra)),
        ],
        axis=1,
    )
    offset = np.clip(0.05 * rng.standard_normal((2, n_stars)), -0.1, 0.1) / 3600  # arcsec to deg
    table["ra"] = (stars["ra"] + offset[0]) % 360
    table["dec"] = (stars["dec"] + offset[1]).clip(-90, 90)
    table["snMedian"] = spectra["sn"].astype(np.float32)
    table["specObjID"] = _spectrum_id(spectra)
    table["bestObjID"] = object_id[star]
    table["class"] = "STAR"
    table["subClass"] = classify(rng, stars, spectra)
    return table[list(NAMES)]


def _single(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its numbers in single precision."""
    return table.astype({name: np.float32 for name in table.select_dtypes("float64").columns})
