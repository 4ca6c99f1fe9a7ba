"""Which rows are one star, and which side of a split a star stands on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SAME_STAR = 2.0  # arcsec: below SDSS's 3 arcsec fibres, above its astrometric errors
STRIP = 30_000  # rows searched for neighbours at a time


def identify_stars(
    ra: NDArray[np.float64],
    dec: NDArray[np.float64],
    object_id: NDArray[np.int64] | None = None,
    separation: float = SAME_STAR,
) -> NDArray[np.int64]:
    """Number the stars behind the rows: same photometric object or same place, same star.

    Parameters
    ----------
    ra, dec : array, shape (n_rows,)
        Degrees, J2000.
    object_id : array of int64, shape (n_rows,), optional
        Photometric object; values ≤ 0 are unknown.
    separation : float
        Rows closer than this are one star, arcsec.

    Returns
    -------
    array of int64, shape (n_rows,)
        Stars numbered 0, 1, … in order of first row.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = np.concatenate([_same_place(ra, dec, separation), _same_object(object_id)])
    # Few rows have a partner: the graph is theirs alone.
    paired, ends = np.unique(edges, return_inverse=True)
    start, end = ends.reshape(edges.shape).T
    graph = coo_array((np.ones(len(edges), bool), (start, end)), (len(paired), len(paired)))
    _, component = connected_components(graph, directed=False)
    _, first = np.unique(component, return_index=True)
    first_row = np.arange(len(ra))
    first_row[paired] = paired[first][component]
    number = np.cumsum(first_row == np.arange(len(ra))) - 1
    return number[first_row]


def _same_place(
    ra: NDArray[np.float64], dec: NDArray[np.float64], separation: float
) -> NDArray[np.int64]:
    """Pairs of rows, shape (n_pairs, 2), that join all rows within `separation` arcsec.

    Searched strip by strip of declination, so that the trees' memory does not grow with n_rows.
    """
    from scipy.spatial import cKDTree

    chord = 2 * np.sin(np.radians(separation / 3600) / 2)
    order = np.lexsort((ra, dec))
    # Rows of the very same place are a chain: they have n - 1 pairs, not n (n - 1) / 2.
    same = (ra[order[1:]] == ra[order[:-1]]) & (dec[order[1:]] == dec[order[:-1]])
    pairs = [_chains(order, same)]
    places = np.delete(order, np.flatnonzero(same) + 1)
    height = dec[places]
    for low in range(0, len(places), STRIP):
        top = height[low : low + STRIP][-1] + 1.001 * separation / 3600
        rows = places[low : np.searchsorted(height, top, side="right")]
        lon, lat = np.radians(ra[rows]), np.radians(dec[rows])
        unit = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
        pairs.append(rows[cKDTree(unit).query_pairs(chord, output_type="ndarray")])
    return np.concatenate(pairs)


def _same_object(object_id: NDArray[np.int64] | None) -> NDArray[np.int64]:
    """Pairs of rows, shape (n_pairs, 2), that join all rows of a photometric object."""
    if object_id is None:
        return np.empty((0, 2), np.int64)
    order = np.argsort(object_id, kind="stable")
    ids = object_id[order]
    return _chains(order, (ids[1:] == ids[:-1]) & (ids[1:] > 0))


def _chains(order: NDArray[np.int64], same: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Each row of `order` with the next where both are the `same`."""
    return np.column_stack([order[:-1][same], order[1:][same]])


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


def split_rows(
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


def fold_rows(
    labels: NDArray[np.int8], stars: NDArray[np.int64], n_folds: int, seed: int
) -> NDArray[np.int8]:
    """Fold of each row, 0 to n_folds - 1: stratified by class, each star in one fold.

    Stars are dealt round, class after class, so that folds of a class differ by a star and
    whole folds by hardly more.
    """
    star, side = [], []
    dealt = 0
    for members, rows in _stars_by_class(labels, stars, seed):
        # Stars seen most often first: their rows are then evened out by the others.
        order = np.argsort(-rows, kind="stable")
        star.append(members[order])
        side.append((dealt + np.arange(len(members))) % n_folds)
        dealt += len(members)
    return _per_row(stars, np.concatenate(star), np.concatenate(side))
