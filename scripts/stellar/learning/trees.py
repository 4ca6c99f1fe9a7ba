"""LightGBM's boosted trees, the same bytes for the same seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellar.learning.classifiers import Classifier, Stock


def boosted_trees(values: Mapping[str, Any], seed: int, threads: int) -> Classifier:
    """A classifier of boosted trees with some of LightGBM's parameters."""
    from lightgbm import LGBMClassifier

    return Stock(
        LGBMClassifier(
            **values,
            random_state=seed,
            n_jobs=threads,
            deterministic=True,
            force_row_wise=True,
            verbose=-1,
        )
    )
