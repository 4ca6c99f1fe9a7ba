"""SDSS itself: what is asked of SkyServer, in T-SQL, and which rows the answer must have.

A sample is taken by specObjID modulo a prime. The count query says how many stars each residue
has; so a sample of any size, and each shard of it, is a range of residues whose number of rows is
known before it is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar import BANDS
from stellar.errors import UserError
from stellar.survey.catalogue import SCHEMA
from stellar.survey.conversion import ValueProblem, to_catalogue

# A prime: the low ten bits of specObjID are zero, so that a power of ten reaches few residues.
MODULUS = 10_007
ROW_CAP = 500_000  # SkyServer silently cuts longer answers

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
PHOTOMETRY = "LEFT JOIN PhotoObj AS p ON p.objID = s.bestObjID"
PARAMETERS = "LEFT JOIN sppParams AS t ON t.specObjID = s.specObjID"
# SpecObj has each of its numbers for every star. A joined table lacks a star with all its columns.
JOINED = {"p": "PhotoObj", "t": "sppParams"}

# The last column of a shard: five digits that follow from both ids. An id that lost digits on its
# way, and a row that was cut short, show in it.
CHECKSUM = "checksum"
CHECKSUM_SQL = f"{MODULUS} + (s.specObjID + s.bestObjID) % {MODULUS}"

COUNT_TYPES: dict[str, pa.DataType] = {
    "residue": pa.int64(),
    "stars": pa.int64(),
    "total": pa.int64(),
}
SHARD_TYPES: dict[str, pa.DataType] = {
    **{name: SCHEMA.field(name).type for name in SOURCES},
    CHECKSUM: pa.int64(),
}


@dataclass(frozen=True)
class Shard:
    """A shard: the residues `low` to `high` (left out) of specObjID, and its rows."""

    low: int
    high: int
    rows: int


class WrongTableError(Exception):
    """An answer that is not the table that was asked for: what is wrong, and what to do."""

    def __init__(self, text: str, advice: str = "run the same command again later") -> None:
        super().__init__(text)
        self.advice = advice


def _conditions(settings: Mapping[str, Any]) -> list[str]:
    """WHERE conditions of the configuration's quality cuts, numbers written by Python."""
    conditions = ["s.class = 'STAR'"]
    if settings["zwarning_zero"]:
        conditions.append("s.zWarning = 0")
    if settings["min_sn"] > 0:
        conditions.append(f"s.snMedian >= {float(settings['min_sn'])!r}")
    if settings["clean"]:
        conditions.append("p.clean = 1")
    for band, limits in sorted(settings["magnitudes"].items()):
        if limits:
            low, high = (float(limit) for limit in limits)
            conditions.append(f"p.modelMag_{band} BETWEEN {low!r} AND {high!r}")
    return conditions


def _select(columns: Mapping[str, str], joins: Sequence[str], conditions: Sequence[str]) -> str:
    listed = ",\n  ".join(f"{source} AS {name}" for name, source in columns.items())
    joined = "".join(f"{join}\n" for join in joins)
    where = "\n  AND ".join(conditions)
    return f"SELECT\n  {listed}\nFROM SpecObj AS s\n{joined}WHERE {where}\n"


def count_query(settings: Mapping[str, Any]) -> str:
    """SQL that counts the stars of each residue, and of all in each row.

    Parameters
    ----------
    settings : mapping
        The configuration's section `survey.sdss`.

    Returns
    -------
    str
        One SELECT in T-SQL with the columns of `COUNT_TYPES`. The total shows whether the
        answer is whole.
    """
    residue = f"s.specObjID % {MODULUS}"
    columns = {"residue": residue, "stars": "COUNT(*)", "total": "SUM(COUNT(*)) OVER ()"}
    conditions = _conditions(settings)
    cuts_photometry = any(condition.startswith("p.") for condition in conditions)
    query = _select(columns, [PHOTOMETRY] if cuts_photometry else [], conditions)
    return f"{query}GROUP BY {residue}\nORDER BY {residue}\n"


