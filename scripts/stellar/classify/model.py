"""A tier's model as it classifies: features, network, and how its answers are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar.classify import folder
from stellar.classify.judge import Answers, Judge
from stellar.errors import UserError
from stellar.sample.features import columns_needed, matrix
from stellar.sample.scaler import Scaler

Columns = Mapping[str, NDArray[np.float64]]
_TILE = 8192  # rows at a time: what a network's layers hold stays in the processor's cache


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
        measured = np.column_stack([columns[name] for name in self.columns])
        tiles = range(0, max(1, len(measured)), _TILE)
        return Answers.joined([self._answers(measured[low : low + _TILE]) for low in tiles])

    def _answers(self, measured: NDArray[np.float64]) -> Answers:
        columns = dict(zip(self.columns, measured.T, strict=True))
        features = self.scaler.transform(matrix(columns, self.scaler.features))
        (raw,) = self.session.run(["probabilities"], {"features": features})
        return self.judge.answers(raw, measured)


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
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"{path} has no model that this program reads ({error!r}); delete it and type "
            "make model"
        ) from None


def load_all(path: Path) -> list[Model]:
    """All models under a folder, or the one in it: those that need more of a star first.

    Raises
    ------
    UserError
        There is none, or one of them is not as it was made.
    """
    places: Sequence[Path] = [path]
    if not folder.is_model(path):
        places = sorted(other for other in path.glob("*") if folder.is_model(other))
    models = [model for place in places if (model := load(place)) is not None]
    if not models:
        raise UserError(
            f"there is no model under {path.resolve()}; type make model, or name its folder"
        )
    return sorted(models, key=lambda model: (-len(model.columns), model.tier))


def _session(path: Path) -> Any:
    """ONNX Runtime's; raises ValueError if the file holds no network of ours."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # pieces run side by side
    options.log_severity_level = 3
    try:
        made = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its own kinds have no common one
        raise ValueError(f"{path.name}: {str(error).splitlines()[0]}") from None
    names = [[one.name for one in ends] for ends in (made.get_inputs(), made.get_outputs())]
    if names != [["features"], ["probabilities"]]:
        raise ValueError(f"{path.name} takes {names[0]} and gives {names[1]}")
    return made
