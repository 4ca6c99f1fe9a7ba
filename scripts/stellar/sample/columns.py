"""Columns of tables as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import files
from stellar.errors import UserError

Floats = NDArray[np.float32]
# Columns that come with an uncertainty (one standard deviation, same unit).
UNCERTAINTY = {
    **{band: f"err_{band}" for band in "ugriz"},
    "redshift": "redshiftErr",
    "sppTeff": "sppTeffUnc",
    "sppLogG": "sppLogGUnc",
    "sppFeH": "sppFeHUnc",
}


def rows_of_ids(ids: NDArray[np.uint64], among: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where each of `ids` stands in `among`, which has all of them; shape of `ids`."""
    order = np.argsort(among)
    return np.asarray(order[np.searchsorted(among, ids, sorter=order)])


def arrays_of(stars: pa.Table, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Columns of a table as arrays of float64, shape (n_stars,), in its units; null as NaN."""
    return {name: stars[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in names}


def integers(table: pa.Table, name: str) -> NDArray[Any]:
    """A column without nulls as an array of its own type, shape (n_rows,).

    Raises
    ------
    UserError
        The table has no such column.
    """
    if name not in table.column_names:
        raise UserError(f"a table lacks the column {name}; give a file of the rule that writes it")
    return table[name].to_numpy()


def taken(path: str | Path, columns: Sequence[str], rows: NDArray[np.integer[Any]]) -> pa.Table:
    """Some rows of a Parquet file, read piece by piece.

    Parameters
    ----------
    path : str or Path
    columns : sequence of str
    rows : array of int, shape (n_taken,)
        Their numbers; the table is in this order.
    """
    order = np.argsort(rows, kind="stable")
    pieces, row = [], 0
    for piece in files.read_pieces(path, columns):
        inside = order[slice(*np.searchsorted(rows[order], (row, row + piece.num_rows)))]
        pieces.append(piece.take(rows[inside] - row))
        row += piece.num_rows
    return pa.concat_tables(pieces).take(np.argsort(order, kind="stable"))


def thinned(path: str | Path, columns: Sequence[str], least: int) -> pa.Table:
    """Every k-th row of a Parquet file, evenly: all rows, or `least` to twice as many.

    Read piece by piece, so that memory does not grow with the file.
    """
    step = max(1, files.number_of_rows(path) // least)
    pieces, row = [], 0
    for piece in files.read_pieces(path, columns):
        pieces.append(piece.take(np.arange(-row % step, piece.num_rows, step)))
        row += piece.num_rows
    return pa.concat_tables(pieces)
