"""Stars of SDSS for a cone, for places, for ids, or by SQL: what is asked, and how it is checked.

SkyServer cuts long answers in silence, and a body may break off: each row of an answer carries the
number of all of them, and a checksum of its id as its last column. One SELECT a question, since
SkyServer mangles a second one; lists are cut into questions of the length that it takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar import BANDS
from stellar.errors import UserError
from stellar.survey import skyserver
from stellar.survey.catalogue import COLUMNS, MISSING, SCHEMA
from stellar.survey.sdss import CHECKSUM, MODULUS, ROW_CAP, SOURCES, WrongTableError

TOTAL = "rows_in_all"
# What types are made of, and what one looks at beside them.
_OF_SPECTRA = ("specObjID", "redshift", "zWarning")
_OF_PARAMETERS = ("sppTeff", "sppLogG", "sppFeH")
NAMES = ("bestObjID", "ra", "dec", *BANDS, *_OF_SPECTRA, "class", "subClass", *_OF_PARAMETERS)
_SPECTRA = "LEFT JOIN SpecObj AS s ON s.bestObjID = p.objID"
_PARAMETERS = "LEFT JOIN sppParams AS t ON t.specObjID = s.specObjID"
UNITS = {c.name: c.unit for c in COLUMNS if c.unit and c.name in NAMES} | {"distance": "arcsec"}
_STARS = "p.type = 6"  # what SDSS's images show as a point
_FARTHEST = 60.0  # arcmin: beyond, SkyServer takes too long
_ROOM = skyserver.LONGEST_QUERY - 50  # what stands beside the query in its address
_TOKEN = re.compile(r"'(?:[^']|'')*'|\[[^\]]*\]|\"[^\"]*\"|[()]|\w+|.", re.DOTALL)
_UNCOUNTED = {"top", "distinct", "group", "union", "except", "intersect", "into"}


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes
    ----------
    sql : str
        One SELECT in T-SQL.
    types : mapping of str to pyarrow.DataType, or None
        The columns of the answer; None: whatever they are, as text.
    asked : array, shape (n_asked,)
        Ids or numbers of places that were asked for, where there are such.
    key : str
        The column of the answer that has them.
    """

    sql: str
    types: Mapping[str, pa.DataType] | None
    asked: NDArray[np.generic] | None = None
    key: str = ""


def cone(ra: float, dec: float, arcmin: float) -> Question:
    """All stars around a place.

    Parameters
    ----------
    ra, dec : float
        Degrees.
    arcmin : float
        Radius.

    Raises
    ------
    UserError
        It is no place of the sky, or the radius is too large.
    """
    check_places(np.array([[ra, dec]]))
    if not 0 < arcmin <= _FARTHEST:
        raise UserError(
            f"the radius {arcmin:g} arcmin is not above 0 and up to {_FARTHEST:g}; ask for "
            "several smaller cones"
        )
    near = f"dbo.fGetNearbyObjEq({ra!r}, {dec!r}, {arcmin!r}) AS n"
    joins = [f"{near} JOIN PhotoObj AS p ON p.objID = n.objID", _SPECTRA, _PARAMETERS]
    return _question(joins, _STARS, {"distance": "n.distance * 60"})


def by_ids(name: str, ids: NDArray[np.integer]) -> Iterator[Question]:
    """Stars by their ids, as many questions as it takes.

    Parameters
    ----------
    name : str
        `specObjID` or `bestObjID`.
    ids : array of uint64 or int64, shape (n_ids,)
    """
    own = SOURCES[name] if name == "specObjID" else "p.objID"
    joins = ["PhotoObj AS p", _SPECTRA, _PARAMETERS]
    if name == "specObjID":
        joins = ["SpecObj AS s LEFT JOIN PhotoObj AS p ON p.objID = s.bestObjID", _PARAMETERS]
    wanted = np.unique(ids)
    for part in _parts([str(one) for one in wanted], _question(joins, f"{own} IN ()").sql):
        listed = ", ".join(str(one) for one in wanted[part])
        yield _question(joins, f"{own} IN ({listed})", asked=(name, wanted[part]))


