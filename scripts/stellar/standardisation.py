"""From a raw table (SkyServer's answer, a simulated shard, a user's file) to the catalogue.

Types are set, SDSS's marks for "missing" made null, and every value must lie inside its physical
range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from stellar.catalogue import COLUMNS, ELODIE, MISSING, SCHEMA, SURVEY_KEY, Column
from stellar.errors import UserError

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


def standardise(raw: pd.DataFrame, survey: str, first_row: int = 1) -> pa.Table:
    """The catalogue's typed table from a raw one.

    Parameters
    ----------
    raw : pandas.DataFrame, shape (n_stars, any)
        Columns named as in `COLUMNS`, any order; others are left out. Missing values may be
        null, -9999 (SDSS photometry, SSPP) or 0 (bestObjID; ELODIE values without a T_eff).
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
    UserError
        A required column is missing, a value is no number, or lies outside its range.
    """
    absent = [c.name for c in COLUMNS if c.required and c.name not in raw.columns]
    if absent:
        raise UserError(
            f"{survey}: no column {', '.join(absent)}; name yours under survey.table.columns, "
            f"for example `{absent[0]}: my_column`"
        )
    frame = pd.DataFrame(
        {
            c.name: _typed(raw[c.name], c, survey, first_row)
            if c.name in raw.columns
            else pd.Series(pd.NA if c.type != pa.float32() else np.nan, index=raw.index).astype(
                _PANDAS_TYPES[c.type]
            )
            for c in COLUMNS
        }
    ).reset_index(drop=True)
    _mark_missing(frame)
    _validate(frame, survey, first_row)
    table = pa.Table.from_pandas(frame, schema=SCHEMA, preserve_index=False)
    return table.replace_schema_metadata({SURVEY_KEY: survey.encode()})


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """The same table in pandas, integers exact (nullable types)."""
    nullable = {kind: pd.api.types.pandas_dtype(name) for kind, name in _PANDAS_TYPES.items()}
    exact = {kind: nullable[kind] for kind in (pa.uint64(), pa.int64(), pa.int32())}
    return table.to_pandas(types_mapper=exact.get)


def _typed(values: pd.Series, column: Column, survey: str, first_row: int) -> pd.Series:
    kind = _PANDAS_TYPES[column.type]
    if kind == "string":
        text = values.astype("string").str.strip()
        return text.mask(text.isin(["", "null", "NULL"]))
    if column.name in _IDS and pd.api.types.is_float_dtype(values.dtype):
        _refuse_rounded_ids(values, column.name, survey)
    if not pd.api.types.is_numeric_dtype(values.dtype):
        text = values.astype("string").str.strip()
        values = text.mask(text.isin(["", "null", "NULL"]))
    try:
        if kind in ("float32", "float64"):
            return pd.to_numeric(values, errors="raise").astype("float64").astype(kind)
        return _integers(values, kind)
    except (ValueError, TypeError, OverflowError):
        position = next((i for i, v in enumerate(values) if not _is_number(v, kind)), 0)
        raise UserError(
            f"{survey}: column {column.name}, row {first_row + position}: "
            f"{values.iloc[position]!r} is no {'number' if 'float' in kind else 'whole number'}; "
            "correct it or leave it blank"
        ) from None


def _integers(values: pd.Series, kind: str) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.astype(kind)
    # By way of Python integers: 19 digits do not survive a float.
    exact = [pd.NA if pd.isna(v) else int(v) for v in values]
    return pd.Series(exact, index=values.index, dtype=kind)


def _is_number(value: object, kind: str) -> bool:
    if pd.isna(value):  # type: ignore[call-overload]
        return True
    try:
        if "float" in kind:
            float(str(value))
            return True
        limits = np.iinfo(kind.lower())
        return bool(limits.min <= int(str(value)) <= limits.max)
    except ValueError:
        return False


def _refuse_rounded_ids(values: pd.Series, name: str, survey: str) -> None:
    known = values.dropna()
    if ((known.abs() >= 2**53) | (known % 1 != 0)).any():
        raise UserError(
            f"{survey}: {name} is stored as floating point, which rounds 19-digit ids; "
            "save it as integer or text"
        )


def _mark_missing(frame: pd.DataFrame) -> None:
    """Make SDSS's marks for "missing" null, in place.

    A zero elodieTEff means that no library star was fitted: then the four ELODIE values are
    missing together. Zero alone is a fair B-V or [Fe/H].
    """
    for column in COLUMNS:
        if column.type == pa.float32():
            values = frame[column.name]
            frame[column.name] = values.mask(values <= MISSING)
        if column.name.startswith("err_") or column.name.endswith(("Err", "Unc")):
            frame[column.name] = frame[column.name].mask(frame[column.name] < 0)  # a failed fit
    unfitted = frame["elodieTEff"].isna() | (frame["elodieTEff"] == 0)
    frame.loc[unfitted, [*ELODIE, "elodieRChi2"]] = np.nan
    frame["bestObjID"] = frame["bestObjID"].mask(frame["bestObjID"] <= 0)


def _validate(frame: pd.DataFrame, survey: str, first_row: int) -> None:
    from pandera.errors import SchemaErrors

    try:
        rules().validate(frame, lazy=True, inplace=True)
    except SchemaErrors as found:
        failure = found.failure_cases.sort_values(["index", "column"]).iloc[0]
        column = next(c for c in COLUMNS if c.name == failure["column"])
        place = f"{survey}: column {column.name}, row {first_row + int(failure['index'] or 0)}"
        if "unique" in str(failure["check"]):
            raise UserError(f"{place}: id {failure['failure_case']} stands twice") from None
        if "null" in str(failure["check"]):
            raise UserError(f"{place}: no value; each star needs one") from None
        low = "any" if column.low is None else f"{column.low:g}"
        high = "any" if column.high is None else f"{column.high:g}"
        raise UserError(
            f"{place}: {failure['failure_case']} lies outside {low} to {high} {column.unit}".strip()
            + "; correct it or leave it blank"
        ) from None


def rules() -> pandera.DataFrameSchema:
    """The catalogue's pandera schema: types, ranges, what may be missing."""
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
        },
        strict=True,
        ordered=True,
    )
