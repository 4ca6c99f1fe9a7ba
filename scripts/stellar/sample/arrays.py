"""Tables as arrays: samples for cross-validation, standardized splits for the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import NO_LABEL, files
from stellar.errors import MissingFeatureError
from stellar.sample.columns import Floats, arrays_of, integers
from stellar.sample.features import columns_needed, matrix


@dataclass(frozen=True)
class Rows:
    """Standardized features `values`, shape (n_rows, n_features), and `labels`, shape (n_rows,).

    `weights`, shape (n_rows,), say how much a row counts in training; without them all count 1.
    """

    values: Floats
    labels: NDArray[np.int8]
    weights: Floats | None = None


@dataclass(frozen=True)
class Sample:
    """Stars, each row one spectrum: features, labels and folds.

    Attributes
    ----------
    survey : str
    ids : array of uint64, shape (n_rows,)
        specObjID.
    feature_names : tuple of str
    values : array of float32, shape (n_rows, n_features)
        Features, not standardized, in the catalogue's units; NaN where there is none.
    labels : array of int8, shape (n_rows,)
        Class numbers; -1: no label.
    folds : array of int8, shape (n_rows,)
    """

    survey: str
    ids: NDArray[np.uint64]
    feature_names: tuple[str, ...]
    values: Floats
    labels: NDArray[np.int8]
    folds: NDArray[np.int8]

    def rows_in(self, folds: Sequence[int]) -> NDArray[np.int64]:
        """Rows with a label in some folds: indices, shape (n_found,)."""
        return np.flatnonzero(np.isin(self.folds, folds) & (self.labels != NO_LABEL))

    def rows_outside(self, folds: Sequence[int]) -> NDArray[np.int64]:
        """Rows with a label outside some folds: indices, shape (n_found,)."""
        return np.flatnonzero(~np.isin(self.folds, folds) & (self.labels != NO_LABEL))

    def labelled(self) -> Sample:
        """The rows that have a label."""
        rows = self.labels != NO_LABEL
        return replace(
            self,
            ids=self.ids[rows],
            values=self.values[rows],
            labels=self.labels[rows],
            folds=self.folds[rows],
        )


def features_of(stars: pa.Table, features: Sequence[str]) -> Floats:
    """Unscaled features of a table of stars, shape (n_stars, n_features).

    Raises
    ------
    MissingFeatureError
        A feature that no star of the survey has: a score without it would not be what its
        name says.
    """
    table = matrix(arrays_of(stars, columns_needed(features)), features)
    refuse_absent(measured(table), features, files.survey_of(stars.schema))
    return table


def measured(table: Floats) -> NDArray[np.bool_]:
    """Whether a feature has a value in any row, shape (n_features,)."""
    return np.asarray(np.isfinite(table).any(axis=0))


def refuse_absent(seen: NDArray[np.bool_], features: Sequence[str], survey: str) -> None:
    """Raise MissingFeatureError if a feature is not `seen`, shape (n_features,), in any star."""
    absent = [name for name, known in zip(features, seen, strict=True) if not known]
    if absent:
        raise MissingFeatureError(
            f"no star of survey {survey} has {', '.join(absent)}; take it out of `features`"
        )


def load_sample(path: str | Path, scheme: str, features: Sequence[str]) -> Sample:
    """Stars with their labels by one scheme; rows without a label have -1.

    Parameters
    ----------
    path : str or Path
        What the rule `assign_folds` wrote.
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
    labels = integers(table, f"label_{scheme}")
    if len(np.unique(labels[labels != NO_LABEL])) < 2:
        raise MissingFeatureError(
            f"survey {files.survey_of(table.schema)} has fewer than two classes by label {scheme}"
        )
    return Sample(
        survey=files.survey_of(table.schema),
        ids=integers(table, "specObjID"),
        feature_names=tuple(features),
        values=features_of(table, features) if features else np.empty((len(labels), 0), np.float32),
        labels=labels,
        folds=integers(table, "fold"),
    )


def kinds_of_negatives(path: str | Path) -> NDArray[np.object_]:
    """Which kind of negative each row of a sample is, "" if it is none; shape (n_rows,)."""
    kinds = files.read_table(path, ["negative"])["negative"].fill_null("")
    return kinds.to_numpy(zero_copy_only=False)
