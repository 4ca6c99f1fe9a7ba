"""SDSS itself: the query of each shard, and its answer through astroquery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from stellar.catalogue import NAMES
from stellar.errors import UserError
from stellar.features import BANDS

# STAR rows of SpecObj (DR16): how many residues a sample of a given size needs.
STARS_IN_ARCHIVE = 1_041_130
# A prime: the low ten bits of specObjID are zero, so that a power of ten reaches few residues.
MODULUS = 10_007

# Catalogue column: where SkyServer has it. Every column gets an alias, because s.z and p.z
# would both come back as z.
SOURCES: dict[str, str] = {
    "specObjID": "s.specObjID",
    "bestObjID": "s.bestObjID",
    "plate": "s.plate",
    "mjd": "s.mjd",
    "fiberID": "s.fiberID",
    "ra": "s.ra",
    "dec": "s.dec",
    "class": "s.class",
    "subClass": "s.subClass",
    "redshift": "s.z",
    "redshiftErr": "s.zErr",
    "zWarning": "s.zWarning",
    "snMedian": "s.snMedian",
    **{b: f"p.modelMag_{b}" for b in BANDS},
    **{f"err_{b}": f"p.modelMagErr_{b}" for b in BANDS},
    **{f"extinction_{b}": f"p.extinction_{b}" for b in BANDS},
    "elodieObject": "s.elodieObject",
    "elodieSpType": "s.elodieSpType",
    "elodieBV": "s.elodieBV",
    "elodieTEff": "s.elodieTEff",
    "elodieLogG": "s.elodieLogG",
    "elodieFeH": "s.elodieFeH",
    "elodieRChi2": "s.elodieRChi2",
    "sppTeff": "t.TEFFADOP",
    "sppTeffUnc": "t.TEFFADOPUNC",
    "sppLogG": "t.LOGGADOP",
    "sppLogGUnc": "t.LOGGADOPUNC",
    "sppFeH": "t.FEHADOP",
    "sppFeHUnc": "t.FEHADOPUNC",
    "sppSNR": "t.SNR",
    "sppFlag": "t.FLAG",
    "sppHammerType": "t.SPECTYPEHAMMER",
}


def shard_query(
    shard: int,
    shards: int,
    n_stars: int,
    settings: Mapping[str, Any],
    total: int = STARS_IN_ARCHIVE,
) -> str:
    """SQL of one shard: stars whose specObjID falls into the shard's residues.

    Parameters
    ----------
    shard, shards : int
        Number of this shard (from 0), and of all.
    n_stars : int
        Rows wanted from all shards together; the answer has about so many.
    settings : mapping
        The configuration's section `survey.sdss`.
    total : int
        Stars in the archive.

    Returns
    -------
    str
        One SELECT in T-SQL, a line a clause. Shards are disjoint and always the same.
    """
    residues = min(1.0, n_stars / total) * MODULUS
    low, high = (round(residues * n / shards) for n in (shard, shard + 1))
    if low == high:
        raise UserError(
            f"survey.n_stars {n_stars} is too small a part of SDSS for {shards} shards; "
            "lower survey.shards"
        )
    columns = ",\n  ".join(f"{source} AS {name}" for name, source in SOURCES.items())
    conditions = ["s.class = 'STAR'", f"s.specObjID % {MODULUS} >= {low}"]
    conditions.append(f"s.specObjID % {MODULUS} < {high}")
    if settings["min_sn"] > 0:
        conditions.append(f"s.snMedian >= {float(settings['min_sn'])!r}")
    if settings["zwarning_zero"]:
        conditions.append("s.zWarning = 0")
    if settings["clean"]:
        conditions.append("p.clean = 1")
    where = "\n  AND ".join(conditions)
    return (
        f"SELECT\n  {columns}\n"
        "FROM SpecObj AS s\n"
        "LEFT JOIN PhotoObj AS p ON p.objID = s.bestObjID\n"
        "LEFT JOIN sppParams AS t ON t.specObjID = s.specObjID\n"
        f"WHERE {where}\n"
        "ORDER BY s.specObjID\n"
    )


def fetch(sql: str, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Ask SkyServer and return its answer as a raw table.

    Raises
    ------
    UserError
        The archive cannot be reached, refuses, or answers something else than the table.
    """
    import requests
    from astroquery.exceptions import RemoteServiceError
    from astroquery.sdss import SDSS, conf

    conf.skyserver_baseurl = settings["url"]
    try:
        answer = SDSS.query_sql(
            sql, timeout=settings["timeout"], data_release=settings["release"], cache=False
        )
    except (requests.RequestException, RemoteServiceError, OSError) as error:
        raise UserError(
            f"SkyServer at {settings['url']} did not answer ({type(error).__name__}); "
            "run the same command again later"
        ) from None
    if answer is None:
        raise UserError("SkyServer found no star; loosen the cuts under survey.sdss")
    if set(answer.colnames) != set(NAMES):
        raise UserError(
            f"SkyServer at {settings['url']} answered no table of stars; "
            "run the same command again later"
        )
    return answer.to_pandas(use_nullable_int=False)
