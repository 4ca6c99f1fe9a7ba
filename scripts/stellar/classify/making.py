"""What a model needs beside its network, from rows that no training saw; and its card.

A tenth of the stars calibrate, another tenth is scored, the rest is trained on: scaler, network
and densities see that rest alone. Calibration and scores are of rows that have all of the tier's
columns, since the model is used for no others.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES, NO_LABEL, files
from stellar.classify import folder
from stellar.classify.card import card, card_text
from stellar.classify.judge import Answers, Judge, limits_of
from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import Round
from stellar.errors import MissingFeatureError
from stellar.evaluation import metrics
from stellar.evaluation.calibration import conformal_thresholds, fit_temperature
from stellar.evaluation.densities import Densities
from stellar.evaluation.mix import class_shares
from stellar.sample.arrays import Sample, kinds_of_negatives, load_sample
from stellar.sample.columns import arrays_of
from stellar.sample.features import columns_needed
from stellar.sample.fingerprints import CALIBRATED_BY, note
from stellar.sample.scaler import Scaler
from stellar.sample.spectral_types import NEGATIVES

PARTS = 10
SCORED, CALIBRATING = 0, 1  # parts that are not trained on
PROTOCOL = Protocol(PARTS, (SCORED, CALIBRATING), kept_out="for calibration")
# Of fewer calibration stars the coverage of a class's own threshold would be known to no better
# than 4 points, and such a class, which the network hardly knows, would belong to nearly each set.
FEWEST = 50
MADE_BY = ("numpy", "keras", "tensorflow", "onnx")


@dataclass(frozen=True)
class Stars:
    """The rows that a model is made of.

    Attributes
    ----------
    sample : Sample
        In `PARTS` parts instead of folds.
    measured : array, shape (n_rows, n_columns)
        Values of the tier's columns in the catalogue's units; NaN where there is none.
    kinds : array of str, shape (n_rows,)
        Of a negative which one it is, else "".
    """

    sample: Sample
    measured: NDArray[np.float64]
    kinds: NDArray[np.object_]

    @property
    def whole(self) -> NDArray[np.bool_]:
        """Which rows have all of the columns, shape (n_rows,)."""
        return np.asarray(np.isfinite(self.measured).all(axis=1))


def stars_of(path: Path, label: str, features: Sequence[str], n_folds: int) -> Stars:
    """The rows of a file of the rule `sample_for_model`, for a model of some features.

    Raises
    ------
    MissingFeatureError
        No star of the survey has one of the features, or there are fewer than two classes.
    """
    sample = in_parts(load_sample(path, label, features), n_folds)
    needed = columns_needed(features)
    measured = arrays_of(files.read_table(path, needed), needed)
    return Stars(sample, np.column_stack(list(measured.values())), kinds_of_negatives(path))


def in_parts(sample: Sample, n_folds: int) -> Sample:
    """The sample with its folds put together to parts."""
    parts = min(PARTS, n_folds)
    return replace(sample, folds=(sample.folds.astype(np.int64) * parts // n_folds).astype(np.int8))


def judge(stars: Stars, result: Round, *, level: float, outside: float, rejected: float) -> Judge:
    """Calibrate a round's network, and learn what it should not type.

    Parameters
    ----------
    stars : Stars
    result : Round
    level : float
        Coverage of conformal sets, of each class.
    outside, rejected : float
        Share of good stars that may be called outside the domain, and no star O to M.

    Raises
    ------
    MissingFeatureError
        No row that is kept out has all columns.
    """
    sample, whole = stars.sample, stars.whole
    kept = whole[result.calibration_rows]
    rows, raw = result.calibration_rows[kept], result.calibration[kept]
    if not len(rows):
        raise MissingFeatureError("no star kept out to calibrate by has all columns of the tier")
    truth = sample.labels[rows]
    away = np.isin(sample.folds, (SCORED, CALIBRATING))
    kind = np.where(sample.labels != NO_LABEL, sample.labels, NO_LABEL).astype(np.int64)
    for number, name in enumerate(NEGATIVES):
        kind[(stars.kinds == name) & (kind == NO_LABEL)] = len(CLASSES) + number
    train = ~away & whole & (kind != NO_LABEL)
    densities = Densities.fit(stars.measured[train], kind[train], (*CLASSES, *NEGATIVES))
    note(CALIBRATED_BY, stars.measured[rows])
    odds, far = densities.scores(stars.measured[rows], CLASSES)
    return Judge(
        temperature=fit_temperature(truth, raw),
        thresholds=conformal_thresholds(truth, raw, level, FEWEST),
        shares=class_shares(sample.labels[train & (sample.labels != NO_LABEL)]),
        densities=densities,
        outside=float(np.quantile(far, 1 - outside)),
        another=float(np.quantile(odds, 1 - rejected)),
        limits=limits_of(stars.measured[train], columns_needed(sample.feature_names)),
    )


def held_out(stars: Stars, result: Round, made: Judge) -> dict[str, Any]:
    """Scores of the rows that neither training nor calibration saw.

    Returns
    -------
    dict
        `rows`, `accuracy`, `f1_macro`, `log_loss` and `calibration_error` (after calibration),
        `recall`, `precision` and `rows_by_class` of each class, `confusion` (rows the true class),
        `coverage` of the sets, of all and of each class, and their mean size, `flagged` (share of
        the stars), and of the `negatives` by kind how many there are and the share that is flagged.
    """
    whole = stars.whole[result.rows]
    rows, raw = result.rows[whole], result.probabilities[whole]
    answers = made.answers(raw, stars.measured[rows])
    truth = stars.sample.labels[rows]
    known = truth != NO_LABEL
    kinds = stars.kinds[rows]
    flagged = answers.outside | answers.another
    negatives = {
        name: {"rows": int(own.sum()), "flagged": float(flagged[own].mean()) if own.any() else None}
        for name in NEGATIVES
        for own in [(kinds == name) & ~known]
    }
    return {**_scores(truth, answers, known), "negatives": negatives}


def _scores(truth: NDArray[np.int8], answers: Answers, known: NDArray[np.bool_]) -> dict[str, Any]:
    if not known.any():
        return {"rows": 0}
    truth, given = truth[known], answers.probabilities[known]
    called = given.argmax(axis=1).astype(np.int8)
    found = metrics.scores(truth, called)
    table = metrics.confusion(truth, called)
    calls = table.sum(axis=0)
    precision = [float(table[k, k] / n) if n else None for k, n in enumerate(calls)]
    sets, flagged = answers.sets[known], (answers.outside | answers.another)[known]
    covered = sets[np.arange(len(truth)), truth]
    return {
        "rows": len(truth),
        "accuracy": found["accuracy"],
        "f1_macro": found["f1_macro"],
        "log_loss": metrics.log_loss(truth, given),
        "calibration_error": metrics.calibration_error(truth, given),
        "recall": found["recall"],
        "precision": dict(zip(CLASSES, precision, strict=True)),
        "rows_by_class": found["support"],
        "confusion": table.tolist(),
        "coverage": float(covered.mean()),
        "coverage_by_class": _by_class(covered, truth),
        "set_size": float(sets.sum(axis=1).mean()),
        "flagged": float(flagged.mean()),
        "flagged_by_class": _by_class(flagged, truth),
    }


def _by_class(hits: NDArray[np.bool_], truth: NDArray[np.int8]) -> dict[str, float | None]:
    """Share of each class's stars; None of a class without a star."""
    return {
        c: float(hits[truth == k].mean()) if (truth == k).any() else None
        for k, c in enumerate(CLASSES)
    }


