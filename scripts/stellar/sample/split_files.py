"""Standardized splits as files: fitted, written and read piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES, files
from stellar.errors import UserError
from stellar.sample.arrays import Rows, measured, refuse_absent
from stellar.sample.columns import Floats, arrays_of, integers
from stellar.sample.features import columns_needed, matrix
from stellar.sample.scaler import Scaler
from stellar.sample.splits import counted


def _pieces(
    stars: str | Path, features: Sequence[str], beside: Sequence[str] = ()
) -> Iterator[tuple[pa.Table, Floats]]:
    """Pieces of a file of stars: the columns `beside`, and the unscaled features."""
    columns = columns_needed(features)
    for piece in files.read_pieces(stars, list(dict.fromkeys([*beside, *columns]))):
        yield piece, matrix(arrays_of(piece, columns), features)


def fit_scaler(stars: str | Path, training: NDArray[np.bool_], features: Sequence[str]) -> Scaler:
    """Fit a scaler on the `training` rows, shape (n_stars,), of a file read piece by piece.

    Raises
    ------
    MissingFeatureError
        A feature that no star of the file has.
    """
    seen = np.zeros(len(features), bool)

    def training_rows() -> Iterator[Floats]:
        row = 0
        for _, table in _pieces(stars, features):
            seen[:] |= measured(table)
            yield table[training[row : row + len(table)]]
            row += len(table)

    scaler = Scaler.fit_pieces(training_rows(), features)
    refuse_absent(seen, features, files.survey_of(files.read_schema(stars)))
    return scaler


def scaled_schema(stars: str | Path, features: Sequence[str]) -> pa.Schema:
    """Columns of `scaled_pieces`: specObjID, the features, the class as is_O, is_B, …."""
    given = files.read_schema(stars)
    columns = [("specObjID", given.field("specObjID").type)]
    columns += [(name, pa.float32()) for name in features]
    columns += [(f"is_{c}", pa.uint8()) for c in CLASSES]
    return pa.schema(columns, {"survey": files.survey_of(given)})


def scaled_pieces(stars: str | Path, scaler: Scaler) -> Iterator[pa.Table]:
    """Standardized rows of a file of stars, piece by piece, in the columns of `scaled_schema`."""
    schema = scaled_schema(stars, scaler.features)
    for piece, table in _pieces(stars, scaler.features, ["specObjID", "label"]):
        labels = integers(piece, "label")
        one_hot = [(labels == number).astype(np.uint8) for number in range(len(CLASSES))]
        columns = [piece["specObjID"], *scaler.transform(table).T, *one_hot]
        yield pa.table([pa.array(c) if isinstance(c, np.ndarray) else c for c in columns], schema)


def write_parts(
    stars: str | Path, scaler: Scaler, part: NDArray[np.int8], paths: Sequence[str | Path]
) -> list[int]:
    """Write the standardized rows of a file of stars to the file of their part.

    Parameters
    ----------
    stars : path
    scaler : Scaler
    part : array of int8, shape (n_stars,)
        Of each row, which of the `paths` it goes to.
    paths : sequence of path

    Returns
    -------
    list of int
        Rows of each part.

    Raises
    ------
    UserError
        A part would have none.
    """
    rows = np.bincount(part, minlength=len(paths))
    if (rows == 0).any():
        known = counted(integers(files.read_table(stars, ["star"]), "star"))
        raise UserError(f"{known} are too few for {len(rows)} parts; add stars")
    schema, row = scaled_schema(stars, scaler.features), 0
    with ExitStack() as open_files:
        writers = [open_files.enter_context(files.table_writer(path, schema)) for path in paths]
        for piece in scaled_pieces(stars, scaler):
            side = part[row : row + piece.num_rows]
            row += piece.num_rows
            for number, write in enumerate(writers):
                write(piece.filter(pa.array(side == number)))
    return [int(number) for number in rows]


def load_split(path: str | Path) -> tuple[Rows, str]:
    """Read a standardized split: its rows, and the survey they come from."""
    table = files.read_table(path)
    one_hot = np.column_stack([integers(table, f"is_{c}") for c in CLASSES])
    features = [n for n in table.column_names if n != "specObjID" and not n.startswith("is_")]
    values = np.column_stack([integers(table, name) for name in features])
    rows = Rows(np.ascontiguousarray(values), one_hot.argmax(axis=1).astype(np.int8))
    return rows, files.survey_of(table.schema)
