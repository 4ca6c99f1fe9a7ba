"""The tuned network on cross-validation folds, compiled once for all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stellar.evaluation import FoldResult, run_fold
from stellar.network import Network
from stellar.samples import Rows, Sample
from stellar.training import Fit, Floats, Trainer


class FoldTrainer:
    """Trains one network on any fold of a sample.

    Parameters
    ----------
    sample : Sample
    network : Network
    n_folds : int
    seed : int
        Fold k trains with seed + k, alone or after others.
    """

    def __init__(self, sample: Sample, network: Network, n_folds: int, seed: int) -> None:
        self.sample = sample
        self.n_folds = n_folds
        self.seed = seed
        # A small fold may be smaller than a batch: then batches of all its rows.
        rows = len(sample.labels)
        self.network = replace(network, batch=min(network.batch, rows))
        self.trainer = Trainer(self.network, len(sample.features), rows)

    def run(self, fold: int) -> tuple[FoldResult, Fit]:
        """Train and score one fold."""
        fits: list[Fit] = []

        def fit_predict(
            x: Floats, y: NDArray[np.int8], xv: Floats, yv: NDArray[np.int8], held_out: Floats
        ) -> Floats:
            validation = Rows(xv, yv) if len(yv) else None
            fits.append(self.trainer.fit(Rows(x, y), self.seed + fold, validation))
            return self.trainer.predict(fits[0].weights, held_out)

        stops_early = self.network.patience is not None
        result = run_fold(self.sample, fold, self.n_folds, fit_predict, stops_early, scale=True)
        return result, fits[0]
