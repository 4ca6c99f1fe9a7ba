"""Cross-validation: a fold is trained for, predicted and scored, and the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import NO_LABEL
from stellar.crossvalidation.predictions import Predictions, most_probable
from stellar.crossvalidation.protocol import Protocol
from stellar.learning.learners import Learner
from stellar.sample.arrays import Rows, Sample
from stellar.sample.columns import Floats
from stellar.sample.fingerprints import used_rows
from stellar.sample.scaler import Scaler


@dataclass(frozen=True)
class Training:
    """What is learnt from.

    Attributes
    ----------
    rows : array of int64, shape (n_train,)
        Of a sample.
    stopping : array of int64, shape (n_stopping,), optional
        Rows to stop early by.
    copies : sequence of array, shape (n_train, n_features)
        Unscaled, more tables of the training rows; the scaler does not see them.
    """

    rows: NDArray[np.int64]
    stopping: NDArray[np.int64] | None = None
    copies: Sequence[Floats] = ()


@dataclass(frozen=True)
class Round:
    """What the model of one fold predicts.

    Attributes
    ----------
    fold : int
    train_rows : int
        How many rows it was trained on.
    scaler : Scaler, optional
        By which features were standardized.
    rows, calibration_rows : array of int64, shape (n_rows,)
        Rows of the sample: those that it is scored on, with or without a label, and those with a
        label that are kept out to calibrate by.
    probabilities, calibration : array, shape (n_rows, 7)
        Of these rows.
    about : mapping
        What the predictions tell of the round.
    """

    fold: int
    train_rows: int
    scaler: Scaler | None
    rows: NDArray[np.int64]
    probabilities: Floats
    calibration_rows: NDArray[np.int64]
    calibration: Floats
    about: Mapping[str, Any] = field(default_factory=dict)

    def accuracy(self, sample: Sample) -> float:
        """Share of the scored rows with a label that are predicted to have it."""
        truth = sample.labels[self.rows]
        known = truth != NO_LABEL
        return float(np.mean(most_probable(self.probabilities[known]) == truth[known]))


def protocol_and_rows(
    config: Mapping[str, Any], sample: Sample, stops_early: bool = False
) -> tuple[Protocol, Sample]:
    """A job's folds, and the rows that it predicts.

    Where its configuration has `cv`, the comparison's, with and without a label; else those of the
    study on so many `folds`, with a label.
    """
    if "cv" in config:
        return Protocol.comparison(**config["cv"]), sample
    return Protocol.study(config["folds"], stops_early), sample.labelled()


def run_round(
    sample: Sample,
    protocol: Protocol,
    fold: int,
    learner: Learner,
    seed: int,
    *,
    scale: bool = True,
    n_train: int | None = None,
) -> Round:
    """Train on all folds but a scored one and the one beside it; predict what is kept out.

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
    scored = np.flatnonzero(sample.folds == fold)
    kept_out = sample.rows_in(protocol.away(fold)[1:])
    train = sample.rows_outside(protocol.away(fold))
    if n_train is not None:
        train = np.sort(np.random.default_rng(seed + fold).permutation(train)[:n_train])
    calibrating, training = kept_out, Training(train)
    if protocol.kept_out == "for early stopping":
        calibrating, training = kept_out[:0], Training(train, stopping=kept_out)
    with used_rows() as used:
        (of_scored, of_calibrating), scaler = learn_from(
            learner,
            sample,
            training,
            [sample.values[scored], sample.values[calibrating]],
            seed + fold,
            scale=scale,
        )
    # What the audit compares with the rows that the protocol allows.
    about = {"scaler": scaler.to_json() if scaler else None, "used": used.to_json()}
    return Round(fold, len(train), scaler, scored, of_scored, calibrating, of_calibrating, about)


