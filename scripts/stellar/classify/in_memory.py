"""Tables that a program holds in memory (pandas, pyarrow, astropy), as the importer reads files.

Only what is asked for is converted, a table's other columns stay as they are. Neither pandas nor
astropy is imported here unless a table of theirs is given, by a program that has them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from stellar.classify.output import astropy_column
from stellar.errors import UserError
from stellar.survey.table_file import TableFile, unfolded


def table_of(given: Any) -> TableFile:
    """A table in memory as one that the importer reads.

    Parameters
    ----------
    given : pandas.DataFrame, pyarrow.Table or astropy.table.Table, shape (n_rows, n_columns)

    Raises
    ------
    UserError
        It is none of these.
    """
    return unfolded(_kind(given)[0](given))


def with_columns(given: Any, new: pa.Table) -> Any:
    """A copy of a table with further columns behind its own.

    Parameters
    ----------
    given : pandas.DataFrame, pyarrow.Table or astropy.table.Table, shape (n_rows, n_columns)
    new : pyarrow.Table, shape (n_rows, n_new)

    Returns
    -------
    of the type of `given`, shape (n_rows, n_columns + n_new)
    """
    return _kind(given)[1](given, new)


def _kind(given: Any) -> tuple[Callable[[Any], TableFile], Callable[[Any, pa.Table], Any]]:
    if isinstance(given, pa.Table):
        return _of_arrow, _to_arrow
    # Who has such a table has imported its library.
    for library, name, functions in (
        ("pandas", "DataFrame", (_of_pandas, _to_pandas)),
        ("astropy.table", "Table", (_of_astropy, _to_astropy)),
    ):
        kind = getattr(sys.modules.get(library), name, None)
        if kind is not None and isinstance(given, kind):
            return functions
    raise UserError(
        f"a {type(given).__name__} is no table; give a DataFrame of pandas, or a Table of pyarrow "
        "or astropy; stellar-types classify reads files"
    )


# -- pyarrow


def _of_arrow(table: pa.Table) -> TableFile:
    lists = [f.name for f in table.schema if pa.types.is_list(f.type)]
    lists += [f.name for f in table.schema if pa.types.is_fixed_size_list(f.type)]
    units = {f.name: f.metadata[b"unit"].decode() for f in table.schema if _has_unit(f)}

    def pieces(columns: Sequence[str]) -> Iterator[pa.Table]:
        yield table.select(columns)

    return TableFile(Path("the table"), "a table", table.column_names, pieces, units, arrays=lists)


def _has_unit(field: pa.Field) -> bool:
    return b"unit" in (field.metadata or {})


def _to_arrow(table: pa.Table, new: pa.Table) -> pa.Table:
    for field, column in zip(new.schema, new.columns, strict=True):
        table = table.append_column(field, column)
    return table


# -- pandas


def _of_pandas(frame: Any) -> TableFile:
    names = [str(name) for name in frame.columns]

    def pieces(columns: Sequence[str]) -> Iterator[pa.Table]:
        places = [names.index(name) for name in columns]
        yield pa.table([_from_series(frame.iloc[:, p]) for p in places], names=list(columns))

    return TableFile(Path("the DataFrame"), "a DataFrame", names, pieces)


def _from_series(series: Any) -> pa.Array:
    if hasattr(series.dtype, "fill_value"):  # sparse
        series = series.sparse.to_dense()
    if series.dtype == object:  # numbers and text side by side, perhaps
        missing = series.isna()
        cells = (None if gone else str(v) for gone, v in zip(missing, series, strict=True))
        return pa.array(cells, pa.string())
    made = pa.array(series, from_pandas=True)
    made = made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made
    return made.dictionary_decode() if pa.types.is_dictionary(made.type) else made


def _to_pandas(frame: Any, new: pa.Table) -> Any:
    return frame.assign(**{name: new[name].to_pandas().array for name in new.column_names})


# -- astropy


def _of_astropy(table: Any) -> TableFile:
    from stellar.survey.table_readers import from_astropy

    plain = {n: c for n, c in zip(table.colnames, table.itercols(), strict=True) if _is_plain(c)}
    units = {name: str(column.unit) for name, column in plain.items() if column.unit}

    def pieces(columns: Sequence[str]) -> Iterator[pa.Table]:
        yield from_astropy(table, columns)

    return TableFile(
        Path("the table"),
        "a table",
        table.colnames,
        pieces,
        units,
        arrays=[name for name, column in plain.items() if column.ndim == 2],
        refused=_refused(table.colnames, plain),
    )


def _is_plain(column: Any) -> bool:
    return isinstance(column, np.ndarray) and column.shape[1:] in ((), (5,))


def _refused(names: Sequence[str], plain: Mapping[str, Any]) -> dict[str, str]:
    return {name: "holds more than a value a row" for name in names if name not in plain}


def _to_astropy(table: Any, new: pa.Table) -> Any:
    made = table.copy()
    for name in new.column_names:
        made[name] = astropy_column(new[name], name, blank=False)
    return made