def features_of(names: Sequence[str]) -> list[dict[str, Any]]:
    """What each feature is: its unit, and the columns of the catalogue that it is made of."""
    from stellar.sample.features import DERIVED
    from stellar.survey.catalogue import COLUMNS

    units = {column.name: column.unit for column in COLUMNS}
    return [
        {
            "name": name,
            # A feature of one column that is not its own name says whether that is measured.
            "unit": "" if len(DERIVED.get(name, ())) == 1 else units[DERIVED.get(name, (name,))[0]],
            "made_of": list(DERIVED.get(name, (name,))),
        }
        for name in names
    ]


def document(stars: Stars, result: Round, made: Judge, about: Mapping[str, Any]) -> dict[str, Any]:
    """What `model.json` says: all that is needed to use the network, and where it comes from.

    `about` has `label`, `tier`, `level` and the network's settings.
    """
    scaler = result.scaler or Scaler((), (), ())  # a round of a network has one
    kept = result.calibration_rows[stars.whole[result.calibration_rows]]
    by_class = np.bincount(stars.sample.labels[kept], minlength=len(CLASSES)).tolist()
    return {
        "format": folder.FORMAT,
        **about,
        "survey": stars.sample.survey,
        "simulated": stars.sample.survey == "simulated",
        "classes": list(CLASSES),
        "features": features_of(scaler.features),
        "scaler": scaler.to_json(exact=True),
        **made.to_json(),
        "training_rows": result.train_rows,
        "calibration_rows": len(kept),
        "calibration_rows_by_class": dict(zip(CLASSES, by_class, strict=True)),
        "unpromised": [c for c, n in zip(CLASSES, by_class, strict=True) if n < FEWEST],
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Versions of what made the model."""
    return {"python": platform.python_version(), **{n: metadata.version(n) for n in MADE_BY}}


def write(path: Path, stars: Stars, result: Round, made: Judge, about: Mapping[str, Any]) -> None:
    """Write to a model's folder what stands there beside the network; parameters as `document`."""
    known = document(stars, result, made, about)
    described = card(known, held_out(stars, result, made))
    files.write_json(path / folder.MODEL, known)
    files.write_json(path / folder.CARD, described)
    files.write_text(path / folder.CARD_TEXT, card_text(described))
