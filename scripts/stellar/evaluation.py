"""Cross-validation: which rows a fold trains on, and the scores of its held-out rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES, files, metrics
from stellar.features import Scaler
from stellar.samples import Floats, Sample

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


def summarise(sample: Sample, results: Sequence[FoldResult], **about: Any) -> Mapping[str, Any]:
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


def write_skipped(name: str, reason: str, metrics_path: str, probabilities_path: str) -> None:
    """Write what stands in for a variant that the survey cannot feed: no row, and the reason."""
    columns = {"specObjID": pa.uint64(), "fold": pa.int8(), "label": pa.int8()}
    columns |= {f"p_{c}": pa.float32() for c in CLASSES}
    files.write_table(probabilities_path, pa.schema(columns.items()).empty_table())
    files.write_json(metrics_path, {"name": name, "skipped": reason})
