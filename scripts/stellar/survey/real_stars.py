"""A table of real stars, to stand beside the survey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import LABEL_COLUMN
from stellar.errors import UserError
from stellar.sample.spectral_types import LABEL_INPUTS, label_rows
from stellar.survey import user_table


def labelled(
    table: Path,
    values: Sequence[str],
    label: str,
    columns: Mapping[str, str | None],
    units: Mapping[str, str],
) -> tuple[pa.Table, NDArray[np.int8]]:
    """The table's stars that have a class, and their class numbers.

    Parameters
    ----------
    table : Path
    values : sequence of str
        Columns of the catalogue that are wanted of them.
    label : str
        Scheme of the classes.
    columns, units : mapping
        As `real_stars.columns` and `real_stars.units` of the configuration.

    Returns
    -------
    pyarrow.Table
    array of int8, shape (n_stars,)

    Raises
    ------
    UserError
        The table cannot be read, or none of its stars has a class.
    """
    column = LABEL_COLUMN[label]
    needed = list(dict.fromkeys([*values, column, *LABEL_INPUTS]))
    pieces = user_table.stars(table, columns, units, label=label)
    try:
        whole = pa.concat_tables(piece.select(needed) for piece in pieces)
    except UserError as error:
        raise UserError(str(error).replace("survey.table.", "real_stars.")) from None
    numbers = label_rows(whole.select([column, *LABEL_INPUTS]).to_pandas(), label).numbers
    if not (numbers >= 0).any():
        raise UserError(
            f"{table}: no star has a class by label {label} (column {column}); correct "
            "real_stars.path or real_stars.columns"
        )
    return whole.filter(pa.array(numbers >= 0)), numbers[numbers >= 0]
