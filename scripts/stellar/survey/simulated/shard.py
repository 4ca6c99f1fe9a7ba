"""A simulated SDSS survey of stars, shard by shard, in the columns of the catalogue.

Read from top to bottom: stars with physical parameters and places are drawn, then photographed,
then observed with a spectrograph, and the spectra fitted with templates by three pipelines:
SDSS's own (class, subClass), ELODIE's (elodie*) and SSPP (spp*). The ELODIE columns are copied from
the header of the best-fitting library star, as SDSS does: they give the label away.

What is modelled, with which sources and how well: docs/simulation.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from stellar.errors import UserError
from stellar.survey.catalogue import MISSING, NAMES
from stellar.survey.simulated.photometry import photograph
from stellar.survey.simulated.pipelines import classify, fit_elodie, fit_sspp
from stellar.survey.simulated.spectra import (
    MOST_STARS,
    SHARDS,
    object_ids,
    spectrum_ids,
    take_spectra,
)
from stellar.survey.simulated.stars import draw_stars

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
    object_id = np.where(photometry["extinction_r"] == MISSING, 0, object_ids(len(objects), shard))
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
    table["specObjID"] = spectrum_ids(spectra)
    table["bestObjID"] = object_id[star]
    table["class"] = "STAR"
    table["subClass"] = classify(rng, stars, spectra)
    return table[list(NAMES)]


def _single(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its numbers in single precision."""
    return table.astype({name: np.float32 for name in table.select_dtypes("float64").columns})
