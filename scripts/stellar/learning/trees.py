"""LightGBM's boosted trees, the same bytes for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellar.learning.classifiers import Classifier, Stock

# What LightGBM needs to give the same bytes for the same seed and number of threads.
REPEATABLE: Mapping[str, Any] = {"deterministic": True, "force_row_wise": True, "verbose": -1}


def boosted_trees(values: Mapping[str, Any], seed: int, threads: int) -> Classifier:
    """A classifier of boosted trees with some of LightGBM's parameters."""
    from lightgbm import LGBMClassifier

    return Stock(LGBMClassifier(**values, **REPEATABLE, random_state=seed, n_jobs=threads))
