"""Classifiers: learn from rows, give class probabilities, shape (n_rows, 7), for others."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES

Floats = NDArray[np.float32]
Labels = NDArray[np.int8]


class Classifier(Protocol):
    """Learns from rows and gives class probabilities for others."""

    def fit(self, x: Floats, y: Labels) -> None:
        """Learn from features, shape (n_rows, n_features), and class numbers, shape (n_rows,)."""

    def predict_proba(self, x: Floats) -> Floats:
        """Class probabilities, shape (n_rows, 7), of features, shape (n_rows, n_features)."""


class Stock:
    """A scikit-learn classifier, its columns put in the order of all seven classes."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def fit(self, x: Floats, y: Labels) -> None:
        """Fit the estimator on x, shape (n_rows, n_features), and y, shape (n_rows,)."""
        self.estimator.fit(x, y)

    def predict_proba(self, x: Floats) -> Floats:
        """The estimator's probabilities, shape (n_rows, 7); 0 for a class it never saw."""
        everything = np.zeros((len(x), len(CLASSES)), np.float32)
        everything[:, self.estimator.classes_] = self.estimator.predict_proba(x)
        return everything
