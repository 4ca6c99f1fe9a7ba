"""Which rows are one star, and which side of a split a star stands on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def _stars_by_class(
    labels: NDArray[np.int8], stars: NDArray[np.int64], seed: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Per class the shuffled stars and their numbers of rows; a star's class is its first row's."""
    star, first, rows = np.unique(stars, return_index=True, return_counts=True)
    random = np.random.default_rng(seed)
    members = []
    for number in np.unique(labels):
        chosen = np.flatnonzero(labels[first] == number)
        random.shuffle(chosen)
        members.append((star[chosen], rows[chosen]))
    return members


def _per_row(
    stars: NDArray[np.int64], star: NDArray[np.int64], side: NDArray[np.int64]
) -> NDArray[np.int8]:
    order = np.argsort(star)
    return side[order][np.searchsorted(star[order], stars)].astype(np.int8)


def counted(stars: NDArray[np.int64]) -> str:
    """How many stars rows have, in words: few stars may have many rows.

    Parameters
    ----------
    stars : array of int64, shape (n_rows,)
        Star behind each row.

    Examples
    --------
    >>> counted(np.array([0, 0, 1])), counted(np.array([0, 1]))
    ('2 stars in 3 rows', '2 stars')
    """
    number = len(np.unique(stars))
    return f"{number} stars" + (f" in {len(stars)} rows" if number < len(stars) else "")


def parts_of_rows(
    labels: NDArray[np.int8], stars: NDArray[np.int64], fractions: Sequence[float], seed: int
) -> NDArray[np.int8]:
    """Part of each row (0, 1, …): stratified by class, each star on one side.

    Parameters
    ----------
    labels : array of int8, shape (n_rows,)
    stars : array of int64, shape (n_rows,)
        Star behind each row.
    fractions : sequence of float
        Share of rows of each part, summing to one.
    seed : int

    Returns
    -------
    array of int8, shape (n_rows,)
    """
    star, side = [], []
    for members, rows in _stars_by_class(labels, stars, seed):
        # A star goes where the middle of its rows falls among its class's rows.
        middle = (np.cumsum(rows) - rows / 2) / rows.sum()
        star.append(members)
        side.append(np.searchsorted(np.cumsum(fractions)[:-1], middle, side="right"))
    return _per_row(stars, np.concatenate(star), np.concatenate(side))


def folds_of_rows(
    labels: NDArray[np.int8], stars: NDArray[np.int64], n_folds: int, seed: int
) -> NDArray[np.int8]:
    """Fold of each row, 0 to n_folds - 1: stratified by class, each star in one fold.

    Stars are assigned to the folds in turn, class after class, so that folds of a class differ by
    a star and whole folds by hardly more.

    Parameters
    ----------
    labels : array of int8, shape (n_rows,)
    stars : array of int64, shape (n_rows,)
        Star behind each row.
    n_folds : int
    seed : int

    Returns
    -------
    array of int8, shape (n_rows,)
    """
    star, side = [], []
    assigned = 0
    for members, rows in _stars_by_class(labels, stars, seed):
        # Stars seen most often first: their rows are then evened out by the others.
        order = np.argsort(-rows, kind="stable")
        star.append(members[order])
        side.append((assigned + np.arange(len(members))) % n_folds)
        assigned += len(members)
    return _per_row(stars, np.concatenate(star), np.concatenate(side))