def learn_from(
    learner: Learner,
    sample: Sample,
    training: Training,
    others: Sequence[Floats],
    seed: int,
    *,
    scale: bool = True,
) -> tuple[list[Floats], Scaler | None]:
    """Standardize by the training rows alone, learn, and predict other tables.

    Parameters
    ----------
    learner : Learner
    sample : Sample
    training : Training
    others : sequence of array, shape (n_rows, n_features)
        Unscaled tables to predict.
    seed : int
    scale : bool
        Whether features are standardized.

    Returns
    -------
    list of array, shape (n_rows, 7)
        Probabilities of each table.
    Scaler, optional
    """
    train, stopping = training.rows, training.stopping
    scaler = Scaler.fit(sample.values[train], sample.feature_names) if scale else None

    def scaled(table: Floats) -> Floats:
        return scaler.transform(table) if scaler else table

    table = scaled(np.concatenate([sample.values[train], *training.copies]))
    rows = Rows(table, np.tile(sample.labels[train], 1 + len(training.copies)))
    beside = None
    if stopping is not None:
        beside = Rows(scaled(sample.values[stopping]), sample.labels[stopping])
    filled = [scaled(other) for other in others if len(other)]
    given = iter(learner(rows, beside, seed, filled))
    nothing = np.empty((0, 7), np.float32)
    return [next(given) if len(other) else nothing for other in others], scaler


def run_rounds(
    sample: Sample,
    protocol: Protocol,
    learner_of: Callable[[int], Learner],
    seed: int,
    log: Callable[[str], None],
    *,
    scale: bool = True,
) -> list[Round]:
    """A round for every scored fold.

    Parameters
    ----------
    sample : Sample
    protocol : Protocol
    learner_of : callable
        From a fold to its learner.
    seed : int
    log : callable
        Takes a sentence after each fold.
    scale : bool
        Whether features are standardized.
    """
    results = []
    for fold in protocol.scored:
        result = run_round(sample, protocol, fold, learner_of(fold), seed, scale=scale)
        log(f"fold {fold}: accuracy {result.accuracy(sample):.4f}")
        results.append(result)
    return results


def predictions_of(
    sample: Sample,
    rounds: Sequence[Round],
    *,
    calibration: bool = False,
    **about: Any,
) -> Predictions:
    """What the models of several folds predict, as one.

    Parameters
    ----------
    sample : Sample
    rounds : sequence of Round
    calibration : bool
        Instead of the scored rows those to calibrate by: there a row's model is that of the fold
        before its own.
    **about
        More about all of them: `name`, ….
    """
    rows = np.concatenate([r.calibration_rows if calibration else r.rows for r in rounds])
    more = [{} if calibration else r.about for r in rounds]
    folds = [
        {"fold": r.fold, "train_rows": r.train_rows, **known}
        for r, known in zip(rounds, more, strict=True)
    ]
    return Predictions(
        sample.ids[rows],
        sample.folds[rows],
        sample.labels[rows],
        np.concatenate([r.calibration if calibration else r.probabilities for r in rounds]),
        {**about, "features": list(sample.feature_names), "folds": folds},
        sample.survey,
    )


def types_as_predictions(
    sample: Sample, types: NDArray[np.int8], protocol: Protocol
) -> Predictions:
    """The types by one label scheme as certain predictions of another's labels.

    Only rows that have both stand in it.

    Parameters
    ----------
    sample : Sample
        With the labels that are predicted.
    types : array of int8, shape (n_rows,)
        Class numbers by the other scheme; -1: none.
    protocol : Protocol
    """
    results = []
    for fold in protocol.scored:
        mask = (sample.folds == fold) & (sample.labels != NO_LABEL) & (types != NO_LABEL)
        rows = np.flatnonzero(mask)
        if not len(rows):
            return Predictions.none("hammer", f"fold {fold} has no star with a type by hammer")
        certain = np.eye(7, dtype=np.float32)[types[rows]]
        train_rows = int((sample.folds != fold).sum())
        results.append(Round(fold, train_rows, None, rows, certain, rows[:0], certain[:0]))
    about = "The Hammer's own types, where it gives one"
    return predictions_of(sample, results, name="hammer", about=about)
