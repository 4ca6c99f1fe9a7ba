"""From a raw table (SkyServer's answer, a simulated shard, a user's file) to the catalogue.

Types are set, marks for "missing" made null, and every value must lie inside its physical range.
Conversion is exact: an id never passes through a float, and no value is dropped in silence.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar import ELODIE, files
from stellar.errors import UserError
from stellar.survey.catalogue import COLUMNS, MISSING, SCHEMA, Column

if TYPE_CHECKING:
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
_EXACT = 2.0**53  # above, floating point has no room for each whole number
_MANY = 10  # values out of range that speak for a wrong unit, where they are most of a column
# How text says "no value" in SkyServer's and CasJobs's answers, pandas, R and astropy.
_WORDS = ("", "null", "nan", "NaN", "na", "n/a", "none", "<na>")
_NO_VALUE = pa.array(sorted({f(w) for w in _WORDS for f in (str, str.upper, str.title)}))
_TEXT_TYPES = (pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary())
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.IGNORECASE)
_SEXAGESIMAL = re.compile(r"[+-]?\d+[:hd ]\s*\d+[:m' ]\s*[\d.]+\s*[s\"]?")


class ValueProblem(UserError):
    """A value that cannot be, with its place; `row` counts rows of data from 1."""

    def __init__(self, survey: str, column: str, row: int, what: str) -> None:
        super().__init__(f"{survey}: column {column}, row {row}: {what}")
        self.column, self.row, self.what = column, row, what


def standardise(raw: pd.DataFrame | pa.Table, survey: str, first_row: int = 1) -> pa.Table:
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
            f"{survey}: no column {', '.join(absent)}; name yours under survey.table.columns, "
            f"for example `{absent[0]}: my_column`"
        )
    columns = {
        c.name: converted(raw[c.name], c, survey, first_row)
        if c.name in names
        else pa.nulls(len(raw), c.type)
        for c in COLUMNS
    }
    _mark_missing(columns)
    _validate(pa.table(columns), survey, first_row)
    table = pa.table(list(columns.values()), schema=SCHEMA)
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
        return text
    numbers, wrong = parsed(values, column.type)
    if wrong.any():
        row = int(wrong.argmax())
        what = _why_not(values[row].as_py(), column)
        raise ValueProblem(survey, column.name, first_row + row, what)
    return numbers


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
    try:
        numbers = values.cast(pa.float64() if pa.types.is_floating(kind) else kind)
    except pa.ArrowInvalid:
        widest = pa.float64() if pa.types.is_floating(kind) else kind
        numbers = pa.array([_number(value, kind) for value in values.to_pylist()], widest)
    if pa.types.is_floating(kind):
        numbers = numbers.cast(kind)
        numbers = pc.if_else(pc.is_finite(numbers), numbers, None)
    elif pa.types.is_floating(values.type):
        # A whole number in floating point may have been another one before.
        numbers = pc.if_else(pc.less(pc.abs(values), _EXACT), numbers, None)
    wrong = pc.and_(values.is_valid(), numbers.is_null())
    return numbers, wrong.to_numpy(zero_copy_only=False)


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
    if pa.types.is_floating(column.type):
        if column.unit == "deg" and _SEXAGESIMAL.fullmatch(text):
            return f"{shown} is no number; give degrees, not hours, minutes and seconds"
        if _DECIMAL_COMMA.fullmatch(text):
            return f"{shown} has a decimal comma; save the table with decimal points"
        return f"{shown} is no number; correct it or leave it blank"
    whole = text.lstrip("+-").isdecimal()
    if column.name in _IDS and not whole and _NUMBER.fullmatch(text):
        return (
            f"{shown} is stored as floating point, which rounds 19-digit ids; "
            "save it as integer or text"
        )
    limits = np.iinfo(column.type.to_pandas_dtype())
    span = f" from {limits.min} to {limits.max}" if whole else ""
    return f"{shown} is no whole number{span}; correct it or leave it blank"


def _cleaned(values: pd.Series | pa.ChunkedArray | pa.Array) -> pa.Array:
    """One Arrow array; null where the value is NaN or text that says so; text without margins."""
    if isinstance(values, pd.Series):
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
        return pc.if_else(pc.is_in(text, _NO_VALUE), None, text)
    return values


def _from_pandas(values: pd.Series) -> pa.Array:
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # several types in one column
        return pa.array([None if pd.isna(value) else str(value) for value in values])


def _mark_missing(columns: dict[str, pa.Array]) -> None:
    """Make SDSS's marks for "missing" null, in place.

    A zero elodieTEff means that no library star was fitted: then the four ELODIE values are
    missing together. Zero alone is a fair B-V or [Fe/H].
    """
    for column in COLUMNS:
        name, values = column.name, columns[column.name]
        if column.type == pa.float32():
            columns[name] = pc.if_else(pc.greater(values, MISSING), values, None)
        if name.startswith("err_") or name.endswith(("Err", "Unc")):  # a failed fit
            columns[name] = pc.if_else(pc.greater_equal(columns[name], 0), columns[name], None)
    fitted = pc.not_equal(columns["elodieTEff"], 0)
    for name in (*ELODIE, "elodieRChi2"):
        columns[name] = pc.if_else(fitted, columns[name], None)
    objects = columns["bestObjID"]
    columns["bestObjID"] = pc.if_else(pc.greater(objects, 0), objects, None)


def _validate(table: pa.Table, survey: str, first_row: int) -> None:
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
            refuse_repeated(frame[column.name].to_numpy(np.uint64), survey, first_row)
        if "null" in str(failure["check"]):
            what = "no value; each star needs one"
        else:
            low = "any" if column.low is None else f"{column.low:g}"
            high = "any" if column.high is None else f"{column.high:g}"
            value = column.type.to_pandas_dtype()(failure["failure_case"])  # 99.99, not 99.98999…
            what = f"{value!s} lies outside {low} to {high} {column.unit}".strip()
            count = (failures["column"] == column.name).sum()
            most = count >= _MANY and 2 * count > frame[column.name].count()
            what += _unit_advice(column) if most else "; correct it or leave it blank"
        raise ValueProblem(survey, column.name, first_row + row, what) from None


def _unit_advice(column: Column) -> str:
    """What to type where most of a column lies outside its range."""
    likely = {"mag": "fluxes", "K": "log10 or kK", "dex": "no logarithms", "deg": "in another unit"}
    if column.name.startswith("redshift"):
        return ", as does most of the column; is it in km/s? Divide it by 299792.458"
    if column.unit in likely:
        return f", as does most of the column; is it {likely[column.unit]}? Give {column.unit}"
    return ", as does most of the column; correct it or leave it out"


def refuse_repeated(ids: NDArray[np.uint64], survey: str, first_row: int = 1) -> None:
    """Raise a ValueProblem that names both rows if an id, of shape (n_rows,), stands twice."""
    ordered = np.sort(ids)
    if not (ordered[1:] == ordered[:-1]).any():
        return
    order = np.argsort(ids, kind="stable")
    again = order[1:][ids[order[1:]] == ids[order[:-1]]].min()
    first = int((ids == ids[again]).argmax())
    raise ValueProblem(
        survey,
        "specObjID",
        first_row + int(again),
        f"id {ids[again]} stands twice, first in row {first_row + first}; keep one of them",
    )


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
