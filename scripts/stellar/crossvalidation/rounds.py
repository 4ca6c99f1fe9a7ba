"""Cross-validation: which rows a fold trains on, and the scores of its held-out rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES, NO_LABEL, files
from stellar.crossvalidation.predictions import (
    BoolRows,
    FoldResult,
    predicted_class,
    probability_table,
    skipped_table,
)
from stellar.crossvalidation.protocol import Protocol
from stellar.learning.learners import Learner
from stellar.sample.arrays import Floats, Rows, Sample
from stellar.sample.columns import integers_of
from stellar.sample.scaler import Scaler


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


@dataclass(frozen=True)
class HeldOut:
    """What one scored fold gave: its held-out rows, its calibration rows, its scaler if any."""

    scored: FoldResult
    calibration: FoldResult
    scaler: Scaler | None


def score_fold(
    sample: Sample,
    protocol: Protocol,
    fold: int,
    learner: Learner,
    seed: int,
    scale: bool = True,
    n_train: int | None = None,
) -> HeldOut:
    """Train on all folds but a scored one and its calibration fold; predict these two.

    Rows without a label are never trained on; they are predicted with their fold.

    Parameters
    ----------
    sample : Sample
    protocol : Protocol
    fold : int
    learner : Learner
    seed : int
        Fold k trains with seed + k.
    scale : bool
        Whether features are standardized, by the training rows alone.
    n_train : int, optional
        Train on so many of the training rows, drawn by the seed.
    """
    scored = sample.folds == fold
    calibrating = (sample.folds == protocol.calibrating(fold)) & (sample.labels != NO_LABEL)
    train = sample.labelled_rows(protocol.away(fold), outside=True)
    if n_train is not None:
        train = np.sort(np.random.default_rng(seed + fold).permutation(train)[:n_train])
    others = [sample.table[scored], sample.table[calibrating]]
    if scale:
        (of_scored, of_calibration), scaler = learn_scaled(
            learner, sample, train, others, seed + fold
        )
    else:
        rows, scaler = Rows(sample.table[train], sample.labels[train]), None
        of_scored, of_calibration = learner(rows, seed + fold, others)
    return HeldOut(
        FoldResult(fold, scored, of_scored, len(train)),
        FoldResult(fold, calibrating, of_calibration, len(train)),
        scaler,
    )


def learn_scaled(
    learner: Learner,
    sample: Sample,
    train: NDArray[np.int64],
    others: Sequence[Floats],
    seed: int,
    copies: Sequence[Floats] = (),
) -> tuple[list[Floats], Scaler]:
    """Standardize by the training rows alone, learn, and predict other tables.

    Parameters
    ----------
    learner : Learner
    sample : Sample
    train : array of int64
        Rows to train on.
    others : sequence of array, shape (n_rows, n_features)
        Unscaled tables to predict.
    seed : int
    copies : sequence of array, shape (n_train, n_features)
        Unscaled, more tables of the training rows; the scaler does not see them.

    Returns
    -------
    list of array, shape (n_rows, 7)
        Probabilities of each table.
    Scaler
    """
    scaler = Scaler.fit(sample.table[train], sample.features)
    table = scaler.transform(np.concatenate([sample.table[train], *copies]))
    rows = Rows(table, np.tile(sample.labels[train], 1 + len(copies)))
    return learner(rows, seed, [scaler.transform(other) for other in others]), scaler


def score_folds(
    sample: Sample,
    protocol: Protocol,
    learner_of: Callable[[Mapping[str, Any]], Learner],
    chosen: Mapping[str, Mapping[str, Any]],
    seed: int,
    log: Callable[[str], None],
    scale: bool = True,
) -> list[HeldOut]:
    """Score every scored fold by the settings that its selection chose.

    Parameters
    ----------
    sample : Sample
    protocol : Protocol
    learner_of : callable
        From settings to a learner.
    chosen : mapping of str to mapping
        Settings by part of the protocol.
    seed : int
    log : callable
        Takes a sentence after each fold.
    scale : bool
        Whether features are standardized.
    """
    results = []
    for fold in protocol.scored:
        learner = learner_of(chosen[protocol.part_of(fold)])
        result = score_fold(sample, protocol, fold, learner, seed, scale)
        truth = sample.labels[result.scored.rows]
        right = result.scored.probabilities.argmax(axis=1) == truth
        log(f"fold {fold}: accuracy {right[truth != NO_LABEL].mean():.4f}")
        results.append(result)
    return results


def types_as_table(path: str | Path, scheme: str, typed_by: str, protocol: Protocol) -> pa.Table:
    """The types of one scheme as certain predictions of another's labels.

    Only rows that have both stand in the table.
    """
    table = files.read_table(path, ["specObjID", "fold", f"label_{scheme}", f"label_{typed_by}"])
    labels, types = (integers_of(table, f"label_{s}") for s in (scheme, typed_by))
    folds = integers_of(table, "fold")
    sample = Sample(
        files.survey_of(table.schema),
        integers_of(table, "specObjID"),
        (),
        np.empty((table.num_rows, 0), np.float32),
        labels,
        folds,
    )
    results = []
    for fold in protocol.scored:
        rows = (folds == fold) & (labels != NO_LABEL) & (types != NO_LABEL)
        if not rows.any():
            return skipped_table(typed_by, f"fold {fold} has no star with a type by {typed_by}")
        certain = np.eye(len(CLASSES), dtype=np.float32)[types[rows]]
        results.append(FoldResult(fold, rows, certain, int((folds != fold).sum())))
    about = {"name": typed_by, "about": "The Hammer's own types, where it gives one"}
    return probability_table(sample, results, [{}] * len(results), **about)


def held_out_table(sample: Sample, results: Iterable[HeldOut], **about: Any) -> pa.Table:
    """Probabilities of the scored folds' rows; rows without a label have label -1.

    The schema tells each fold's scaler, so that an audit can fit it again.
    """
    results = list(results)
    more: list[Mapping[str, Any]] = [
        {"scaler": r.scaler.to_json() if r.scaler else None} for r in results
    ]
    return probability_table(sample, [r.scored for r in results], more, **about)


def calibration_table(sample: Sample, results: Iterable[HeldOut], **about: Any) -> pa.Table:
    """Probabilities of calibration rows; the model is that of the fold before the rows' own."""
    results = list(results)
    return probability_table(
        sample, [r.calibration for r in results], [{} for _ in results], **about
    )
