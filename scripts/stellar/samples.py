"""Tables as arrays: samples for cross-validation, standardized splits for the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES, files
from stellar.catalogue import survey_of
from stellar.errors import MissingFeatureError, UserError
from stellar.features import columns_needed, matrix

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Rows:
    """Standardized features, shape (n_rows, n_features), and class numbers, shape (n_rows,)."""

    features: Floats
    labels: NDArray[np.int8]


@dataclass(frozen=True)
class Sample:
    """Labelled stars: unscaled features, class numbers and folds of the same rows."""

    survey: str
    ids: NDArray[np.uint64]
    features: tuple[str, ...]
    table: Floats
    labels: NDArray[np.int8]
    folds: NDArray[np.int8]


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
    absent = [name for j, name in enumerate(features) if not np.isfinite(table[:, j]).any()]
    if absent:
        raise MissingFeatureError(
            f"no star of survey {survey_of(stars.schema)} has {', '.join(absent)}; take it out of "
            "`features`"
        )
    return table


def integers_of(table: pa.Table, name: str) -> NDArray[Any]:
    """A column without nulls as an array of its own integer type."""
    return table[name].to_numpy()


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
        survey=survey_of(table.schema),
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
    return rows, survey_of(table.schema)
