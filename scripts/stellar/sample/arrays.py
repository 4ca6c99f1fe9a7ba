"""Tables as arrays: samples for cross-validation, standardized splits for the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import NO_LABEL, files
from stellar.errors import MissingFeatureError, UserError
from stellar.sample.columns import columns_of, integers_of
from stellar.sample.features import columns_needed, matrix


def load_scheme(path: str | Path, scheme: str, features: Sequence[str]) -> Sample:
    """Stars with their labels by one scheme; rows without a label have -1.

    Parameters
    ----------
    path : str
        What the rule `label_schemes` wrote.
    scheme : {"elodie", "subclass", "hammer"}
    features : sequence of str

    Raises
    ------
    MissingFeatureError
        A feature that no star of the survey has, or fewer than two classes by the scheme.
    """
    columns = list(
        dict.fromkeys(["specObjID", "fold", f"label_{scheme}", *columns_needed(features)])
    )
    table = files.read_table(path, columns)
    labels = integers_of(table, f"label_{scheme}")
    if len(np.unique(labels[labels != NO_LABEL])) < 2:
        raise MissingFeatureError(
            f"survey {files.survey_of(table.schema)} has fewer than two classes by label {scheme}"
        )
    return Sample(
        survey=files.survey_of(table.schema),
        ids=integers_of(table, "specObjID"),
        features=tuple(features),
        table=features_of(table, features),
        labels=labels,
        folds=integers_of(table, "fold"),
    )


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


def features_of(stars: pa.Table, features: Sequence[str]) -> Floats:
    """Unscaled features of a table of stars, shape (n_stars, n_features).

    Raises
    ------
    MissingFeatureError
        A feature that no star of the survey has: a score without it would not be what its
        name says.
    """
    table = matrix(columns_of(stars, columns_needed(features)), features)
    refuse_absent(measured(table), features, files.survey_of(stars.schema))
    return table


def measured(table: Floats) -> NDArray[np.bool_]:
    """Whether a feature has a value in any row, shape (n_features,)."""
    return np.asarray(np.isfinite(table).any(axis=0))


def refuse_absent(seen: NDArray[np.bool_], features: Sequence[str], survey: str) -> None:
    """Raise MissingFeatureError if a feature is not `seen` in any star."""
    absent = [name for name, known in zip(features, seen, strict=True) if not known]
    if absent:
        raise MissingFeatureError(
            f"no star of survey {survey} has {', '.join(absent)}; take it out of `features`"
        )


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
