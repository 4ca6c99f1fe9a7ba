"""Learners under the honest protocol: a scored fold's probabilities, and its calibration rows'."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES, NO_LABEL, files
from stellar.errors import MissingFeatureError
from stellar.evaluation import FoldResult, probability_table, skipped_table
from stellar.features import Scaler, columns_needed
from stellar.phases import phase
from stellar.protocol import Protocol
from stellar.samples import Floats, Rows, Sample, features_of, integers_of, places

if TYPE_CHECKING:
    from stellar.classifiers import Classifier
    from stellar.training import Trainer

# From standardized training rows, a seed and other standardized tables to the others'
# probabilities, each of shape (n_rows, 7).
Learner = Callable[[Rows, int, Sequence[Floats]], list[Floats]]


def load_scheme(path: str, scheme: str, features: Sequence[str]) -> Sample:
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


def chosen_by_part(paths: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Settings by part, from the files of the rule `choose`, each named by its part."""
    return {Path(path).stem: files.read_json(path)["settings"] for path in paths}


def types_as_table(path: str, scheme: str, typed_by: str, protocol: Protocol) -> pa.Table:
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


def network_learner(trainer: Trainer, members: int) -> Learner:
    """An ensemble of networks trained by `trainer`; member m trains with seed + 1000 m."""

    def learn(train: Rows, seed: int, others: Sequence[Floats]) -> list[Floats]:
        fits = [trainer.fit(train, seed + 1000 * member) for member in range(members)]
        return [trainer.predict(fits, other) for other in others]

    return learn


def classifier_learner(make: Callable[[int], Classifier]) -> Learner:
    """A classifier made anew from each seed."""

    def learn(train: Rows, seed: int, others: Sequence[Floats]) -> list[Floats]:
        classifier = make(seed)
        with phase("train"):
            classifier.fit(train.features, train.labels)
        with phase("evaluate"):
            return [classifier.predict_proba(other) for other in others]

    return learn


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


def labelled(table: pa.Table) -> pa.Table:
    """Rows of a probability table that have a label."""
    keep: NDArray[np.bool_] = integers_of(table, "label") != NO_LABEL
    return table.filter(pa.array(keep))


def rows_of(table: pa.Table, catalogue: pa.Table) -> NDArray[np.int64]:
    """Where the stars of a probability table stand in a catalogue, shape (n_rows,)."""
    return places(*(integers_of(given, "specObjID") for given in (table, catalogue)))