def shard_query(shard: Shard, settings: Mapping[str, Any]) -> str:
    """SQL of one shard: one SELECT in T-SQL with the columns of `SHARD_TYPES`, a line each."""
    conditions = [
        *_conditions(settings),
        f"s.specObjID % {MODULUS} >= {shard.low}",
        f"s.specObjID % {MODULUS} < {shard.high}",
    ]
    columns = {**SOURCES, CHECKSUM: CHECKSUM_SQL}
    return _select(columns, [PHOTOMETRY, PARAMETERS], conditions) + "ORDER BY s.specObjID\n"


def cuts_photometry(query: str) -> bool:
    """Whether a shard's query leaves no star without photometry."""
    return "\n  AND p." in query


def stars_by_residue(table: pa.Table) -> NDArray[np.int64]:
    """Stars of each residue, shape (MODULUS,), from the count query's answer.

    Raises
    ------
    WrongTableError
        The answer is not whole.
    """
    residue, stars, total = (table[name].to_numpy() for name in COUNT_TYPES)
    if table.num_rows == 0:
        raise WrongTableError("it counts no star", "loosen the cuts under survey.sdss")
    inside = (residue >= 0) & (residue < MODULUS)
    if not inside.all() or (np.diff(residue) <= 0).any():
        raise WrongTableError("its residues are out of order")
    if (total != stars.sum()).any() or (stars <= 0).any():
        raise WrongTableError(f"its counts sum to {stars.sum()}, not to the {total[0]} it says")
    counts = np.zeros(MODULUS, np.int64)
    counts[residue] = stars
    return counts


