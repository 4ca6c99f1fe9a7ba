"""A run of the comparison on a few stars that are easily told apart, and what it writes."""

import json

import numpy as np
from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import predictions_of, run_rounds
from stellar.crossvalidation.selection import ranked_trials
from stellar.evaluation import calibration, rejection
from stellar.learning.learners import classifier_learner
from stellar.sample.arrays import Sample

PROTOCOL = Protocol.comparison(6, "held_out", 2)
SETTINGS = {"sharpness": 1.0}
NOW = [SETTINGS, {"sharpness": 0.1}]  # to choose from


class Means:
    """The nearer a class's mean, the more probable it is."""

    def __init__(self, sharpness: float = 1.0) -> None:
        self.sharpness = sharpness

    def fit(self, x, y) -> None:
        self.means = np.array([x[y == c].mean(axis=0) for c in range(7)])

    def predict_proba(self, x) -> np.ndarray:
        far = ((x[:, None] - self.means) ** 2).sum(axis=2)
        shares = np.exp(-self.sharpness * far) + 1e-6
        return (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)


def means_of(settings=SETTINGS):
    """The learner that settings describe."""
    return classifier_learner(lambda seed: Means(settings["sharpness"]))


def run_sample(rows: int = 840) -> Sample:
    """Rows in six folds, a tenth of them without a label."""
    random = np.random.default_rng(3)
    labels = (np.arange(rows) % 7).astype(np.int8)
    table = labels[:, None] + random.normal(0, 0.7, (rows, 2))
    return Sample(
        survey="test",
        ids=random.permutation(rows).astype(np.uint64),
        feature_names=("a", "b"),
        values=table.astype(np.float32),
        labels=np.where(random.random(rows) < 0.1, -1, labels).astype(np.int8),
        folds=(np.arange(rows) // 7 % 6).astype(np.int8),
    )


def as_written(document):
    """What is read of a document that was written as JSON."""
    return json.loads(json.dumps(document))


def run_of(sample: Sample, learner_of=lambda fold: means_of(), protocol=PROTOCOL, **options):
    """Predictions of the scored rows and of those to calibrate by."""
    rounds = run_rounds(sample, protocol, learner_of, 0, lambda text: None, **options)
    about = {"name": "elodie/two", "scheme": "elodie", "tier": "two"}
    scored = predictions_of(sample, rounds, **about)
    for entry in scored.about["folds"]:
        entry["settings"] = SETTINGS
    return scored, predictions_of(sample, rounds, calibration=True, **about)


def document(sample: Sample, folds=(0, 1), learner_of=means_of, says=(0, 1)) -> dict:
    """What the rule `choose` writes."""
    trials, used = ranked_trials(sample, folds, NOW, learner_of, 0)
    about = {"label": "elodie", "features": list(sample.feature_names), "folds": says}
    return as_written({**about, "settings": trials[0]["values"], "used": used})


def calibrated(sample: Sample, change=lambda folds: folds):
    """Predictions, and what the rule `calibrate` says of the rows it used for them."""
    scored, beside = run_of(sample)
    folds = change(calibration.by_fold(scored, beside, PROTOCOL))
    parts = [calibration.calibrated(fold, 0.9) for fold in folds]
    used = [{"fold": part.predictions.fold, "used": part.used} for part in parts]
    return scored, beside, as_written(used)


def rejected(sample: Sample, protocol: Protocol = PROTOCOL):
    """Rows of another kind, predictions to calibrate by, and what rejection says of its rows."""
    scored, beside = run_of(sample)
    folds = calibration.by_fold(scored, beside, PROTOCOL)
    negative = (sample.labels < 0) & (np.arange(len(sample.labels)) % 2 == 0)
    _, used = rejection.decide(folds, sample, negative, protocol, 0.01, 0)
    return negative, beside, as_written(used)
