"""What a network must beat: rules without learning, look-up, and stock classifiers.

A baseline is fitted on training rows and gives class probabilities, shape (n_rows, 7), for
others. Rules read catalogue values as they are; learners read standardized features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.learning.classifiers import Classifier, Floats, Labels, Stock
from stellar.learning.trees import boosted_trees
from stellar.sample.features import FEATURE_SETS

TREE_STARS = 20_000  # of a forest, for each of its trees


def _certain(numbers: NDArray[Any]) -> Floats:
    return np.eye(len(CLASSES), dtype=np.float32)[numbers]


def _most_frequent(y: Labels) -> int:
    return int(np.bincount(y, minlength=len(CLASSES)).argmax())


class TemperatureCut:
    """The study's "dummy": elodieTEff below 4000 K is M, up to 6000 K is G, else O.

    A star without a temperature gets the commonest class of the training rows.
    """

    def fit(self, x: Floats, y: Labels) -> None:
        """Note the commonest class of y, shape (n_rows,)."""
        self.unknown = _most_frequent(y)

    def predict_proba(self, x: Floats) -> Floats:
        """Certain classes, shape (n_rows, 7), by temperature in K, shape (n_rows, 1)."""
        kelvin = x[:, 0]
        number = np.select(
            [np.isnan(kelvin), kelvin < 4000, kelvin <= 6000],
            [self.unknown, CLASSES.index("M"), CLASSES.index("G")],
            CLASSES.index("O"),
        )
        return _certain(number)


class Majority:
    """Always the commonest class of the training rows."""

    def fit(self, x: Floats, y: Labels) -> None:
        """Note the commonest class of y, shape (n_rows,)."""
        self.number = _most_frequent(y)

    def predict_proba(self, x: Floats) -> Floats:
        """The same class for every row, shape (n_rows, 7)."""
        return _certain(np.full(len(x), self.number))


class StratifiedRandom:
    """A class drawn at random with the training rows' frequencies."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, x: Floats, y: Labels) -> None:
        """Note the frequencies of the classes in y, shape (n_rows,)."""
        self.share = np.bincount(y, minlength=len(CLASSES)) / len(y)

    def predict_proba(self, x: Floats) -> Floats:
        """Draw a class for each row, shape (n_rows, 7)."""
        random = np.random.default_rng(self.seed)
        return _certain(random.choice(len(CLASSES), size=len(x), p=self.share))


class LookUp:
    """A dictionary from the exact ELODIE values to the label: a measure of the leak.

    If it scores near 100 %, the values name the library star that carries the label. Values
    never seen get the commonest class of the training rows.
    """

    def fit(self, x: Floats, y: Labels) -> None:
        """Count classes y, shape (n_rows,), behind each row of x, shape (n_rows, 4)."""
        counts: dict[bytes, NDArray[np.int64]] = {}
        for key, number in zip(_keys(x), y, strict=True):
            counts.setdefault(key, np.zeros(len(CLASSES), np.int64))[number] += 1
        self.shares = {key: (n / n.sum()).astype(np.float32) for key, n in counts.items()}
        self.unknown = _certain(np.array(_most_frequent(y)))

    def predict_proba(self, x: Floats) -> Floats:
        """Class frequencies behind each row's values, shape (n_rows, 7)."""
        return np.array([self.shares.get(key, self.unknown) for key in _keys(x)])


class NearestNeighbour:
    """The label of the nearest training star.

    A tree of cells: the time grows little faster than the stars, where all distances would grow
    with their square.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads

    def fit(self, x: Floats, y: Labels) -> None:
        """Build the tree of the stars, x of shape (n_rows, n_features)."""
        from scipy.spatial import cKDTree

        self.tree, self.labels = cKDTree(x), y

    def predict_proba(self, x: Floats) -> Floats:
        """1 for the class of the nearest star, shape (n_rows, 7)."""
        return _certain(self.labels[self.tree.query(x, workers=self.threads)[1]])


def _keys(x: Floats) -> list[bytes]:
    return [row.tobytes() for row in x]


def _logistic_regression(seed: int, threads: int) -> Classifier:
    from sklearn.linear_model import LogisticRegression

    return Stock(LogisticRegression(max_iter=200, tol=1e-3))


class Forest:
    """A random forest, each tree on a fifth of the training stars, at most `TREE_STARS` of them.

    A tree's time grows faster than its stars (docs/scale.md).
    """

    def __init__(self, seed: int, threads: int) -> None:
        from sklearn.ensemble import RandomForestClassifier

        self.forest = RandomForestClassifier(
            60, min_samples_leaf=3, random_state=seed, n_jobs=threads
        )
        self.stock = Stock(self.forest)

    def fit(self, x: Floats, y: Labels) -> None:
        """Grow the trees on x, shape (n_rows, n_features), and y, shape (n_rows,)."""
        self.forest.max_samples = min(0.2, TREE_STARS / len(x))
        self.stock.fit(x, y)

    def predict_proba(self, x: Floats) -> Floats:
        """Means of the trees' class frequencies, shape (n_rows, 7)."""
        return self.stock.predict_proba(x)


def _gradient_boosting(seed: int, threads: int) -> Classifier:
    from sklearn.ensemble import HistGradientBoostingClassifier

    # Without L2 the boosting of nearly separable classes diverges: their leaves' second
    # derivatives vanish (accuracy .42 where it is .99 with it).
    boosting = HistGradientBoostingClassifier(
        learning_rate=0.15,
        max_iter=40,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=seed,
    )
    return Stock(boosting)


@dataclass(frozen=True)
class Baseline:
    """How to make a baseline, and what it reads."""

    make: Callable[[int, int], Classifier]  # from (seed, threads)
    features: tuple[str, ...] | None = None  # None: the configuration's, standardized
    about: str = ""


BASELINES: dict[str, Baseline] = {
    "temperature_cut": Baseline(
        lambda seed, threads: TemperatureCut(),
        ("elodieTEff",),
        "elodieTEff < 4000 K: M; ≤ 6000 K: G; else O (the study's dummy)",
    ),
    "majority": Baseline(lambda seed, threads: Majority(), about="always the commonest class"),
    "stratified_random": Baseline(
        lambda seed, threads: StratifiedRandom(seed), about="a class drawn by frequency"
    ),
    "lookup": Baseline(
        lambda seed, threads: LookUp(),
        FEATURE_SETS["elodie"],
        "a dictionary from the exact ELODIE values to the label",
    ),
    "nearest_neighbour": Baseline(
        lambda seed, threads: NearestNeighbour(threads), about="the label of the nearest star"
    ),
    "logistic_regression": Baseline(_logistic_regression, about="multinomial, L2"),
    "random_forest": Baseline(
        Forest, about=f"60 trees, each on a fifth of the stars, {TREE_STARS:,} at most"
    ),
    "gradient_boosting": Baseline(_gradient_boosting, about="histogram gradient boosting"),
}


def classifier(name: str, settings: Mapping[str, Any] | None = None) -> Baseline:
    """The baseline of a name; of any other the boosted trees with some settings."""
    if name in BASELINES:
        return BASELINES[name]
    return Baseline(
        lambda seed, threads: boosted_trees(settings or {}, seed, threads),
        about="LightGBM, tuned at no less than the network's cost",
    )
