"""Simulated stars: kinds, ages, places in the Galaxy, temperatures, gravities, metallicities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stellar.survey.simulated import sequences

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Strings = NDArray[np.object_]
Random = np.random.Generator

Points = tuple[float, float, float, float, float]

PARAMETERS = ("teff", "logg", "feh")  # of a star's atmosphere: K, dex (cgs), dex

# ------------------------------------------------------------------------------ stars


@dataclass(frozen=True)
class Kind:
    """A kind of SDSS spectroscopic target.

    `sdss` and `boss` are shares (per cent of all spectra) of the stars taken with the first
    spectrographs (SDSS-I/II, SEGUE) and with BOSS's. `teff` (K), `r` and `r_boss` (mag) are the 0,
    16, 50, 84 and 100 per cent points of distributions. `logg` (dex) is a mean; None: by the
    sequence.
    """

    name: str
    sdss: float
    boss: float
    teff: Points
    r: Points
    r_boss: Points
    logg: float | None = None
    logg_scatter: float = 0.1
    mass: float | None = None


# Kinds as SDSS, SEGUE and BOSS target them (Yanny+ 2009, AJ 137, 4377; Dawson+ 2013): standards,
# red dwarfs, halo stars, and in both surveys stars that look like quasars. Shares, magnitudes and
# temperatures are set by the first half of real stars' natural mix (docs/simulation.md).
BRIGHT = (14.0, 15.9, 17.3, 18.6, 20.3)
FAINT = (15.5, 17.8, 19.4, 20.9, 22.8)
CONTAMINANTS = (18.5, 19.8, 20.6, 21.3, 22.2)
KINDS = (
    Kind("turnoff", 16.0, 4.4, (5600, 6050, 6300, 6550, 7100), BRIGHT, CONTAMINANTS),
    Kind("standard", 1.6, 4.4, (5950, 6150, 6300, 6450, 6700),
         (14.5, 15.8, 16.8, 17.6, 18.5), (15.5, 17.3, 17.9, 18.6, 19.3)),
    Kind("G dwarf", 13.0, 5.0, (4950, 5300, 5600, 5850, 6050), BRIGHT, CONTAMINANTS),
    Kind("K dwarf", 8.0, 4.0, (3900, 4130, 4560, 5040, 5350),
         (14.8, 16.6, 17.9, 19.0, 20.3), (17.0, 18.0, 19.2, 20.8, 21.6)),
    Kind("M dwarf", 14.6, 2.2, (3000, 3350, 3560, 3700, 3950),
         FAINT, (18.2, 19.8, 21.2, 21.9, 22.6)),
    Kind("late M dwarf", 4.4, 0.8, (2250, 2480, 2720, 2950, 3150),
         (18.0, 19.6, 20.6, 21.5, 23.0), (19.0, 20.5, 21.5, 22.0, 22.6)),
    Kind("subgiant", 2.5, 0.4, (4900, 5200, 5550, 5850, 6200),
         BRIGHT, CONTAMINANTS, 3.7, 0.15, 1.0),
    Kind("giant", 3.5, 0.6, (3750, 4250, 4750, 5050, 5300),
         (13.5, 15.2, 16.5, 17.6, 19.3), CONTAMINANTS, None, 0.2, 0.9),
    Kind("A dwarf", 4.0, 1.3, (6700, 6850, 7050, 7700, 9500),
         (14.0, 16.5, 18.2, 18.9, 20.3), (19.5, 20.2, 20.9, 21.5, 22.0)),
    Kind("horizontal branch", 3.2, 0.3, (7000, 7600, 8200, 9000, 12000),
         (14.0, 16.0, 17.6, 18.6, 19.8), (19.0, 19.8, 20.4, 21.0, 21.5), 3.3, 0.25, 0.6),
    Kind("white dwarf", 2.2, 1.0, (6900, 9000, 13400, 19500, 60000),
         (15.5, 17.4, 18.5, 19.3, 20.5), CONTAMINANTS, 7.96, 0.2, 0.6),
    Kind("helium white dwarf", 0.3, 0.2, (10500, 13000, 16000, 20500, 40000),
         (15.5, 17.4, 18.5, 19.3, 20.5), CONTAMINANTS, 8.0, 0.2, 0.6),
    Kind("hot subdwarf", 0.45, 0.1, (21000, 26500, 32000, 38500, 65000),
         (13.5, 15.1, 16.9, 18.7, 20.0), (16.5, 17.5, 18.6, 19.6, 20.5), 5.6, 0.2, 0.47),
    Kind("cataclysmic", 0.7, 0.4, (9000, 12000, 18000, 25000, 35000),
         FAINT, CONTAMINANTS, 8.0, 0.3, 0.8),
    Kind("white dwarf + M dwarf", 1.5, 0.3, (2800, 3100, 3300, 3500, 3800), FAINT, CONTAMINANTS),
    Kind("carbon", 0.2, 0.05, (3100, 3400, 3800, 4400, 5000), BRIGHT, CONTAMINANTS, None, 0.3, 0.9),
    Kind("L/T dwarf", 0.9, 0.1, (1220, 1700, 2050, 2250, 2350),
         (17.5, 19.5, 20.3, 20.9, 21.5), CONTAMINANTS),
)  # fmt: skip

# Red-giant branch: log g against T_eff of old giants, after the 10 Gyr, [Fe/H] = -0.5 isochrone of
# Bressan+ (2012, MNRAS 427, 127), rounded to 0.1 dex.
RGB = ((3700.0, 4100.0, 4500.0, 4800.0, 5100.0, 5400.0), (0.6, 1.2, 2.0, 2.6, 3.2, 3.5))

# Populations: thin disc, thick disc, halo. Densities, scale heights and lengths (pc): Juric+ (2008,
# ApJ 673, 864). [Fe/H] mean and scatter: Ivezic+ (2008, ApJ 684, 287), Carollo+ (2010). Lag behind
# the local standard of rest and velocity dispersions U, V, W (km/s): Bensby+ (2003), Bond+ (2010).
DISC = ((1.0, 300.0, 2600.0), (0.12, 900.0, 3600.0))
HALO = (0.0051, 0.64, 2.77)  # local fraction, axis ratio, slope
SUN_RADIUS = 8000.0  # pc
# [Fe/H] of the disc as in Ivezic+ (2008, ApJ 684, 287), with numbers that give SEGUE stars' values
# (docs/simulation.md); the halo's after Carollo+ (2010).
DISC_FEH = (-0.78, 0.45, 700.0)  # mean far from the plane, rise (dex) and scale height (pc)
FEH_SCATTER = (0.22, 0.22, 0.4)
HALO_FEH = -1.5
OLD, TURNOFF = ("turnoff", "standard"), 500.0  # K that their turn-off cools per dex above -1
SUBDWARFS = ((5500.0, 6100.0), (1.6, 0.0))  # K; mag by which the halo's dwarfs are fainter
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


def of_kind(kind: Ints | pd.Series[int], *names: str) -> Flags:
    """Which stars are of the named kinds; `kind`, shape (n_stars,), numbers `KINDS`."""
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


def _draw_population(rng: Random, distance: Array, sight: Array, nearer: Array) -> Ints:
    """0 thin disc, 1 thick disc, 2 halo: by the densities at each star's place (distance in pc).

    A star of the halo is `nearer` by that factor, since it is fainter; so there are fewer.
    """
    x, y, z = distance * sight
    radius = np.hypot(SUN_RADIUS - x, y)
    discs = [
        part * np.exp(-np.abs(z) / height - (radius - SUN_RADIUS) / length)
        for part, height, length in DISC
    ]
    part, axis, slope = HALO
    x, y, z = nearer * distance * sight
    radius = np.hypot(SUN_RADIUS - x, y)
    halo = part * (np.sqrt(radius**2 + (z / axis) ** 2) / SUN_RADIUS) ** -slope * nearer**3
    total = np.cumsum([*discs, halo], axis=0)
    return np.asarray((rng.random(distance.size) * total[-1] > total[:2]).sum(axis=0))


def draw_stars(rng: Random, n: int) -> pd.DataFrame:
    """Draw n stars: one row each, with place and physics.

    Columns: field, boss, ra, dec, kind, population, teff (K), logg, feh (dex), r (mag, without
    extinction), distance (pc), ebv (true), sfd (the map's E(B-V)), velocity (km/s, radial).
    """
    field = rng.integers(0, max(1, -(-n // PER_PLATE)), n)
    centre_ra, centre_dec = _draw_fields(rng, int(field.max()) + 1)
    ra, dec = _place(rng, centre_ra[field], centre_dec[field])
    sight = GALACTIC @ _unit(ra, dec)
    shares = np.array([[kind.sdss, kind.boss] for kind in KINDS]).ravel()
    kind, boss = np.divmod(rng.choice(shares.size, n, p=shares / shares.sum()), 2)
    boss = boss.astype(bool)  # observed with the BOSS spectrographs
    teff = _quantiles(rng, kind, "teff")
    logg = _surface_gravity(rng, kind, teff)
    mass = np.array([kind.mass or np.nan for kind in KINDS])[kind]
    mass = np.where(np.isnan(mass), sequences.dwarf_mass(teff), mass)
    r = np.where(boss, _quantiles(rng, kind, "r_boss"), _quantiles(rng, kind, "r"))
    distance = 10 ** ((r - sequences.absolute_r(teff, logg, mass)) / 5 + 1)
    dwarf = of_kind(kind, *(one.name for one in KINDS if one.mass is None))
    nearer = np.where(dwarf, 10 ** (-0.2 * np.interp(teff, *SUBDWARFS)), 1.0)
    population = _draw_population(rng, distance, sight, nearer)
    distance = np.where(population == 2, nearer, 1.0) * distance
    far, rise, scale = DISC_FEH
    disc = far + rise * np.exp(-np.abs(distance * sight[2]) / scale)
    feh = np.where(population == 2, HALO_FEH, disc)
    feh = np.clip(feh + np.array(FEH_SCATTER)[population] * rng.standard_normal(n), -3.5, 0.5)
    teff = np.where(of_kind(kind, *OLD), teff - TURNOFF * np.maximum(feh + 1.0, 0), teff)
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
    giant = of_kind(kind, "giant", "carbon")
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
    cloud = np.exp(0.55 * rng.standard_normal(int(field.max()) + 1)[field])
    whole = 0.019 / sin_b * cloud * np.exp(0.15 * rng.standard_normal(field.size))
    ebv = whole * (1 - np.exp(-distance * sin_b / 100))
    return ebv, whole * np.clip(1 + 0.1 * rng.standard_normal(field.size), 0.5, 1.5)


PER_PLATE = 500  # stars of a field: about 420 on an SDSS plate of 640 fibres, 80 on a BOSS plate
