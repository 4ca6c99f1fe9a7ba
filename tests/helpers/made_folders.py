"""Folders of results that hold predictions, and what else two runs are compared by."""

import csv
import json
from pathlib import Path

import yaml
from made_predictions import predicted
from stellar import CLASSES
from stellar.crossvalidation.predictions import Predictions

COSTS = [{"rule": "tier", "jobs": 2, "cpu_s": 8.0}, {"rule": "all jobs", "jobs": 3, "cpu_s": 9.0}]


def made_results(folder: Path, **models: Predictions) -> Path:
    """A folder of results; `models`: by their place, such as tier__elodie__photometry."""
    for place, predictions in (models or {"rival__lookup": predicted(0.1, name="lookup")}).items():
        predictions.write(folder / place.replace("__", "/") / "probabilities.parquet")
    return folder


def write(path: Path, document) -> None:
    """A document as a run writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(document) if path.suffix == ".yaml" else json.dumps(document)
    path.write_text(text, encoding="utf-8")


def complete(folder: Path, verdict: str = "clean", seed: int = 18, **labels) -> Path:
    """Add to a folder of results what is compared beside the predictions."""
    counts = {"classes": dict.fromkeys(CLASSES, 200), "labelled": 1400, "rows": 2000}
    write(folder / "labels.json", {"label": "elodie", "survey": "simulated", **counts, **labels})
    write(
        folder / "audit/elodie.json",
        [
            {"label": "elodie", "features": "photometry", "verdict": "clean", "reason": "nothing"},
            {"label": "elodie", "features": "study", "verdict": verdict, "reason": "look-up"},
        ],
    )
    write(folder / "report/configuration.yaml", {"seed": seed, "cv": {"folds": 4}})
    (folder / "summary").mkdir(exist_ok=True)
    with (folder / "summary/cost.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(COSTS[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(COSTS)
    return folder