def by_places(places: NDArray[np.float64], arcsec: float) -> Iterator[Question]:
    """The object next to each place, as many questions as it takes.

    The column `place` has the place's number, from 1.

    Parameters
    ----------
    places : array, shape (n_places, 2)
        Right ascension and declination in degrees.
    arcsec : float
        How far off it may be.

    Raises
    ------
    UserError
        A place is none of the sky, or the radius is no good.
    """
    check_places(places)
    if not 0 < arcsec <= 60:
        raise UserError(f"the radius {arcsec:g} arcsec is not above 0 and up to 60; 2 is usual")
    rows = [f"({n}, {ra!r}, {dec!r})" for n, (ra, dec) in enumerate(places.tolist(), 1)]
    for part in _parts(rows, _of_places("", arcsec).sql):
        numbers = np.arange(1, len(rows) + 1)[part]
        yield _of_places(", ".join(rows[part]), arcsec, numbers)


def _of_places(rows: str, arcsec: float, asked: NDArray[np.integer] | None = None) -> Question:
    near = f"dbo.fGetNearestObjEq(x.ra, x.dec, {arcsec / 60!r}) AS n"
    joins = [
        f"(VALUES {rows}) AS x(place, ra, dec) CROSS APPLY {near}",
        "JOIN PhotoObj AS p ON p.objID = n.objID",
        *(_SPECTRA, _PARAMETERS),
    ]
    first = {"place": "x.place", "distance": "n.distance * 60"}
    return _question(joins, "", first, None if asked is None else ("place", asked))


def _question(
    joins: Sequence[str],
    where: str,
    first: Mapping[str, str] | None = None,
    asked: tuple[str, NDArray[np.generic]] | None = None,
) -> Question:
    sources = {**(first or {}), **{name: SOURCES[name] for name in NAMES}}
    spectrum_first = joins[0].startswith("SpecObj")
    own = "s.specObjID" if spectrum_first else "p.objID"
    if not spectrum_first:  # SpecObj has no place of what has no spectrum
        sources |= {"bestObjID": "p.objID", "ra": "p.ra", "dec": "p.dec"}
    sources |= {TOTAL: "COUNT(*) OVER ()", CHECKSUM: f"{MODULUS} + {own} % {MODULUS}"}
    columns = ", ".join(f"{source} AS {name}" for name, source in sources.items())
    condition = f" WHERE {where}" if where else ""
    kinds = {"place": pa.int64(), "distance": pa.float64(), TOTAL: pa.int64(), CHECKSUM: pa.int64()}
    types = {name: kinds[name] if name in kinds else SCHEMA.field(name).type for name in sources}
    key, ids = asked or ("", None)
    return Question(f"SELECT\n{columns}\nFROM {' '.join(joins)}{condition}", types, ids, key)


def _parts(items: Sequence[str], frame: str) -> Iterator[slice]:
    """Slices of a list, each of which has room in a question of its own."""
    room = _ROOM - len(quote_plus(frame))
    start, used = 0, 0
    for number, item in enumerate(items):
        length = len(quote_plus(f"{item}, "))
        if number > start and used + length > room:
            yield slice(start, number)
            start, used = number, 0
        used += length
    yield slice(start, len(items))


def check_places(places: NDArray[np.float64]) -> None:
    """Raise UserError if one is no place of the sky.

    Parameters
    ----------
    places : array, shape (n_places, 2)
        Right ascension and declination in degrees.
    """
    ra, dec = places.T
    with np.errstate(invalid="ignore"):
        good = (ra >= 0) & (ra <= 360) & (np.abs(dec) <= 90)
    if not good.all():
        wrong = int(np.flatnonzero(~good)[0])
        raise UserError(
            f"place {wrong + 1}: ra {ra[wrong]:g}, dec {dec[wrong]:g} is none of the sky; give "
            "degrees, ra from 0 to 360, dec from -90 to 90"
        )


