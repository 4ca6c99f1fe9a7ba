"""Whether a column shares the errors of the label.

Quadratic functions of a few other measurements predict the class, each row by those of other folds.
Where they exclude the label and the classes next to it (`contradicted`), the label is mostly the
wrong one. A measurement of the star makes such a label less likely still, or as often one as the
other; a column made of the label, or copied with it, makes it more likely. One class beside the
label nobody need be wrong but the measurements: dust alone brings a star there.

A prediction that was made in sample is hardly less sure of a wrong label than of its neighbours':
each row is one vote of many in it. So a row is compared with its neighbours, too (`Neighbourhood`),
if labels are wrong at all: many that are excluded are excluded with the classes beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONTRADICTED = 0.02  # probability of the label and its neighbours that contradicts the label
FEWEST = 20  # such rows to judge by
SURE = 3  # standard errors beyond the share that is a measurement's
COPIES = 0.6  # share of them that side with the label, from which it is the label's errors
RIDGE = 1e-3
WRONG = 0.25  # share of excluded labels that are contradicted, where labels are wrong at all
NEIGHBOURS = 10  # rows that a row is compared with


def quadratic(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns, their squares and products, standardized, shape (n_rows, n_terms)."""
    first, second = np.triu_indices(table.shape[1])
    terms = np.concatenate([table, table[:, first] * table[:, second]], axis=1)
    terms -= terms.mean(axis=0)
    spread = terms.std(axis=0)
    return np.asarray(terms / np.where(spread > 0, spread, 1))


