"""A finished run, as far as it is compared with another; nothing in its folder is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stellar import files
from stellar.crossvalidation.predictions import Predictions
from stellar.errors import UserError
from stellar.workflow import config_files

# Where models keep their predictions, by what they are. All folds of `network` are one model.
PLACES = {
    "network": "cv/fold-*",
    "tier": "tier/*/*",
    "rival": "rival/*",
    "ablation": "ablation/*",
    "baseline": "baseline/*",
}
FILE = "probabilities.parquet"
ALL_FOLDS = "all folds"

Model = tuple[str, str]  # one of `PLACES`, and its name there
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """What a folder of results holds.

    Attributes
    ----------
    name : str
        The folder, as the user wrote it.
    models : mapping of Model to sequence of Path
        Files of predictions.
    configuration : mapping or None
        As the run checked it. None: the run wrote none.
    labels : mapping
        Counts of stars, of `labels.json`; empty where there is none.
    audits : sequence of mapping
        Entries of all `audit/<label>.json`.
    costs : sequence of mapping
        Rows of `summary/cost.csv`.
    """

    name: str
    models: Mapping[Model, Sequence[Path]]
    configuration: Row | None
    labels: Row
    audits: Sequence[Row]
    costs: Sequence[Row]

    @classmethod
    def read(cls, folder: str | Path) -> Run:
        """What is there of a run; predictions are read later, one model at a time.

        Raises
        ------
        UserError
            There is no such folder, it holds no predictions, or a file is damaged.
        """
        path = Path(folder)
        models = _models(path)
        if not models:
            raise UserError(_nothing(path))
        labels, costs = path / "labels.json", path / "summary/cost.csv"
        configuration = path / "report/configuration.yaml"
        return cls(
            str(folder),
            models,
            config_files.read(configuration) if configuration.is_file() else None,
            files.read_json(labels) if labels.is_file() else {},
            [entry for of in sorted(path.glob("audit/*.json")) for entry in files.read_json(of)],
            files.read_csv(costs) if costs.is_file() else [],
        )

    def predictions(self, model: Model) -> Predictions:
        """What a model predicted of stars that it was not trained on."""
        read = [Predictions.read(path) for path in self.models[model]]
        return read[0] if len(read) == 1 else Predictions.together(read)


def _models(folder: Path) -> dict[Model, list[Path]]:
    found: dict[Model, list[Path]] = {}
    for kind, place in PLACES.items():
        for path in sorted(folder.glob(f"{place}/{FILE}")):
            name = ALL_FOLDS
            if kind != "network":
                name = path.parent.relative_to(folder / kind).as_posix()
            found.setdefault((kind, name), []).append(path)
    return found


def _nothing(folder: Path) -> str:
    """Why a folder cannot be compared, and what to do."""
    if not folder.is_dir():
        return f"there is no folder {folder}; give a folder of results, such as results"
    if _models(folder / "results"):
        return f"{folder} is no folder of results; give {folder / 'results'}"
    if (folder / "labels.json").is_file():
        return f"{folder} holds no predictions yet; run its study to the end with make study"
    return f"{folder} holds no results of a study; give the folder that make study wrote"
