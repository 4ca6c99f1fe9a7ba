"""Predictions that are wrong at a rate."""

import numpy as np
from stellar.crossvalidation.predictions import Predictions


def predicted(error: float, seed: int = 0, rows: slice = slice(None), **about) -> Predictions:
    """Predictions of 1,400 stars in four folds, wrong at a rate."""
    random = np.random.default_rng(seed)
    labels = (np.arange(1400) % 7).astype(np.int8)
    folds = (np.arange(1400) // 7 % 4).astype(np.int8)
    called = np.where(random.random(1400) < error, (labels + 1) % 7, labels)
    shares = np.full((1400, 7), 0.05, np.float32)
    shares[np.arange(1400), called] = 0.7
    known = [{"fold": fold, "train_rows": 1050} for fold in range(4)]
    about = {"features": ["u", "g"], "folds": known, **about}
    ids = np.arange(1400, dtype=np.uint64)
    chosen = np.concatenate([np.arange(1400)[rows][folds[rows] == fold] for fold in range(4)])
    return Predictions(ids, folds, labels, shares, about, "test").of(chosen)
