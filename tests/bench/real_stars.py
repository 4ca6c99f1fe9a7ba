"""Train on simulated stars, try on real ones.

PYTHONPATH=scripts python tests/bench/real_stars.py --data FOLDER [--json results/bench/real_stars.json]

FOLDER holds files of real stars (docs/real-stars.md says what they are and where they come from).
The network of the comparison is trained on a simulated survey of default size, label subclass,
u g r i z and colours; no real star is seen. A random forest trained on half of the real stars says
what the features allow. The other half, by position, is what is reported: the simulation was fitted
to the first.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from stellar import BANDS, CLASSES, NO_LABEL, files
from stellar.errors import UserError
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.sample.arrays import Rows
from stellar.sample.columns import Floats
from stellar.sample.features import matrix, resolve
from stellar.sample.scaler import Scaler
from stellar.sample.spectral_types import label_rows, parse
from stellar.survey.catalogue import MISSING
from stellar.survey.simulated.shard import simulate_shard

ROOT = Path(__file__).parents[2]
FEATURES = resolve(["photometry", "colours"])
SHARDS = 10
HELD = "AFGKM"  # classes with enough real stars
FEWEST = 25  # real stars of a class that simulated ones are told from
BESIDE = 20  # simulated stars of the same class and magnitude beside a real one
HALF_SEED = 5

Labels = NDArray[np.int8]


@dataclass(frozen=True)
class Stars:
    """Stars of one table: magnitudes and their classes by SDSS's templates.

    Attributes
    ----------
    name : str
    values : array of float32, shape (n_stars, 9)
        u g r i z and colours (mag); NaN where a band is missing.
    labels : array of int8, shape (n_stars,)
        Class numbers; -1: no class.
    half : array of int8, shape (n_stars,)
        0: the simulation may be fitted to it; 1: reported.
    """

    name: str
    values: Floats
    labels: Labels
    half: Labels

    def of(self, rows: NDArray[np.bool_]) -> Stars:
        """Some of the stars."""
        return Stars(self.name, self.values[rows], self.labels[rows], self.half[rows])


def halves(ra: NDArray[np.float64], dec: NDArray[np.float64]) -> Labels:
    """Half of the sky that each position (deg) lies in, shape (n_stars,): by cells of 5 degrees."""
    cell = (ra // 5).astype(int) * 36 + ((dec + 90) // 5).astype(int)
    return np.random.default_rng(HALF_SEED).integers(0, 2, 72 * 36)[cell].astype(np.int8)


def feature_values(table: pd.DataFrame) -> Floats:
    """u g r i z and colours, shape (n_stars, 9); a magnitude outside 0 to 30 is missing."""
    bands = {b: table[b].to_numpy(float) for b in BANDS}
    return matrix({b: np.where((m > 0) & (m < 30), m, np.nan) for b, m in bands.items()}, FEATURES)


def read(folder: Path, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """A file of real stars."""
    path = folder / f"{name}.csv"
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read ({error}); give its folder by --data") from error
    if absent := [column for column in columns if column not in table]:
        raise UserError(f"{path} has no column {', '.join(absent)}")
    return table


def labelled_stars(folder: Path, name: str) -> Stars:
    """Real stars with SDSS's subClass; of the natural mix, primary spectra without warnings."""
    table = read(folder, name, [*BANDS, "ra", "dec", "subClass"])
    if "zWarning" in table:
        table = table[(table["zWarning"] == 0) & (table["sciencePrimary"] == 1)]
    classes = [parse(str(s)).spectral_class for s in table["subClass"].fillna("")]
    labels = np.array([CLASSES.index(c) if c else NO_LABEL for c in classes], np.int8)
    half = halves(table["ra"].to_numpy(), table["dec"].to_numpy())
    stars = Stars(name, feature_values(table), labels, half)
    return stars.of(labels != NO_LABEL)


