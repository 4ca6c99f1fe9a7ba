"""Networks on folds."""

from dataclasses import dataclass

import numpy as np
from made_samples import a_few
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

from stellar.crossvalidation import fold_training  # noqa: E402


@dataclass
class Described:
    members: int
    patience: int | None


class Noting:
    """A trainer that notes its seeds, and whether it is given rows to stop early by."""

    def __init__(self):
        self.fits = []

    def fit(self, train, seed, validation):
        self.fits.append((seed, validation is not None))

    def predict(self, fits, features):
        return np.full((len(features), 7), 1 / 7, np.float32)


def fits(monkeypatch, **described) -> list[tuple[int, bool]]:
    trainer = Noting()
    monkeypatch.setattr(fold_training, "trainer_of", lambda *_: trainer)
    folds = fold_training.FoldTrainer(a_few(), Described(**described), 4, seed=18)
    for fold in range(4):
        folds.run(fold)
    return trainer.fits


def test_each_fold_and_member_has_a_seed_of_its_own(monkeypatch):
    found = fits(monkeypatch, members=2, patience=None)
    assert found == [(seed, False) for seed in (18, 22, 19, 23, 20, 24, 21, 25)]


def test_a_network_with_patience_is_given_rows_to_stop_early_by(monkeypatch):
    assert fits(monkeypatch, members=1, patience=3) == [(18 + n, True) for n in range(4)]
