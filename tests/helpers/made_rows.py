"""Rows that a network can learn."""

import numpy as np
from stellar.sample.arrays import Rows


def rows(n: int, n_features: int = 16, seed: int = 0) -> Rows:
    """Rows of seven classes, parted by planes and blurred."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, n_features)).astype(np.float32)
    weights = np.random.default_rng(99).normal(size=(n_features, 7))
    labels = (x @ weights + 0.5 * random.normal(size=(n, 7))).argmax(axis=1)
    return Rows(x, labels.astype(np.int8))
