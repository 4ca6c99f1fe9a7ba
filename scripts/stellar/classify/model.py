"""A tier's model as it classifies: features, network, calibration, and what it should not type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.classify import folder
from stellar.errors import UserError
from stellar.evaluation.calibration import tempered
from stellar.evaluation.densities import Densities
from stellar.sample.columns import Floats
from stellar.sample.features import columns_needed, matrix
from stellar.sample.scaler import Scaler

Columns = Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Answers:
    """What a model says of rows that have all of its columns.

    Attributes
    ----------
    probabilities : array of float32, shape (n_rows, 7)
        Calibrated, of O B A F G K M.
    sets : array of bool, shape (n_rows, 7)
        Which classes belong to a row's conformal set.
    outside : array of bool, shape (n_rows,)
        The row is far from all that the model was trained on.
    another : array of bool, shape (n_rows,)
        The row is probably no star O to M.
    """

    probabilities: Floats
    sets: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    another: NDArray[np.bool_]


@dataclass(frozen=True)
class Judge:
    """How a network's probabilities are read.

    Attributes
    ----------
    temperature : float
    thresholds : array of float64, shape (7,)
        Of the conformal sets.
    shares : array of float64, shape (7,)
        Mix of classes in training.
    densities : Densities
    outside : float
        Squared distance from which on a row is outside the training's domain.
    another : float
        Logarithm of the odds from which on a row is called another kind of object.
    """

    temperature: float
    thresholds: NDArray[np.float64]
    shares: NDArray[np.float64]
    densities: Densities
    outside: float
    another: float

    def to_json(self) -> dict[str, Any]:
        """Plain data; None for what is infinite."""
        return {
            "temperature": self.temperature,
            "thresholds": dict(zip(CLASSES, map(_finite, self.thresholds), strict=True)),
            "shares": dict(zip(CLASSES, self.shares.tolist(), strict=True)),
            "densities": self.densities.to_json(),
            "outside": _finite(self.outside),
            "another": _finite(self.another),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Judge:
        """The judge that `to_json` described."""
        return cls(
            float(data["temperature"]),
            np.array([_or_infinite(data["thresholds"][c]) for c in CLASSES]),
            np.array([data["shares"][c] for c in CLASSES], np.float64),
            Densities.from_json(data["densities"]),
            _or_infinite(data["outside"]),
            _or_infinite(data["another"]),
        )

    def answers(self, raw: Floats, measured: NDArray[np.float64]) -> Answers:
        """Read probabilities.

        Parameters
        ----------
        raw : array, shape (n_rows, 7)
            The network's own.
        measured : array, shape (n_rows, n_columns)
            The values that they follow from, in the catalogue's units.
        """
        odds, far = self.densities.scores(measured, CLASSES)
        return Answers(
            tempered(raw, self.temperature),
            raw >= self.thresholds,
            far > self.outside,
            odds > self.another,
        )


@dataclass(frozen=True)
class Model:
    """A model of one tier.

    Attributes
    ----------
    tier : str
    name : str
        Label, tier, survey and version: what a typed table says of it.
    columns : tuple of str
        Catalogue columns that a row must have.
    scaler : Scaler
    judge : Judge
    session
        ONNX Runtime's.
    about : mapping
        All that `model.json` says.
    """

    tier: str
    name: str
    columns: tuple[str, ...]
    scaler: Scaler
    judge: Judge
    session: Any
    about: Mapping[str, Any]

    def __call__(self, columns: Columns) -> Answers:
        """What the model says of rows.

        Parameters
        ----------
        columns : mapping of str to array, shape (n_rows,)
            At least the model's own, without missing values.
        """
        features = self.scaler.transform(matrix(columns, self.scaler.features))
        (raw,) = self.session.run(["probabilities"], {"features": features})
        return self.judge.answers(raw, np.column_stack([columns[name] for name in self.columns]))


def load(path: Path) -> Model | None:
    """The model in a folder; None if the survey had not what its tier needs.

    Raises
    ------
    UserError
        There is none, it has changed, or it is no model.
    """
    about, version = folder.opened(path)
    if "skipped" in about:
        return None
    try:
        scaler = Scaler.from_json(about["scaler"])
        return Model(
            tier=about["tier"],
            name=f"{about['label']}/{about['tier']} {about['survey']} {version}",
            columns=tuple(columns_needed(scaler.features)),
            scaler=scaler,
            judge=Judge.from_json(about),
            session=_session(path / folder.ONNX),
            about=about,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"{path} has no model that this program reads ({error!r}); delete it and type "
            "make model"
        ) from None


def load_all(path: Path) -> list[Model]:
    """All models under a folder, or the one in it: those that need more of a star first.

    Raises
    ------
    UserError
        There is none.
    """
    places: Sequence[Path] = [path]
    if not (path / folder.CHECKSUMS).exists():
        places = sorted(found.parent for found in path.glob(f"*/{folder.CHECKSUMS}"))
    models = [model for place in places if (model := load(place)) is not None]
    if not models:
        raise UserError(f"there is no model under {path}; type make model, or name its folder")
    return sorted(models, key=lambda model: (-len(model.columns), model.tier))


def _session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # pieces run side by side
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _or_infinite(value: float | None) -> float:
    return np.inf if value is None else float(value)
