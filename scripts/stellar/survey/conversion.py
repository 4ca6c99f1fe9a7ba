"""From a raw table (SkyServer's answer, a simulated shard, a user's file) to the catalogue.

Types are set, marks for "missing" made null, and every value must lie inside its physical range.
Conversion is exact: an id never passes through a float, and no value is dropped in silence.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar import ELODIE, files
from stellar.errors import UserError
from stellar.survey.catalogue import COLUMNS, MISSING, SCHEMA, Column

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera

_PANDAS_TYPES = {
    pa.uint64(): "UInt64",
    pa.int64(): "Int64",
    pa.int32(): "Int32",
    pa.float32(): "float32",
    pa.float64(): "float64",
    pa.string(): "string",
}
_IDS = ("specObjID", "bestObjID")
_SPECTRUM, _OBJECT = (next(c for c in COLUMNS if c.name == name) for name in _IDS)
_EXACT = 2.0**53  # above, floating point has no room for each whole number
_MANY = 2  # values out of range that speak for a wrong unit, where they are most of a column
APART = 60.0  # arcsec: rows of one id are farther from each other only where the id is none
# How text says "no value" in answers of SkyServer, CasJobs and MySQL, in pandas, R, astropy, Excel.
_WORDS = ("", "null", "nan", "NaN", "na", "n/a", "#n/a", "none", "<na>", "--", "\\n")
_NO_VALUE = pa.array(sorted({f(w) for w in _WORDS for f in (str, str.upper, str.title)}))
_TEXT_TYPES = (pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary())
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))  # and a minus
_QUOTES = (b"'", b'"')
# b'G2' of Python, 'G2', ="G2" and '17 of spreadsheets.
_WRAPPED = r"""^(?:b?'(.*)'|b"(.*)"|="(.*)"|'([-+.0-9eE]+))$"""
# Of SDSS's class, and of DR7's specClass.
_CLASS_WORD = "(?i)^(star|galaxy|gal_em|qso|hiz_qso|quasar|agn|unknown|sky)$"
_HEXADECIMAL = (b"x", b"X")
_SEXAGESIMAL = re.compile(r"[+-]?\d+[:hd ]\s*\d+[:m' ]\s*[\d.]+\s*[s\"]?")


class ValueProblem(UserError):
    """A value that cannot be, with its place; `row` counts rows of data from 1."""

    def __init__(self, survey: str, column: str, row: int, what: str) -> None:
        super().__init__(f"{survey}: column {column}, row {row}: {what}")
        self.column, self.row, self.what = column, row, what


def to_catalogue(
    raw: pd.DataFrame | pa.Table,
    survey: str,
    first_row: int = 1,
    missing: Counter[tuple[str, str]] | None = None,
    hide: Callable[[pa.Table], pa.Table] = lambda table: table,
) -> pa.Table:
    """The catalogue's typed table from a raw one.

    Parameters
    ----------
    raw : pandas.DataFrame or pyarrow.Table, shape (n_stars, any)
        Columns named as in `COLUMNS`, any order; others are left out. Missing values may be
        null, text such as "null", -9999 (SDSS photometry, SSPP) or 0 (bestObjID; ELODIE values
        without a T_eff).
    survey : str
        Name of the source, kept in the table's metadata.
    first_row : int
        Number of the first row in its file, for error texts.
    missing : Counter of (str, str), optional
        Told, by column, how many errors below 0 were taken as missing.
    hide : function, optional
        Makes further marks for missing null, before the ranges are checked.

    Returns
    -------
    pyarrow.Table
        Columns of `SCHEMA` in order.

    Raises
    ------
    ValueProblem
        A value is no number, lies outside its range, or is missing where each star needs one.
    UserError
        A required column is missing.
    """
    names = raw.column_names if isinstance(raw, pa.Table) else raw.columns
    absent = [c.name for c in COLUMNS if c.required and c.name not in names]
    if absent:
        raise UserError(
            f"{survey}: no column {', '.join(absent)}; say which columns of the table they are, "
            "under survey.table.columns"
        )
    columns = {
        c.name: converted(raw[c.name], c, survey, first_row)
        if c.name in names
        else pa.nulls(len(raw), c.type)
        for c in COLUMNS
    }
    _mark_missing(columns, Counter() if missing is None else missing)
    table = hide(pa.table(list(columns.values()), schema=SCHEMA))
    _validate(table, survey, first_row)
    return table.replace_schema_metadata({files.SURVEY_KEY: survey.encode()})


def converted(
    values: pd.Series | pa.ChunkedArray, column: Column, survey: str, first_row: int = 1
) -> pa.Array:
    """A raw column in the type of a column of the catalogue.

    Parameters
    ----------
    values : pandas.Series or pyarrow.ChunkedArray, shape (n_rows,)
    column : Column
    survey : str
        Name of the source, for error texts.
    first_row : int
        Number of the first row in its file, for error texts.

    Returns
    -------
    pyarrow.Array, shape (n_rows,)
        In the unit of the values.

    Raises
    ------
    ValueProblem
        A value that is none of that type, at its first row.
    """
    try:
        values = _cleaned(values)
        text = values.cast(pa.string()) if column.type == pa.string() else None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise UserError(f"{survey}: column {column.name} holds no text; save it as text") from None
    if text is not None:
        broken = pc.match_substring_regex(text, "[\r\n]").fill_null(False).to_numpy(False)
        if broken.any():
            row = int(broken.argmax())
            what = f"{text[row].as_py()[:40]!r} goes over a line's end; close its quotation mark"
            raise ValueProblem(survey, column.name, first_row + row, what)
        return _class_words(text, survey, first_row) if column.name == "class" else text
    numbers, wrong = parsed(values, column.type)
    if wrong.any():
        row = int(wrong.argmax())
        what = _why_not(values[row].as_py(), column)
        raise ValueProblem(survey, column.name, first_row + row, what)
    return numbers


def _class_words(text: pa.Array, survey: str, first_row: int) -> pa.Array:
    """STAR for 6, as SDSS has it both in `type` and in DR7's specClass, and for STAR_LATE.

    Other numbers mean other things there, and again others where a class project counts classes.
    """
    star = pc.match_substring_regex(text, r"(?i)^(6(\.0*)?|star_late)$")
    known = pc.or_(star, pc.match_substring_regex(text, _CLASS_WORD))
    other = pc.invert(known).fill_null(False).to_numpy(False)
    if other.any():
        row = int(other.argmax())
        found = text[row].as_py()
        kind = "a number" if _NUMBER.fullmatch(found) else "no class of SDSS's"
        what = (
            f"{found!r} is {kind}; give STAR, GALAXY or QSO, or leave the column out "
            "by `class: null` under survey.table.columns"
        )
        raise ValueProblem(survey, "class", first_row + row, what)
    return pc.if_else(star, "STAR", text)


def parsed(values: pa.Array, kind: pa.DataType) -> tuple[pa.Array, NDArray[np.bool_]]:
    """Numbers of a type, and where a value is none.

    Parameters
    ----------
    values : pyarrow.Array, shape (n_rows,)
    kind : pyarrow.DataType

    Returns
    -------
    pyarrow.Array, shape (n_rows,)
        Null where the value is missing or no number of that type.
    array of bool, shape (n_rows,)
        Where a value is no number of that type.
    """
    values = _cleaned(values)
    if pa.types.is_decimal(values.type):
        values = values.cast(pa.string())
    numeric = pa.types.is_integer(values.type) or pa.types.is_floating(values.type)
    if values.type != pa.string() and not numeric:
        return pa.nulls(len(values), kind), values.is_valid().to_numpy(False)
    widest = pa.float64() if pa.types.is_floating(kind) else kind
    try:
        # Arrow would take 0x10 for 16.
        hexadecimal = pa.types.is_integer(kind) and _may_have(_HEXADECIMAL, values)
        numbers = None if hexadecimal else values.cast(widest)
    except pa.ArrowInvalid:
        numbers = None
    if numbers is None:
        numbers = pa.array([_number(value, kind) for value in values.to_pylist()], widest)
    if pa.types.is_floating(kind):
        numbers = numbers.cast(kind)
        numbers = pc.if_else(pc.is_finite(numbers), numbers, None)
    elif pa.types.is_floating(values.type):
        # A whole number in floating point may have been another one before.
        numbers = pc.if_else(pc.less(pc.abs(values), _EXACT), numbers, None)
    wrong = pc.and_(values.is_valid(), numbers.is_null())
    return numbers, wrong.to_numpy(zero_copy_only=False)


def _may_have(signs: tuple[bytes, ...], values: pa.Array) -> bool:
    """Whether a text of a column can have one of the signs; False for other columns."""
    buffer = values.buffers()[-1] if values.type == pa.string() else None
    content = b"" if buffer is None else buffer.to_pybytes()
    return any(sign in content for sign in signs)


def _number(value: Any, kind: pa.DataType) -> float | int | None:
    """A value as Python's own number, exactly; None if it is none of that type."""
    text = str(value)
    if not _NUMBER.fullmatch(text):
        return None
    if pa.types.is_floating(kind):
        return float(text)
    if text.lstrip("+-").isdecimal():
        whole = int(text)
    else:
        number = float(text)
        if number % 1 or abs(number) >= _EXACT:
            return None
        whole = int(number)
    limits = np.iinfo(kind.to_pandas_dtype())
    return whole if limits.min <= whole <= limits.max else None


def _why_not(value: Any, column: Column) -> str:
    text = str(value)
    shown = repr(value) if isinstance(value, str) else text
    if spelled := _misspelled(text):
        return f"{shown} has {spelled}"
    if pa.types.is_floating(column.type):
        if column.unit == "deg" and _SEXAGESIMAL.fullmatch(text):
            return f"{shown} is no number; give degrees, not hours, minutes and seconds"
        if _DECIMAL_COMMA.fullmatch(text):
            return f"{shown} has a decimal comma; save the table with decimal points"
        return f"{shown} is no number; {_correction(column)}"
    whole = text.lstrip("+-").isdecimal()
    if column.name in _IDS and not whole and _NUMBER.fullmatch(text):
        return (
            f"{shown} is stored as floating point, which rounds 19-digit ids; "
            f"save it as integer or text, or {_without(column)}"
        )
    limits = np.iinfo(column.type.to_pandas_dtype())
    span = f" from {limits.min} to {limits.max}" if whole else ""
    return f"{shown} is no whole number{span}; {_correction(column)}"


def _misspelled(text: str) -> str:
    """What to change in a number that is written for people, "" where it is none."""
    if _NUMBER.fullmatch(text.translate(_DASHES)) and not _NUMBER.fullmatch(text):
        return "a minus sign that is none of ASCII's; write - in its place"
    if _THOUSANDS.fullmatch(text):
        return "a comma; write thousands without it, and fractions with a point"
    return ""


def _correction(column: Column) -> str:
    if column.name == "specObjID":
        return f"correct it, or {_without(column)}"
    return "correct it or " + ("leave out the row" if column.known else "leave it blank")


def _without(column: Column) -> str:
    """What to type where a table's ids are of no use."""
    does = "number the rows" if column.known else "leave the column out"
    return f"{does} by `{column.name}: null` under survey.table.columns"


def _cleaned(values: pd.Series | pa.ChunkedArray | pa.Array) -> pa.Array:
    """One Arrow array; null where the value is NaN or text that says so; text without margins."""
    if not isinstance(values, pa.Array | pa.ChunkedArray):
        values = _from_pandas(values)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if values.type == pa.float16():
        values = values.cast(pa.float32())
    if pa.types.is_floating(values.type):
        return pc.if_else(pc.is_nan(values), None, values)
    if values.type in _TEXT_TYPES:
        text = pc.utf8_trim_whitespace(values.cast(pa.string()))
        if _may_have(_QUOTES, text):
            text = pc.replace_substring_regex(text, _WRAPPED, r"\1\2\3\4")
            text = pc.utf8_trim_whitespace(text)
        return pc.if_else(pc.is_in(text, _NO_VALUE), None, text)
    return values


def _from_pandas(values: pd.Series) -> pa.Array:
    import pandas as pd

    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # several types in one column
        return pa.array([None if pd.isna(value) else str(value) for value in values])


def _mark_missing(columns: dict[str, pa.Array], missing: Counter[tuple[str, str]]) -> None:
    """Make SDSS's marks for "missing" null, in place.

    A zero elodieTEff means that no library star was fitted: then the ELODIE values are missing
    together. Zero alone is a fair B-V or [Fe/H]. Where elodieTEff is not known, the others stand
    unless all are zero.
    """
    for column in COLUMNS:
        name, values = column.name, columns[column.name]
        if column.type == pa.float32():
            columns[name] = pc.if_else(pc.greater(values, MISSING), values, None)
        if name.startswith("err_") or name.endswith(("Err", "Unc")):  # a failed fit
            below = pc.less(columns[name], 0)
            missing[name, "below 0"] += pc.sum(below).as_py() or 0
            columns[name] = pc.if_else(below, None, columns[name])
    values_of_fit = (*ELODIE, "elodieRChi2")
    nonzero = [pc.not_equal(columns[name], 0).fill_null(False) for name in values_of_fit]
    fitted = pc.coalesce(pc.not_equal(columns["elodieTEff"], 0), functools.reduce(pc.or_, nonzero))
    for name in values_of_fit:
        columns[name] = pc.if_else(fitted, columns[name], None)
    objects = columns["bestObjID"]
    columns["bestObjID"] = pc.if_else(pc.greater(objects, 0), objects, None)


def _validate(table: pa.Table, survey: str, first_row: int) -> None:
    import pandas as pd
    from pandera.errors import SchemaErrors

    exact = {kind: pd.api.types.pandas_dtype(name) for kind, name in _PANDAS_TYPES.items()}
    # Nothing can be wrong with a column that has no value and needs none.
    present = [c.name for c in COLUMNS if c.known or table[c.name].null_count < len(table)]
    integers = {kind: exact[kind] for kind in exact if exact[kind].kind != "f"}
    frame = table.select(present).to_pandas(types_mapper=integers.get)
    try:
        rules(tuple(present)).validate(frame, lazy=True, inplace=True)
    except SchemaErrors as found:
        failures = found.failure_cases
        if failures["check"].eq("not_nullable").any():  # several nulls are no repeated id
            failures = failures[failures["check"] != "field_uniqueness"]
        failure = failures.sort_values(["index", "column"]).iloc[0]
        column = next(c for c in COLUMNS if c.name == failure["column"])
        row = int(failure["index"] or 0)
        if "unique" in str(failure["check"]):
            places = frame[["ra", "dec"]].to_numpy().T
            refuse_repeated(frame[column.name].to_numpy(np.uint64), survey, first_row, places)
        if "null" in str(failure["check"]):
            what = f"no value; each star needs one; {_correction(column)}"
        else:
            low = "any" if column.low is None else f"{column.low:g}"
            high = "any" if column.high is None else f"{column.high:g}"
            value = column.type.to_pandas_dtype()(failure["failure_case"])  # 99.99, not 99.98999…
            what = f"{value!s} lies outside {low} to {high} {column.unit}".strip()
            count = (failures["column"] == column.name).sum()
            most = count >= _MANY and 2 * count > frame[column.name].count()
            what += _unit_advice(column) if most else f"; {_correction(column)}"
        raise ValueProblem(survey, column.name, first_row + row, what) from None


def _unit_advice(column: Column) -> str:
    """What to type where most of a column lies outside its range."""
    likely = {
        "mag": "fluxes? Give mag",
        "K": "log10 or kK? Give K, or say `{}: kK` under survey.table.units",
        "dex": "no logarithms? Give dex",
        "deg": "in another unit? Give deg, or say `{}: arcsec` under survey.table.units",
    }
    if column.name == "redshift":
        advice = "in km/s? Say `{}: km/s` under survey.table.units"
    elif column.unit in likely:
        advice = likely[column.unit]
    else:
        return f", as does most of the column; {_correction(column)}"
    return f", as does most of the column; is it {advice.format(column.name)}"


def refuse_repeated(
    ids: NDArray[np.uint64],
    survey: str,
    first_row: int = 1,
    places: NDArray[np.floating] | None = None,
) -> None:
    """Raise a ValueProblem that names both rows if an id stands twice.

    Parameters
    ----------
    ids : array of uint64, shape (n_rows,)
    survey : str
        Name of the source, for error texts.
    first_row : int
        Number of the first row in its file.
    places : array, shape (2, n_rows), optional
        ra and dec of the rows in degrees, which say whether two stars share the id.
    """
    ordered = np.sort(ids)
    if not (ordered[1:] == ordered[:-1]).any():
        return
    order = np.argsort(ids, kind="stable")
    again = int(order[1:][ids[order[1:]] == ids[order[:-1]]].min())
    first = int((ids == ids[again]).argmax())
    what, advice = "", "keep one of them"
    if places is not None:
        apart = float(_separations(places[:, again], places[:, first]))
        if apart > APART:
            what = f", {_shown(apart)} away: two stars"
            advice = f"correct the ids, or {_without(_SPECTRUM)}"
    raise ValueProblem(
        survey,
        "specObjID",
        first_row + again,
        f"id {ids[again]} stands twice, first in row {first_row + first}{what}; {advice}",
    )


def refuse_far_apart(objects: NDArray[np.int64], places: NDArray[np.floating], survey: str) -> None:
    """Raise a ValueProblem that names two rows if one bestObjID stands for two places.

    Such an id is a filler (999999) or lost its last digits; it would make one star of many.

    Parameters
    ----------
    objects : array of int64, shape (n_rows,)
        0 or less: none known.
    places : array, shape (2, n_rows)
        ra and dec in degrees.
    survey : str
        Name of the source, for error texts.
    """
    rows = np.flatnonzero(objects > 0)
    _, first, number = np.unique(objects[rows], return_index=True, return_inverse=True)
    firsts = rows[first[number]]
    apart = _separations(places[:, rows], places[:, firsts])
    far = np.flatnonzero(apart > APART)
    if len(far):
        row, before = int(rows[far[0]]), int(firsts[far[0]])
        same = int((objects == objects[row]).sum())
        raise ValueProblem(
            survey,
            "bestObjID",
            row + 1,
            f"id {objects[row]} stands for a place {_shown(apart[far[0]])} from row {before + 1}, "
            f"and in {same} rows in all: a filler, or an id that lost digits; leave it blank, or "
            f"{_without(_OBJECT)}",
        )


def _separations(place: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.float64]:
    """Angles between places on the sky, shape (2, ...) in degrees, in arcsec (haversine)."""
    (ra, dec), (ra0, dec0) = np.radians(place, dtype=float), np.radians(other, dtype=float)
    half = np.sin((dec - dec0) / 2) ** 2
    half += np.cos(dec) * np.cos(dec0) * np.sin((ra - ra0) / 2) ** 2
    return np.asarray(np.degrees(2 * np.arcsin(np.sqrt(np.minimum(half, 1)))) * 3600)


def _shown(arcsec: float) -> str:
    return f"{arcsec / 3600:.1f} degrees" if arcsec >= 360 else f"{arcsec:.0f} arcsec"


@functools.cache
def rules(names: tuple[str, ...]) -> pandera.DataFrameSchema:
    """The pandera schema of some columns of the catalogue: types, ranges, what may be missing."""
    import pandera.pandas as pandera

    def checks(column: Column) -> list[pandera.Check]:
        limits = []
        if column.low is not None:
            limits.append(pandera.Check.ge(column.low))
        if column.high is not None:
            limits.append(pandera.Check.le(column.high))
        return limits

    return pandera.DataFrameSchema(
        {
            c.name: pandera.Column(
                _PANDAS_TYPES[c.type],
                checks(c),
                nullable=not c.known,
                unique=c.name == "specObjID",
            )
            for c in COLUMNS
            if c.name in names
        },
        strict=True,
        ordered=True,
    )
