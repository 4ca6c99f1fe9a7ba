"""Class probabilities of stars that their model has not seen, as tables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES, NO_LABEL
from stellar.sample.arrays import Floats, Sample
from stellar.sample.columns import integers_of, places

BoolRows = NDArray[np.bool_]


@dataclass(frozen=True)
class FoldResult:
    """Held-out rows of a fold, shape (n_stars,), with their probabilities, shape (n_rows, 7)."""

    fold: int
    rows: BoolRows
    probabilities: Floats
    train_rows: int


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


def labelled(table: pa.Table) -> pa.Table:
    """Rows of a probability table that have a label."""
    keep: NDArray[np.bool_] = integers_of(table, "label") != NO_LABEL
    return table.filter(pa.array(keep))


def rows_of(table: pa.Table, catalogue: pa.Table) -> NDArray[np.int64]:
    """Where the stars of a probability table stand in a catalogue, shape (n_rows,)."""
    return places(*(integers_of(given, "specObjID") for given in (table, catalogue)))