def log_posterior(
    table: NDArray[np.float64], classes: NDArray[np.int64], folds: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Out-of-fold log-probabilities by linear discriminants of quadratic functions.

    Moments of all rows less those of the fold: a model a fold costs no more than one
    (Friedman 1989, JASA 84, 165, for the ridge).

    Parameters
    ----------
    table : array, shape (n_rows, n_columns)
        Ranks, see `measurements.ranks`.
    classes : array of int64, shape (n_rows,)
        0 ... n_classes - 1, each with rows.
    folds : array of int64, shape (n_rows,)

    Returns
    -------
    array, shape (n_rows, n_classes)
    """
    terms = quadratic(table)
    size, n_classes = terms.shape[1], int(classes.max()) + 1
    numbers = np.unique(folds)
    rows = np.zeros((len(numbers), n_classes))
    sums = np.zeros((len(numbers), n_classes, size))
    squares = np.zeros((len(numbers), size, size))
    for f, fold in enumerate(numbers):
        here, what = terms[folds == fold], classes[folds == fold]
        rows[f] = np.bincount(what, minlength=n_classes)
        np.add.at(sums[f], what, here)
        squares[f] = here.T @ here
    found = np.empty((len(terms), n_classes))
    for f, fold in enumerate(numbers):
        n = rows.sum(axis=0) - rows[f]
        mean = (sums.sum(axis=0) - sums[f]) / np.maximum(n, 1)[:, None]
        within = squares.sum(axis=0) - squares[f] - (mean.T * n) @ mean
        within = within / max(n.sum() - n_classes, 1) + RIDGE * np.eye(size)
        weights = np.linalg.solve(within, mean.T)
        offset = np.log(np.maximum(n, 0.5) / n.sum()) - 0.5 * np.einsum("kj,jk->k", mean, weights)
        score = terms[folds == fold] @ weights + offset
        score -= score.max(axis=1, keepdims=True)
        found[folds == fold] = score - np.log(np.exp(score).sum(axis=1, keepdims=True))
    return found


def contradicted(posterior: NDArray[np.float64], classes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows whose label is excluded, and so are the classes next to it, shape (n_rows,).

    Parameters
    ----------
    posterior : array, shape (n_rows, n_classes)
        Log-probabilities, of classes in the order of the sequence.
    classes : array of int64, shape (n_rows,)
    """
    beside = np.abs(np.arange(posterior.shape[1]) - classes[:, None]) <= 1
    return np.asarray((np.exp(posterior) * beside).sum(axis=1) < CONTRADICTED)


@dataclass(frozen=True)
class Gain:
    """What columns add to others.

    Attributes
    ----------
    worth : float
        Accuracy won.
    t : float
        Log-loss won, in standard errors.
    contradicted : int
        Rows whose label the others contradict.
    siding : float
        Share of these where the columns make the label more likely.
    """

    worth: float
    t: float
    contradicted: int
    siding: float

    def won(self, z: float, least: float) -> bool:
        """Whether the columns add at least so much, and more than chance."""
        return self.worth > least and self.t > z

    def shares_errors(self, z: float) -> bool:
        """Whether the columns repeat the label's errors."""
        n = self.contradicted
        return n >= FEWEST and self.siding - z * np.sqrt(0.25 / n) > 0.5 and self.siding > COPIES


def gain(
    without: NDArray[np.float64],
    joint: NDArray[np.float64],
    classes: NDArray[np.int64],
    whole: NDArray[np.bool_],
) -> Gain:
    """What columns add to others.

    Parameters
    ----------
    without, joint : array, shape (n_rows, n_classes)
        Log-probabilities without and with the columns.
    classes : array of int64, shape (n_rows,)
    whole : array of bool, shape (n_rows,)
        Rows where the others have all their values: where they lack some, the label is not wrong.
    """
    at = np.arange(len(classes))
    before, after = without[at, classes], joint[at, classes]
    won = (joint.argmax(axis=1) == classes).astype(float) - (without.argmax(axis=1) == classes)
    doubted = whole & contradicted(without, classes)
    n = int(doubted.sum())
    siding = float(np.mean(after[doubted] > before[doubted])) if n else 0.5
    # Clipped, so that a few rows with great losses do not decide.
    better = np.clip(after - before, -3, 3)
    t = better.mean() / max(better.std() / np.sqrt(len(better)), 1e-12)
    return Gain(float(won.mean()), float(t), n, siding)


class Neighbourhood:
    """Rows whose label other measurements exclude, among the rows most like them.

    None where labels are hardly ever wrong: then the measurements are, as in dust.

    Parameters
    ----------
    table : array, shape (n_rows, n_columns)
        Ranks of the other measurements.
    classes : array of int64, shape (n_rows,)
    posterior : array, shape (n_rows, n_classes)
        Log-probabilities by them, out of fold.
    whole : array of bool, shape (n_rows,)
        Rows that have all their values.
    """

    def __init__(
        self,
        table: NDArray[np.float64],
        classes: NDArray[np.int64],
        posterior: NDArray[np.float64],
        whole: NDArray[np.bool_],
    ) -> None:
        from scipy.spatial import cKDTree

        self.classes = classes
        doubted = posterior[np.arange(len(classes)), classes] < np.log(CONTRADICTED)
        self.rows = np.flatnonzero(doubted & whole)
        self.others = np.flatnonzero(~doubted & whole)
        self.near = np.empty((0, NEIGHBOURS), np.int64)
        wrong = np.count_nonzero(contradicted(posterior, classes)[self.rows])
        if len(self.rows) < FEWEST or wrong < WRONG * len(self.rows):
            return
        if len(self.others) <= 10 * NEIGHBOURS:
            return
        # Doubted rows are no neighbours: what their labels did to a column is what is asked.
        scaled = table / np.maximum(table.std(axis=0), 1e-9)
        found = cKDTree(scaled[self.others]).query(scaled[self.rows], k=NEIGHBOURS)[1]
        self.near = self.others[found]
        self.terms = np.column_stack([quadratic(table), np.eye(int(classes.max()) + 1)[classes]])

    def siding(
        self, column: NDArray[np.float64], known: NDArray[np.bool_]
    ) -> tuple[float, float, int]:
        """In what share of the rows a column differs from the neighbours' as the label does.

        Which way that is, undoubted rows tell: a class's effect on the column beside a quadratic
        function of the other measurements. Rows count by the size of the effect that their label
        has beside their neighbours'. A column that does not know of the label has half of them.

        Parameters
        ----------
        column : array, shape (n_rows,)
        known : array of bool, shape (n_rows,)
            Where the column is not missing.

        Returns
        -------
        share, error : float
            And the standard error that a half would have.
        rows : int
        """
        if not len(self.near):
            return 0.5, np.inf, 0
        use = self.others[known[self.others]]
        terms = self.terms[use]
        size, n_classes = self.terms.shape[1], int(self.classes.max()) + 1
        fit = np.linalg.solve(terms.T @ terms + RIDGE * np.eye(size), terms.T @ column[use])
        effect = fit[size - n_classes :]
        left = column - self.terms[:, : size - n_classes] @ fit[: size - n_classes]
        asked = known[self.rows] & known[self.near].all(axis=1)
        rows, near = self.rows[asked], self.near[asked]
        expected = effect[self.classes[rows]] - effect[self.classes[near]].mean(axis=1)
        differs = left[rows] - np.median(left[near], axis=1)
        weight = np.abs(expected) * (differs != 0)
        if np.count_nonzero(weight) < FEWEST:
            return 0.5, np.inf, len(rows)
        share = weight[differs * expected > 0].sum() / weight.sum()
        error = 0.5 * np.sqrt((weight**2).sum()) / weight.sum()
        return float(share), float(error), len(rows)
