"""Class probabilities of stars that their model has not seen: what every later stage reads."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES, NO_LABEL, files
from stellar.errors import MissingFeatureError
from stellar.sample.columns import Floats, integers, rows_of_ids

log = logging.getLogger("stellar")


@dataclass(frozen=True)
class Predictions:
    """Predictions of one learner, each row by a model that was not trained on its star.

    Attributes
    ----------
    ids : array of uint64, shape (n_rows,)
        specObjID.
    folds : array of int8, shape (n_rows,)
        The fold that a row belongs to.
    labels : array of int8, shape (n_rows,)
        Class numbers; -1: no label.
    probabilities : array of float32, shape (n_rows, 7)
        Of the classes O B A F G K M.
    about : mapping
        `name`, `features`, `folds` (of each: `fold`, `train_rows` and what its round adds), and
        what else is known of the learner; or `name` and `skipped`, the reason why there is no row.
    survey : str
    """

    ids: NDArray[np.uint64]
    folds: NDArray[np.int8]
    labels: NDArray[np.int8]
    probabilities: Floats
    about: Mapping[str, Any]
    survey: str

    @classmethod
    def none(cls, name: str, reason: str) -> Predictions:
        """What stands in for a learner that the survey cannot feed: no row, and the reason."""
        nothing = np.empty(0, np.int8)
        about = {"name": name, "skipped": reason}
        empty = np.empty((0, len(CLASSES)), np.float32)
        return cls(np.empty(0, np.uint64), nothing, nothing, empty, about, "")

    @classmethod
    def read(cls, path: str | Path) -> Predictions:
        """Read a file of predictions.

        Raises
        ------
        UserError
            The file is damaged, or holds something else.
        """
        table = files.read_table(path)
        return cls(
            integers(table, "specObjID"),
            integers(table, "fold"),
            integers(table, "label"),
            np.column_stack([integers(table, f"p_{c}") for c in CLASSES]),
            json.loads((table.schema.metadata or {}).get(b"about", b"{}")),
            files.survey_of(table.schema),
        )

    def write(self, path: str | Path) -> None:
        """Write id, fold, label and p_O … p_M, and in the schema what they are."""
        columns: dict[str, Any] = {"specObjID": self.ids, "fold": self.folds, "label": self.labels}
        for number, name in enumerate(CLASSES):
            columns[f"p_{name}"] = self.probabilities[:, number]
        about = json.dumps(self.about, sort_keys=True)
        table = pa.table(columns).replace_schema_metadata({"survey": self.survey, "about": about})
        files.write_table(path, table)

    @classmethod
    def together(cls, several: Sequence[Predictions]) -> Predictions:
        """Several as one, with what the first tells of itself and the folds of all."""
        first = several[0]
        folds = [fold for one in several for fold in one.about["folds"]]
        return cls(
            np.concatenate([one.ids for one in several]),
            np.concatenate([one.folds for one in several]),
            np.concatenate([one.labels for one in several]),
            np.concatenate([one.probabilities for one in several]),
            {**first.about, "folds": folds},
            first.survey,
        )

    @classmethod
    def averaged(cls, several: Sequence[Predictions], name: str) -> Predictions:
        """The mean of several learners' log-probabilities of the same rows, in the same order.

        A logarithmic opinion pool (Genest & Zidek 1986, Statistical Science 1, 114): its log-loss
        is never worse than the mean of theirs.
        """
        first, *others = several
        for other in others:
            if not np.array_equal(first.ids, other.ids):
                raise ValueError("the predictions are of other rows, or in another order")
        shares = np.stack([one.probabilities for one in several]).clip(1e-7)  # as in Keras
        mean = np.exp(np.log(shares).mean(axis=0, dtype=np.float64))
        mean = (mean / mean.sum(axis=1, keepdims=True)).astype(np.float32)
        about = {key: first.about[key] for key in ("features", "folds")} | {"name": name}
        return replace(first, probabilities=mean, about=about)

    @property
    def skipped(self) -> str | None:
        """Why there is no row; None where there are."""
        return self.about.get("skipped")

    @property
    def classes(self) -> NDArray[np.int8]:
        """Most probable class of each row, shape (n_rows,); the hotter one of equals."""
        return most_probable(self.probabilities)

    @property
    def accuracy(self) -> float:
        """Share of the rows with a label that are predicted to have it."""
        known = self.labels != NO_LABEL
        return float(np.mean(self.classes[known] == self.labels[known]))

    def of(self, rows: NDArray[Any]) -> Predictions:
        """Some rows.

        Parameters
        ----------
        rows : array, shape (n_rows,) of bool, or of indices
        """
        return replace(
            self,
            ids=self.ids[rows],
            folds=self.folds[rows],
            labels=self.labels[rows],
            probabilities=self.probabilities[rows],
        )

    def labelled(self) -> Predictions:
        """The rows that have a label."""
        return self.of(self.labels != NO_LABEL)

    def of_fold(self, fold: int) -> Predictions:
        """The rows of one fold."""
        return self.of(self.folds == fold)

    def places_in(self, ids: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Where the rows stand among `ids`, which have all of theirs; shape (n_rows,)."""
        return rows_of_ids(self.ids, ids)


def pairs(
    scored: Sequence[Path], beside: Sequence[Path]
) -> Iterator[tuple[Predictions, Predictions]]:
    """Of one model after another what it predicts of scored rows, and of those to calibrate by.

    Models that were skipped are left out.
    """
    for paths in zip(scored, beside, strict=True):
        of_scored, of_beside = map(Predictions.read, paths)
        if not of_scored.skipped:
            yield of_scored, of_beside


@contextmanager
def or_none(name: str, *paths: Path) -> Iterator[None]:
    """A block that writes predictions: without a row, if the survey lacks what it asks for.

    Parameters
    ----------
    name : str
        Of the learner.
    *paths : Path
        What it should write.
    """
    try:
        yield
    except MissingFeatureError as error:
        log.warning("skipped: %s", error)
        for path in paths:
            Predictions.none(name, str(error)).write(path)


def most_probable(probabilities: Floats) -> NDArray[np.int8]:
    """Most probable class of each row, shape (n_rows,); the hotter one of equals.

    Parameters
    ----------
    probabilities : array, shape (n_rows, 7)
    """
    return probabilities.argmax(axis=1).astype(np.int8)
