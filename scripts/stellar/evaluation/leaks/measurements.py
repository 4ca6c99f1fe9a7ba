"""Whether a column is a measurement of the star or was made of the label.

What is measured on a star is related to what else is measured on it, also among stars of one class:
of two F stars the hotter one is bluer. What was made of the label knows the class and nothing else
(a *silent* column). And where the label contradicts all other measurements, as a wrong label does,
a measurement sides with them; what was made of the label repeats the label's error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.sample.columns import Floats

FEWEST = 15  # rows of a class whose moments are used
RELATED = 0.5  # correlation within classes, or share explained, of what measures one thing
COPIES = 0.9999  # and of columns of which one is a copy of the other
MOST_REFERENCES = 8  # columns that the others are held against
NEAR = 0.4  # to 0: below half of the way, as some columns of a study have 0.5
NONE = 0.2  # to 0: as good as nothing
SURE = 3  # standard errors between what was made of the label (0) and a measurement (1)
INCIDENTAL = 0.25  # share of the label's hold on a column that other columns may have of it
# A label known to within one class is worth some six points beside photometry: what is sought.
SOUGHT = 1.0


def ranks(table: Floats) -> NDArray[np.float64]:
    """Each column's ranks scaled to -1 ... 1, shape of `table`; missing values are 0.

    Ranks see no difference between a column and what is made of it by a monotone function.
    """
    from scipy.stats import rankdata

    scaled = np.zeros(table.shape)
    for j in range(table.shape[1]):
        known = np.isfinite(table[:, j])
        if known.sum() > 1:
            scaled[known, j] = (2 * rankdata(table[known, j]) - 1) / known.sum() - 1
    return scaled


@dataclass(frozen=True)
class Moments:
    """What one needs to know of columns by class.

    Attributes
    ----------
    rows : array, shape (n_classes,)
        Rows of each class that has `FEWEST`, in the order O ... M.
    mean : array, shape (n_classes, n_columns)
    covariance : array, shape (n_classes, n_columns, n_columns)
    """

    rows: NDArray[np.float64]
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]

    @classmethod
    def of(cls, table: NDArray[np.float64], labels: NDArray[np.int8]) -> Moments:
        """Moments of `table`, shape (n_rows, n_columns), by class."""
        members = [table[labels == k] for k in range(len(CLASSES))]
        members = [rows for rows in members if len(rows) >= FEWEST]
        size = table.shape[1]
        return cls(
            np.array([len(rows) for rows in members], float),
            np.array([rows.mean(axis=0) for rows in members]).reshape(-1, size),
            np.array([np.cov(rows.T).reshape(size, size) for rows in members]).reshape(
                -1, size, size
            ),
        )

    def within(self) -> NDArray[np.float64]:
        """Correlations within classes, pooled, shape (n_columns, n_columns)."""
        pooled = np.einsum("k,kij->ij", self.rows / max(self.rows.sum(), 1), self.covariance)
        spread = np.sqrt(np.diag(pooled))
        spread[spread == 0] = np.inf
        return np.asarray(pooled / np.outer(spread, spread))


def measured_together(within: NDArray[np.float64]) -> NDArray[np.int64]:
    """Find the largest group of columns that are related within classes.

    One column can be made of a label, or two; that many are related beyond it speaks for the star.

    Parameters
    ----------
    within : array, shape (n_columns, n_columns)
        See `Moments.within`.

    Returns
    -------
    array of int64, shape (n_found,)
        Columns, at least three, or none.
    """
    from scipy.sparse.csgraph import connected_components

    _, group = connected_components(np.abs(within) >= RELATED)
    sizes = np.bincount(group)
    if sizes.max(initial=0) < 3:
        return np.empty(0, np.int64)
    together = np.flatnonzero(group == sizes.argmax())
    while True:
        others = np.setdiff1d(np.arange(len(within)), together)
        related = [j for j in others if explained(within, j, together) >= RELATED]
        if not related:
            return together
        together = np.sort(np.append(together, related))


def explained(within: NDArray[np.float64], column: int, others: NDArray[np.int64]) -> float:
    """Share of a column's variance within classes that others explain linearly (R²).

    Parameters
    ----------
    within : array, shape (n_columns, n_columns)
        See `Moments.within`.
    column : int
    others : array of int64, shape (n_others,)
    """
    to_column = within[others, column]
    matrix = within[np.ix_(others, others)] + 1e-6 * np.eye(len(others))
    return float(to_column @ np.linalg.solve(matrix, to_column))


def references(
    within: NDArray[np.float64], together: NDArray[np.int64], tested: Sequence[int]
) -> NDArray[np.int64]:
    """Columns to hold others against: measured together, no copies of those tested, few, unlike.

    Parameters
    ----------
    within : array, shape (n_columns, n_columns)
        See `Moments.within`.
    together : array of int64, shape (n_found,)
        See `measured_together`.
    tested : sequence of int

    Returns
    -------
    array of int64, shape (n_references,)
        At most `MOST_REFERENCES`.
    """
    from scipy.linalg import qr

    copies = (
        np.abs(within[np.ix_(together, np.asarray(tested, np.int64))]).max(axis=1, initial=0)
        > COPIES
    )
    free = together[~copies & ~np.isin(together, tested)]
    if not len(free):
        return free
    _, triangle, order = qr(within[np.ix_(free, free)], pivoting=True)
    independent = np.abs(np.diag(triangle)) > 0.01
    return np.sort(free[order[independent][:MOST_REFERENCES]])


@dataclass(frozen=True)
class Silence:
    """How much of what a column knows of neighbouring classes it knows within the classes too.

    Of two neighbouring classes that are slices of one quantity, as spectral classes are of
    temperature, a measurement of it has a third of the covariance between the classes also within
    each, whatever its noise: uniform in slices of width 1, the variance within is 1/12 and between
    1/4. `ratio` is three times within over between, weighted over pairs of classes by their
    information: 1 or more for a measurement (wrong labels and wide classes raise it), 0 for what
    was made of the label.

    Attributes
    ----------
    ratio, error : float
        And its standard error, of chance alone.
    related : float
        Share of the variance within classes that the references explain (adjusted R²).
    p_related : float
        Chance to find as much without a relation.
    hold : float
        Odds of the variance that the label explains.
    p_hold : float
        Chance to find as much in a column that knows nothing of the class.
    """

    ratio: float
    error: float
    related: float
    p_related: float
    hold: float
    p_hold: float

    def silent(self, level: float, adds: bool = False) -> bool:
        """Whether the column knows the class, at a `level`, and within the classes nothing.

        Of one that `adds` to what the others know a little that they have of it is incidental, if
        it knows nothing within the classes. Of gravity colours tell little, but it is more than
        that.
        """
        none = abs(self.ratio) < max(SURE * self.error, NONE)
        incidental = adds and none and self.related < INCIDENTAL * self.hold
        alone = self.p_related > level or incidental
        near_zero = abs(self.ratio) < NEAR and abs(self.ratio) + SURE * self.error < 1
        return self.p_hold < level and alone and near_zero


def silence(
    moments: Moments, column: int, held_against: NDArray[np.int64], spread: float
) -> Silence | None:
    """Measure the silence of a column; None where no pair of classes tells anything.

    Parameters
    ----------
    moments : Moments
    column : int
    held_against : array of int64, shape (n_references,)
    spread : float
        Variance of the column over all rows.
    """
    from scipy.stats import chi2, f

    signal = information = 0.0
    for pair in _pairs(moments, held_against):
        between = pair.difference[column] * pair.reach / 4
        within = pair.direction @ pair.covariance[held_against, column]
        noise = pair.covariance[column, column] * pair.variance + 1e-12
        signal += between * within * pair.rows / noise
        information += between**2 * pair.rows / noise
    if information <= 0:
        return None
    n, size = moments.rows.sum(), len(held_against)
    known = explained(moments.within(), column, held_against)
    adjusted = max(0.0, 1 - (1 - known) * (n - 1) / max(n - size - 1, 1))
    share = moments.rows / n @ moments.covariance[:, column, column] / spread
    hold = float(max(1 - share, 0) / max(share, 1e-9))
    free = max(len(moments.rows) - 1, 1)
    return Silence(
        ratio=float(3 * signal / information),
        error=float(3 / np.sqrt(information)),
        related=adjusted,
        p_related=float(chi2.sf(n * known, size)),
        hold=hold,
        p_hold=float(f.sf(hold * (n - free - 1) / free, free, n - free - 1)),
    )


def rows_that_decide(moments: Moments, held_against: NDArray[np.int64]) -> int:
    """Rows of this mix in which a label known to within `SOUGHT` classes would be found silent.

    Parameters
    ----------
    moments : Moments
    held_against : array of int64, shape (n_references,)
    """
    information = 0.0
    for pair in _pairs(moments, held_against):
        noise = SOUGHT**2 * pair.variance + 1e-12
        information += (pair.reach / 4) ** 2 * pair.rows / noise
    if information <= 0:
        return int(1e9)
    error = 3 / np.sqrt(information)
    return int(np.ceil(moments.rows.sum() * (SURE * error) ** 2))


@dataclass(frozen=True)
class _Pair:
    """Two neighbouring classes, and the direction of the references that tells them apart."""

    rows: float
    difference: NDArray[np.float64]
    covariance: NDArray[np.float64]
    direction: NDArray[np.float64]
    reach: float
    variance: float


def _pairs(moments: Moments, held_against: NDArray[np.int64]) -> list[_Pair]:
    pairs = []
    for first in range(len(moments.rows) - 1):
        rows = moments.rows[first : first + 2]
        covariance = np.einsum(
            "k,kij->ij", rows / rows.sum(), moments.covariance[first : first + 2]
        )
        difference = moments.mean[first + 1] - moments.mean[first]
        among = covariance[np.ix_(held_against, held_against)]
        ridge = 1e-3 * np.trace(among) / max(len(held_against), 1) + 1e-12
        direction = np.linalg.solve(
            among + ridge * np.eye(len(held_against)), difference[held_against]
        )
        pairs.append(
            _Pair(
                rows=float(4 * rows.prod() / rows.sum()),
                difference=difference,
                covariance=covariance,
                direction=direction,
                reach=float(direction @ difference[held_against]),
                variance=float(direction @ among @ direction),
            )
        )
    return pairs
