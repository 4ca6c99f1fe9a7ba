"""The tuned network on cross-validation folds, compiled once for all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stellar.crossvalidation.predictions import FoldResult
from stellar.crossvalidation.rounds import run_fold
from stellar.learning.network import Network
from stellar.learning.training import Fit, Floats, trainer_of
from stellar.sample.arrays import Rows, Sample


class FoldTrainer:
    """Trains one network on any fold of a sample.

    Parameters
    ----------
    sample : Sample
    network : Network
    n_folds : int
    seed : int
        Fold k trains with seed + k, alone or after others; further members of an ensemble go
        on from there in steps of `n_folds`.
    """

    def __init__(self, sample: Sample, network: Network, n_folds: int, seed: int) -> None:
        self.sample = sample
        self.n_folds = n_folds
        self.seed = seed
        self.network = network
        self.trainer = trainer_of(network, len(sample.features), len(sample.labels))

    def run(self, fold: int) -> tuple[FoldResult, list[Fit]]:
        """Train one fold, and predict its held-out rows."""
        fits: list[Fit] = []

        def fit_predict(
            x: Floats, y: NDArray[np.int8], xv: Floats, yv: NDArray[np.int8], held_out: Floats
        ) -> Floats:
            validation = Rows(xv, yv) if len(yv) else None
            for member in range(self.network.members):
                seed = self.seed + fold + member * self.n_folds
                fits.append(self.trainer.fit(Rows(x, y), seed, validation))
            return self.trainer.predict(fits, held_out)

        stops_early = self.network.patience is not None
        result = run_fold(self.sample, fold, self.n_folds, fit_predict, stops_early, scale=True)
        return result, fits


def about_fold(fits: list[Fit]) -> dict[str, int]:
    """What the table of folds says of the fits: the epoch kept (the members' median)."""
    return {"best_epoch": int(np.median([fit.best_epoch for fit in fits]))}
