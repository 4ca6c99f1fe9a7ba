"""Predictions that are wrong at a rate."""

import numpy as np
from stellar.crossvalidation.predictions import FoldResult, probability_table
from stellar.sample.arrays import Sample


def table(error: float, seed: int = 0, rows: slice = slice(None), **about):
    """Predictions of 1,400 stars in four folds, wrong at a rate."""
    random = np.random.default_rng(seed)
    labels = (np.arange(1400) % 7).astype(np.int8)
    sample = Sample(
        survey="test",
        ids=np.arange(1400, dtype=np.uint64),
        features=("u", "g"),
        table=np.zeros((1400, 2), np.float32),
        labels=labels,
        folds=(np.arange(1400) // 7 % 4).astype(np.int8),
    )
    called = np.where(random.random(1400) < error, (labels + 1) % 7, labels)
    shares = np.full((1400, 7), 0.05, np.float32)
    shares[np.arange(1400), called] = 0.7
    results = []
    for fold in range(4):
        mask = sample.folds == fold
        mask &= np.isin(np.arange(1400), np.arange(1400)[rows])
        results.append(FoldResult(fold, mask, shares[mask], 1050))
    return probability_table(sample, results, [{}] * 4, **about)