def plan(counts: NDArray[np.int64], n_stars: int | Literal["all"], shards: int) -> list[Shard]:
    """Shards of a sample: ranges of residues with about as many rows each.

    Parameters
    ----------
    counts : array of int64, shape (MODULUS,)
        Stars of each residue.
    n_stars : int or "all"
        Rows wanted; the sample ends with the residue that reaches them.
    shards : int

    Raises
    ------
    UserError
        The archive has too few stars, or the number of shards does not fit.
    """
    reached = np.cumsum(counts)
    there = int(reached[-1])
    if n_stars != "all" and n_stars > there:
        raise UserError(
            f"survey.n_stars is {n_stars}, but SDSS has {there} stars with these cuts; "
            "write `n_stars: all` or loosen the cuts under survey.sdss"
        )
    wanted = there if n_stars == "all" else n_stars
    last = int(np.searchsorted(reached, wanted)) + 1
    sample = int(reached[last - 1])
    # Each boundary stands where its share of the rows is reached most nearly.
    shares = sample * np.arange(1, shards) / shards
    above = np.searchsorted(reached[:last], shares)
    below = np.where(above > 0, reached[above - 1], 0)
    edges = np.concatenate([[0], above + (reached[above] - shares <= shares - below), [last]])
    rows = np.diff(np.concatenate([[0], reached])[edges])
    if (rows == 0).any():
        raise UserError(f"{sample} stars of SDSS do not fill {shards} shards; lower survey.shards")
    if rows.max() > ROW_CAP:
        needed = -(-sample // (ROW_CAP * 9 // 10))
        raise UserError(
            f"a shard would have {rows.max()} rows, but SkyServer gives at most {ROW_CAP}; "
            f"raise survey.shards to {needed} or more"
        )
    return [
        Shard(int(low), int(high), int(n))
        for low, high, n in zip(edges[:-1], edges[1:], rows, strict=True)
    ]


def plan_table(shards: Sequence[Shard]) -> list[dict[str, int]]:
    """One row a shard: its number, residues and rows."""
    return [{"shard": number, **asdict(shard)} for number, shard in enumerate(shards)]


def in_words(shards: Sequence[Shard]) -> str:
    """The sample that shards make."""
    rows = [shard.rows for shard in shards]
    return (
        f"{sum(rows)} stars, residues 0 to {shards[-1].high - 1} of {MODULUS}, in {len(rows)} "
        f"shards of {min(rows)} to {max(rows)} rows"
    )


def planned(rows: Sequence[Mapping[str, Any]]) -> list[Shard]:
    """Shards from the rows of `plan_table`."""
    return [Shard(row["low"], row["high"], row["rows"]) for row in rows]


def _numbers(alias: str) -> list[str]:
    """Columns of numbers that come from the table called s, p or t; text may be empty anywhere."""
    found = [name for name, source in SOURCES.items() if source.startswith(f"{alias}.")]
    return [name for name in found if SHARD_TYPES[name] != pa.string()]


def check_nulls(table: pa.Table, photometry: bool = False) -> None:
    """Compare an answer's nulls with where SDSS has any.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of `SHARD_TYPES`.
    photometry : bool
        Whether the query's cuts look at photometry, so that no star is without.

    Raises
    ------
    WrongTableError
        A number of SpecObj is null, or one of a joined table where its others are not.
    """
    # SQL Server has no NaN.
    null = {name: pc.is_null(table[name], nan_is_null=True) for name in table.column_names}
    rows, known = table.num_rows, [*_numbers("s"), "class", CHECKSUM]
    for name in [*known, *_numbers("p")] if photometry else known:
        if count := pc.sum(null[name]).as_py():
            raise WrongTableError(
                f"{name} is null in {count} of {rows} rows, but SDSS has it for each of these stars"
            )
    for alias, joined in JOINED.items():
        first, *others = _numbers(alias)
        for name in others:
            if count := pc.sum(pc.not_equal(null[name], null[first])).as_py():
                raise WrongTableError(
                    f"{first} and {name} are both of {joined}, but in {count} of {rows} rows one "
                    "is null and the other is not"
                )


def check_shard(table: pa.Table, shard: Shard) -> None:
    """Compare an answer with the plan: its rows, its residues, its ids.

    Raises
    ------
    WrongTableError
        A row is missing, there twice, of another shard, or has an id that lost digits.
    """
    for name in ("specObjID", "bestObjID", CHECKSUM):
        if table[name].null_count:
            raise WrongTableError(f"{name} is null, but SDSS has it for each star")
    spectra, objects = table["specObjID"].to_numpy(), table["bestObjID"].to_numpy()
    residue = (spectra % MODULUS).astype(np.int64)
    if ((residue < shard.low) | (residue >= shard.high)).any():
        raise WrongTableError("it has rows of another shard, or a specObjID lost digits")
    if table.num_rows != shard.rows:
        raise WrongTableError(
            f"it has {table.num_rows} rows, not the {shard.rows} that SkyServer counted",
            "if that is a cap on rows, raise survey.shards; if SDSS has changed since the count, "
            "delete results/query and results/shards and run again",
        )
    # As on the server, but without a sum that leaves 64 bits.
    checksum = MODULUS + (residue + objects % MODULUS) % MODULUS
    wrong = np.flatnonzero(checksum != table[CHECKSUM].to_numpy())
    if wrong.size:
        raise WrongTableError(f"the ids of row {wrong[0] + 1} lost digits on the way")
    if len(np.unique(spectra)) < len(spectra):
        raise WrongTableError("it has a spectrum twice")


def checked_shard(table: pa.Table, shard: Shard, survey: str, query: str = "") -> pa.Table:
    """The catalogue's table of a shard from SkyServer's answer, checked against plan and query.

    Raises
    ------
    WrongTableError
        As `check_shard` and `check_nulls`, or a value is none of the catalogue's.
    """
    check_shard(table, shard)
    check_nulls(table, cuts_photometry(query))
    try:
        return to_catalogue(table, survey)
    except ValueProblem as problem:
        spectrum = table["specObjID"][problem.row - 1]
        raise WrongTableError(
            f"column {problem.column} of specObjID {spectrum}: {problem.what.split(';')[0]}",
            "if SDSS itself says so, leave the star out by a cut under survey.sdss",
        ) from None