def by_sql(text: str) -> Question:
    """A SELECT of a user's own, with the number of its rows as a further column.

    Raises
    ------
    UserError
        It is none whose rows can be counted so.
    """
    plain = " ".join(re.sub(r"--[^\n]*", " ", text).rstrip().removesuffix(";").split())
    depth, at, words, position = 0, None, set(), 0
    for token in _TOKEN.findall(plain):
        depth += (token == "(") - (token == ")")  # noqa: S105 (parentheses, no password)
        if depth == 0:
            words.add(token.lower())
            if token.lower() == "from" and at is None:
                at = position
        position += len(token)
    uncounted = sorted(words & _UNCOUNTED) + [";"] * (";" in words)
    if not plain.lower().startswith("select ") or at is None or uncounted:
        found = f", without {uncounted[0].upper()}" if uncounted else ""
        raise UserError(
            f"--sql takes one plain SELECT{found}; its rows are counted, to see that none is lost"
        )
    return Question(f"{plain[:at]}, COUNT(*) OVER () AS {TOTAL} {plain[at:]}", None)


def check(answer: pa.Table, question: Question) -> None:
    """Compare an answer with its question.

    Parameters
    ----------
    answer : pyarrow.Table, shape (n_rows, n_columns)
    question : Question

    Raises
    ------
    WrongTableError
        Rows are missing or were not asked for, an id lost digits, or numbers are null that SDSS
        has.
    """
    totals = pc.unique(answer[TOTAL].cast(pa.int64())).to_pylist()
    if answer.num_rows and totals != [answer.num_rows]:
        most = max((total for total in totals if total is not None), default=0)
        advice = "ask for less at a time" if most > ROW_CAP else "run the same command again"
        raise WrongTableError(f"it has {answer.num_rows} of {most} rows", advice)
    if question.types is None:
        return
    own = "specObjID" if question.key == "specObjID" else "bestObjID"
    of_photometry = ("bestObjID",) if own == "specObjID" else BANDS
    known = (own, "ra", "dec", "distance", *of_photometry)
    for name in (name for name in known if name in question.types):
        if answer[name].null_count:
            raise WrongTableError(f"{name} is null, but SDSS has it for each of these rows")
    ids = answer[own].to_numpy()
    if (MODULUS + (ids % MODULUS).astype(np.int64) != answer[CHECKSUM].to_numpy()).any():
        raise WrongTableError("an id lost digits on the way")
    for first, *others in ((*_OF_SPECTRA, "class"), _OF_PARAMETERS, BANDS):
        for name in others:
            alike = pc.equal(pc.is_null(answer[name]), pc.is_null(answer[first]))
            if pc.all(alike).as_py() is False:
                raise WrongTableError(f"{name} is not null in the same rows as {first}")
    asked = question.asked
    if asked is not None and not np.isin(answer[question.key].to_numpy(), asked).all():
        raise WrongTableError("it has rows that were not asked for")


def answered(question: Question, server: skyserver.Server, answers: Path) -> pa.Table:
    """The rows that answer a question, without what they were checked by; -9999 is null.

    Raises
    ------
    UserError
        SkyServer refuses, or gives no right answer.
    """
    found = skyserver.ask(
        server, question.sql, question.types, lambda table: check(table, question), answers
    )
    for place, (name, column) in enumerate(zip(found.column_names, found.columns, strict=True)):
        if pa.types.is_floating(column.type):
            values = pc.if_else(pc.greater(column, MISSING), column, None)
            found = found.set_column(place, name, values)
    kept = [name for name in found.column_names if name not in (TOTAL, CHECKSUM)]
    return found.select(kept).replace_schema_metadata(None)
