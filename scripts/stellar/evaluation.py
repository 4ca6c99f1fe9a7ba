"""Cross-validation: which rows a fold trains on, and the scores of its held-out rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.features import Scaler
from stellar.samples import Floats, Sample, integers_of

BoolRows = NDArray[np.bool_]


@dataclass(frozen=True)
class FoldRows:
    """Masks of one fold's rows: to fit on, to stop early by (may be empty), to score."""

    train: BoolRows
    validation: BoolRows
    test: BoolRows


def rows_of_fold(folds: NDArray[np.int8], fold: int, n_folds: int, stops_early: bool) -> FoldRows:
    """Rows of a fold; early stopping looks at the next fold, never at the scored one."""
    test = folds == fold
    validation = folds == (fold + 1) % n_folds if stops_early else np.zeros_like(test)
    return FoldRows(~(test | validation), validation, test)


@dataclass(frozen=True)
class FoldResult:
    """Held-out rows of a fold, shape (n_stars,), with their probabilities, shape (n_rows, 7)."""

    fold: int
    rows: BoolRows
    probabilities: Floats
    train_rows: int


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
    return FoldResult(fold, rows.test, probabilities, int(rows.train.sum()))


def accuracy(sample: Sample, result: FoldResult) -> float:
    """Share of a fold's held-out rows that got their class."""
    return float(np.mean(predicted_class(result.probabilities) == sample.labels[result.rows]))


def predicted_class(probabilities: Floats) -> NDArray[np.int8]:
    """Most probable class of each row; the hotter one of equals."""
    return probabilities.argmax(axis=1).astype(np.int8)


def probability_table(
    sample: Sample, results: Sequence[FoldResult], folds: Sequence[Mapping[str, Any]], **about: Any
) -> pa.Table:
    """Held-out probabilities: id, fold, label and p_O … p_M, and in the schema what they are.

    Parameters
    ----------
    sample : Sample
    results : sequence of FoldResult
    folds : sequence of mapping
        More about each result, for the table of folds.
    **about
        More about all of them: `name`, `parameters`, ….
    """
    columns: dict[str, Any] = {
        "specObjID": np.concatenate([sample.ids[r.rows] for r in results]),
        "fold": np.concatenate([sample.folds[r.rows] for r in results]),
        "label": np.concatenate([sample.labels[r.rows] for r in results]),
    }
    probabilities = np.concatenate([r.probabilities for r in results])
    for number, name in enumerate(CLASSES):
        columns[f"p_{name}"] = probabilities[:, number]
    known = [{"fold": r.fold, "train_rows": r.train_rows} for r in results]
    about |= {
        "features": list(sample.features),
        "folds": [{**k, **more} for k, more in zip(known, folds, strict=True)],
    }
    return _described(pa.table(columns), sample.survey, about)


def skipped_table(name: str, reason: str) -> pa.Table:
    """What stands in for a classifier that the survey cannot feed: no row, and the reason."""
    columns = {"specObjID": pa.uint64(), "fold": pa.int8(), "label": pa.int8()}
    columns |= {f"p_{c}": pa.float32() for c in CLASSES}
    empty = pa.schema(columns.items()).empty_table()
    return _described(empty, "", {"name": name, "skipped": reason})


def _described(table: pa.Table, survey: str, about: Mapping[str, Any]) -> pa.Table:
    text = json.dumps(about, sort_keys=True)
    return table.replace_schema_metadata({"survey": survey, "about": text})


def probabilities_of(table: pa.Table) -> tuple[NDArray[np.int8], Floats]:
    """Labels, shape (n_rows,), and probabilities, shape (n_rows, 7), of a probability table."""
    columns = [integers_of(table, f"p_{c}") for c in CLASSES]
    return integers_of(table, "label"), np.column_stack(columns)
