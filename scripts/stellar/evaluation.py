"""Cross-validation: which rows a fold trains on, and the scores of its held-out rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES, files, metrics
from stellar.catalogue import survey_of
from stellar.errors import UserError
from stellar.features import Scaler, columns_needed, matrix

Floats = NDArray[np.float32]
BoolRows = NDArray[np.bool_]


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
    return {
        name: stars[name].cast(pa.float64()).to_numpy(zero_copy_only=False) for name in names
    }


def features_of(stars: pa.Table, features: Sequence[str]) -> Floats:
    """Unscaled features of a table of stars, shape (n_stars, n_features)."""
    return matrix(columns_of(stars, columns_needed(features)), features)


def integers_of(table: pa.Table, name: str) -> NDArray[Any]:
    """A column without nulls as an array of its own integer type."""
    return table[name].to_numpy()


@dataclass(frozen=True)
class FoldRows:
    """Masks of one fold's rows: to fit on, to stop early by (may be empty), to score."""

    train: BoolRows
    validation: BoolRows
    test: BoolRows


def rows_of_fold(
    folds: NDArray[np.int8], fold: int, n_folds: int, stops_early: bool
) -> FoldRows:
    """Rows of a fold; early stopping looks at the next fold, never at the scored one."""
    test = folds == fold
    validation = folds == (fold + 1) % n_folds if stops_early else np.zeros_like(test)
    return FoldRows(~(test | validation), validation, test)


@dataclass(frozen=True)
class FoldResult:
    """Held-out rows of a fold with their probabilities, shape (n_rows, 7), and scores."""

    rows: BoolRows
    probabilities: Floats
    scores: dict[str, Any]


FitPredict = Callable[[Floats, NDArray[np.int8], Floats, NDArray[np.int8], Floats], Floats]


def run_fold(
    sample: Sample, fold: int, n_folds: int, fit_predict: FitPredict, stops_early: bool, scale: bool
) -> FoldResult:
    """Fit on a fold's training rows and score its held-out rows.

    Parameters
    ----------
    sample : Sample
    fold, n_folds : int
    fit_predict : callable
        From training and validation rows (features, labels each) and held-out features to
        held-out probabilities.
    stops_early : bool
        Whether the next fold is set apart for early stopping.
    scale : bool
        Whether features are standardized, by the training rows alone.
    """
    rows = rows_of_fold(sample.folds, fold, n_folds, stops_early)
    parts = [sample.table[mask] for mask in (rows.train, rows.validation, rows.test)]
    if scale:
        scaler = Scaler.fit(parts[0], sample.features)
        parts = [scaler.transform(part) for part in parts]
    probabilities = fit_predict(
        parts[0], sample.labels[rows.train], parts[1], sample.labels[rows.validation], parts[2]
    )
    scores = metrics.scores(sample.labels[rows.test], predicted_class(probabilities))
    scores |= {"fold": fold, "train_rows": int(rows.train.sum())}
    return FoldResult(rows.test, probabilities, scores)


def predicted_class(probabilities: Floats) -> NDArray[np.int8]:
    """Most probable class of each row; the hotter one of equals."""
    return probabilities.argmax(axis=1).astype(np.int8)


def probability_table(sample: Sample, results: Sequence[FoldResult]) -> pa.Table:
    """Held-out probabilities of all results: id, fold, label and p_O … p_M."""
    columns: dict[str, Any] = {
        "specObjID": np.concatenate([sample.ids[r.rows] for r in results]),
        "fold": np.concatenate([sample.folds[r.rows] for r in results]),
        "label": np.concatenate([sample.labels[r.rows] for r in results]),
    }
    probabilities = np.concatenate([r.probabilities for r in results])
    for number, name in enumerate(CLASSES):
        columns[f"p_{name}"] = probabilities[:, number]
    return pa.table(columns).replace_schema_metadata({"survey": sample.survey})


def summarise(
    sample: Sample, results: Sequence[FoldResult], **about: Any
) -> Mapping[str, Any]:
    """What a metrics.json of several folds holds: each fold's scores, and their spread."""
    folds = [r.scores for r in results]
    truth = np.concatenate([sample.labels[r.rows] for r in results])
    predicted = np.concatenate([predicted_class(r.probabilities) for r in results])
    return {
        "survey": sample.survey,
        "features": list(sample.features),
        "folds": folds,
        "over_folds": metrics.over_folds(folds),
        "pooled": metrics.scores(truth, predicted),
        **about,
    }


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
