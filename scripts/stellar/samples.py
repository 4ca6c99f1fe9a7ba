"""Tables as arrays: samples for cross-validation, standardized splits for the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES, NO_LABEL, files
from stellar.errors import MissingFeatureError, UserError
from stellar.features import Scaler, columns_needed, matrix

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Rows:
    """Standardized features, shape (n_rows, n_features), and class numbers, shape (n_rows,).

    `weights`, shape (n_rows,), say how much a row counts in training; without them all count 1.
    """

    features: Floats
    labels: NDArray[np.int8]
    weights: Floats | None = None


@dataclass(frozen=True)
class Sample:
    """Labelled stars: unscaled features, class numbers and folds of the same rows."""

    survey: str
    ids: NDArray[np.uint64]
    features: tuple[str, ...]
    table: Floats
    labels: NDArray[np.int8]
    folds: NDArray[np.int8]

    def labelled_rows(self, folds: Sequence[int], outside: bool = False) -> NDArray[np.int64]:
        """Rows with a label in some folds, or outside of them."""
        here = np.isin(self.folds, folds) ^ outside
        return np.flatnonzero(here & (self.labels != NO_LABEL))


def places(ids: NDArray[np.uint64], among: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Where each of `ids` stands in `among`, which has all of them; shape of `ids`."""
    order = np.argsort(among)
    return np.asarray(order[np.searchsorted(among, ids, sorter=order)])


def columns_of(stars: pa.Table, names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Columns of a table as float64 arrays, null as NaN."""
    return {name: stars[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in names}


def features_of(stars: pa.Table, features: Sequence[str]) -> Floats:
    """Unscaled features of a table of stars, shape (n_stars, n_features).

    Raises
    ------
    MissingFeatureError
        A feature that no star of the survey has: a score without it would not be what its
        name says.
    """
    table = matrix(columns_of(stars, columns_needed(features)), features)
    _refuse_absent(_measured(table), features, files.survey_of(stars.schema))
    return table


def _measured(table: Floats) -> NDArray[np.bool_]:
    """Whether a feature has a value in any row, shape (n_features,)."""
    return np.asarray(np.isfinite(table).any(axis=0))


def _refuse_absent(seen: NDArray[np.bool_], features: Sequence[str], survey: str) -> None:
    """Raise MissingFeatureError if a feature is not `seen` in any star."""
    absent = [name for name, known in zip(features, seen, strict=True) if not known]
    if absent:
        raise MissingFeatureError(
            f"no star of survey {survey} has {', '.join(absent)}; take it out of `features`"
        )


def integers_of(table: pa.Table, name: str) -> NDArray[Any]:
    """A column without nulls as an array of its own integer type.

    Raises
    ------
    UserError
        The table has no such column.
    """
    if name not in table.column_names:
        raise UserError(f"a table lacks the column {name}; give a file of the rule that writes it")
    return table[name].to_numpy()


def _pieces(
    stars: str | Path, features: Sequence[str], beside: Sequence[str] = ()
) -> Iterator[tuple[pa.Table, Floats]]:
    """Pieces of a file of stars: the columns `beside`, and the unscaled features."""
    columns = columns_needed(features)
    for piece in files.read_pieces(stars, list(dict.fromkeys([*beside, *columns]))):
        yield piece, matrix(columns_of(piece, columns), features)


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
            seen[:] |= _measured(table)
            yield table[training[row : row + len(table)]]
            row += len(table)

    scaler = Scaler.fit_pieces(training_rows(), features)
    _refuse_absent(seen, features, files.survey_of(files.read_schema(stars)))
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
        labels = integers_of(piece, "label")
        one_hot = [(labels == number).astype(np.uint8) for number in range(len(CLASSES))]
        columns = [piece["specObjID"], *scaler.transform(table).T, *one_hot]
        yield pa.table([pa.array(c) if isinstance(c, np.ndarray) else c for c in columns], schema)


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


def load_sample(stars: str | Path, folds: str | Path, features: Sequence[str]) -> Sample:
    """Read labelled stars and their folds, with the columns that `features` need.

    Raises
    ------
    UserError
        The two files do not hold the same rows.
    """
    table = files.read_table(stars, ["specObjID", "label", *columns_needed(features)])
    fold_table = files.read_table(folds)
    if not fold_table["specObjID"].equals(table["specObjID"]):
        raise UserError(f"{folds} belongs to other stars; delete it and run snakemake again")
    return Sample(
        survey=files.survey_of(table.schema),
        ids=integers_of(table, "specObjID"),
        features=tuple(features),
        table=features_of(table, features),
        labels=integers_of(table, "label"),
        folds=integers_of(fold_table, "fold"),
    )


def load_split(path: str | Path) -> tuple[Rows, str]:
    """Read a standardized split: its rows, and the survey they come from."""
    table = files.read_table(path)
    one_hot = np.column_stack([integers_of(table, f"is_{c}") for c in CLASSES])
    features = [n for n in table.column_names if n != "specObjID" and not n.startswith("is_")]
    values = np.column_stack([integers_of(table, name) for name in features])
    rows = Rows(np.ascontiguousarray(values), one_hot.argmax(axis=1).astype(np.int8))
    return rows, files.survey_of(table.schema)