def survey(rows: int, seed: int) -> pd.DataFrame:
    """The simulated survey as the workflow makes it."""
    size = -(-rows // SHARDS)
    return pd.concat(
        [simulate_shard(seed=seed, shard=k, n_stars=size) for k in range(SHARDS)],
        ignore_index=True,
    ).replace(MISSING, np.nan)


def simulated_stars(table: pd.DataFrame) -> Stars:
    """Simulated stars with a class by subClass."""
    labels = label_rows(table, "subclass").numbers
    stars = Stars("simulated", feature_values(table), labels, np.zeros(len(table), np.int8))
    return stars.of(labels != NO_LABEL)


def network_trained_on(stars: Stars, seed: int) -> Any:
    """The comparison's network, as a function from feature values to probabilities."""
    prepare_tensorflow()
    from stellar.learning.network import Network
    from stellar.learning.network_learners import NetworkLearner
    from stellar.learning.training import Trainers

    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    network = Network.from_json(config["learners"]["network"]["fixed"])
    learner = NetworkLearner(
        Trainers(len(FEATURES), len(stars.labels)).get(network), network.members
    )
    scaler = Scaler.fit(stars.values, FEATURES)
    rows = Rows(scaler.transform(stars.values), stars.labels)
    learner(rows, None, seed, [rows.values[:1]])

    def predict(values: Floats) -> Floats:
        return learner.trainer.predict(learner.fits, scaler.transform(values))

    return predict


def forest_trained_on(stars: Stars, seed: int) -> Any:
    """A random forest, as a function from feature values to probabilities."""
    from sklearn.ensemble import RandomForestClassifier

    scaler = Scaler.fit(stars.values, FEATURES)
    forest = RandomForestClassifier(500, min_samples_leaf=2, random_state=seed)
    forest.fit(scaler.transform(stars.values), stars.labels)

    def predict(values: Floats) -> Floats:
        shares = np.zeros((len(values), len(CLASSES)), np.float32)
        shares[:, forest.classes_] = forest.predict_proba(scaler.transform(values))
        return shares

    return predict


def scores(stars: Stars, probabilities: Floats) -> dict[str, Any]:
    """Accuracy, recall by class, mean confidence, steps off."""
    predicted = probabilities.argmax(axis=1)
    right = predicted == stars.labels
    recall = {
        c: float(right[stars.labels == k].mean())
        for k, c in enumerate(CLASSES)
        if (stars.labels == k).any()
    }
    confidence = float(probabilities.max(axis=1).mean())
    n = len(right)
    return {
        "rows": n,
        "accuracy": float(right.mean()),
        "accuracy_ci95": float(1.96 * np.sqrt(right.mean() * (1 - right.mean()) / n)),
        "macro_recall": float(np.mean([r for c, r in recall.items() if c in HELD])),
        "recall": recall,
        "confidence": confidence,
        "overconfidence": confidence - float(right.mean()),
        "steps_off": float(np.abs(predicted - stars.labels).mean()),
        "called": np.bincount(predicted, minlength=len(CLASSES)).tolist(),
    }


def auc(real: Stars, made: Stars, seed: int) -> dict[str, float]:
    """How well boosted trees tell real stars from simulated ones of the same class and r.

    Each real star gets `BESIDE` simulated stars of its class, drawn from the nearest in r. The
    trees see r and the colours, and are scored on the stars of folds that they were not trained on.
    0.5: they cannot.
    """
    random = np.random.default_rng(seed)
    beside = []
    for values, label in zip(real.values, real.labels, strict=True):
        same = np.flatnonzero(made.labels == label)
        nearest = np.argsort(np.abs(made.values[same, 2] - values[2]))[: 5 * BESIDE]
        beside.append(random.permutation(same[nearest])[:BESIDE])
    x = np.concatenate([real.values, made.values[np.concatenate(beside)]])
    y = np.repeat([1, 0], [len(real.labels), len(x) - len(real.labels)])
    columns = [FEATURES.index(name) for name in ("r", *resolve("colours"))]
    found = {"all": _told(x[:, columns], y, seed)}
    label = np.concatenate([real.labels, np.repeat(real.labels, [len(b) for b in beside])])
    for k, c in enumerate(CLASSES):
        of_class = label == k
        if y[of_class].sum() >= FEWEST:
            found[c] = _told(x[of_class][:, columns], y[of_class], seed)
    return found


def _told(x: Floats, y: NDArray[np.int64], seed: int) -> float:
    from lightgbm import LGBMClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    found = []
    for repeat in range(4):
        folds = StratifiedKFold(5, shuffle=True, random_state=seed + repeat)
        scored = np.zeros(len(y))
        for train, test in folds.split(x, y):
            trees = LGBMClassifier(
                n_estimators=60, learning_rate=0.05, num_leaves=6, min_child_samples=10,
                class_weight="balanced", random_state=seed, n_jobs=1, verbose=-1,
            )  # fmt: skip
            trees.fit(x[train], y[train])
            scored[test] = trees.predict_proba(x[test])[:, 1]
        found.append(roc_auc_score(y, scored))
    return float(np.mean(found))
