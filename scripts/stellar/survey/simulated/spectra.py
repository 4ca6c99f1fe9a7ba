"""Which simulated stars are observed, with which plate and fibre, and how often."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stellar.survey.simulated import sequences
from stellar.survey.simulated.stars import Flags, Ints, Random

LIGHT = 299_792.458  # km/s
BOSS_GAIN = 1.8  # in signal-to-noise: longer exposures, better throughput (Dawson+ 2013)


# ------------------------------------------------------------------------------ spectra


def take_spectra(rng: Random, stars: pd.DataFrame, star: Ints, shard: int) -> pd.DataFrame:
    """One row a spectrum: plate, mjd, fiberID, run2d, sn, redshift, redshiftErr, zWarning, flags.

    The flags are `boss`, a BOSS spectrum, and `poor`, one whose best template means nothing.
    Redshifts are radial velocities over c; a night is a modified Julian date.

    Parameters
    ----------
    rng : numpy.random.Generator
    stars : pandas.DataFrame, shape (n_stars, ...)
        What `draw_stars` gave.
    star : array of int64, shape (n_spectra,)
        Row of the star each spectrum is of. A star's second spectrum is taken on a plate of its
        own field, on another night.
    shard : int
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
    sn *= np.where(boss, BOSS_GAIN, 1)
    table["sn"] = sn * np.exp(0.1 * rng.standard_normal(star.size))
    sn = table["sn"].to_numpy()
    # Velocity errors: 4 km/s at high S/N (Yanny+ 2009), more for hot stars' broad lines.
    hot = np.clip(stars["teff"].to_numpy()[star] / 6000, 1, 4)
    error = np.hypot(4, 60 / sn) * hot
    velocity = stars["velocity"].to_numpy()[star] + error * rng.standard_normal(star.size)
    table["redshift"] = velocity / LIGHT
    table["redshiftErr"] = error * np.exp(0.2 * rng.standard_normal(star.size)) / LIGHT
    doubt = rng.random(star.size) < 0.02 + 0.5 * np.exp(-sn / 2.5)
    warning = rng.choice([4, 16, 32, 1], star.size, p=[0.85, 0.05, 0.05, 0.05])
    table["zWarning"] = np.where(doubt, warning, 0)
    table["boss"] = boss
    # Noise, sky or a bad flux calibration.
    table["poor"] = rng.random(star.size) < 0.01 + 0.4 * np.exp(-sn / 2)
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


def spectrum_ids(plugged: pd.DataFrame) -> NDArray[np.uint64]:
    """specObjID: plate, fibre, night since 50000 and run2d in one number, shape (n_spectra,).

    The layout is that of SDSS DR18's glossary.
    """
    plate, fibre, mjd, run2d = (
        plugged[name].to_numpy().astype(np.uint64) for name in ("plate", "fiberID", "mjd", "run2d")
    )
    night = mjd - np.uint64(50_000)
    return np.asarray((plate << 50) | (fibre << 38) | (night << 24) | (run2d << 10), np.uint64)


def object_ids(n: int, shard: int) -> Ints:
    """ObjID of photometric objects, shape (n,), laid out as SDSS's.

    Sky version 2, rerun 301, run, camcol, field, object.
    """
    count = np.arange(n)
    run, camcol = 94 + shard, 1 + count % 6
    field, number = 11 + count // 6000, 1 + count // 6 % 1000
    return (2 << 59) | (301 << 48) | (run << 32) | (camcol << 29) | (field << 16) | number
