"""What a leak is worth: points of accuracy that boosted trees gain by it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from stellar import files
from stellar.learning.trees import boosted_trees
from stellar.sample.arrays import Sample

from plants.specs import Plant

TREES = {
    "n_estimators": 30,
    "learning_rate": 0.2,
    "num_leaves": 15,
    "reg_lambda": 1.0,
    "max_bin": 127,
}
PARTS = 4


def accuracy(sample: Sample) -> float:
    """Share of rows that trees of other folds predict right; the folds in four parts."""
    part, hits = sample.folds % PARTS, np.zeros(len(sample.labels), bool)
    for number in np.unique(part):
        away = part == number
        trees = boosted_trees(TREES, 0, threads=1)
        trees.fit(sample.values[~away], sample.labels[~away])
        guess = trees.predict_proba(sample.values[away]).argmax(axis=1)
        hits[away] = guess == sample.labels[away]
    return float(hits.mean())


class Worths:
    """Points of accuracy by plant, kept in a file from run to run.

    Accuracies are kept by what the trees see, so that a plant that changes is measured anew.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def of(self, plant: Plant) -> float:
        """Percentage points that trees gain by the leak over its clean twin; 0 without a leak."""
        if plant.twin is None:
            return 0.0
        return round(100 * (self._accuracy(plant.sample) - self._accuracy(plant.twin)), 2)

    def _accuracy(self, sample: Sample) -> float:
        path = self.folder / f"{fingerprint(sample, repr(sorted(TREES.items())).encode())}.json"
        if path.exists():
            return float(files.read_json(path))
        found = accuracy(sample)
        files.write_json(path, found)
        return found


def fingerprint(sample: Sample, more: bytes) -> str:
    """A name of a table's bytes, and of what `more` says is done with it."""
    seen = hashlib.sha256(more)
    for array in (sample.values, sample.labels, sample.folds):
        seen.update(np.ascontiguousarray(array).tobytes())
    return seen.hexdigest()[:32]
