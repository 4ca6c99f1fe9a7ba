"""Which rows are one star, by photometric object and by place on the sky."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

SAME_STAR = 2.0  # arcsec: below SDSS's 3 arcsec fibres, above its astrometric errors
STRIP = 30_000  # rows searched for neighbours at a time


def stars_of(table: pa.Table) -> NDArray[np.int64]:
    """Number the stars behind the rows of a table by its columns ra, dec and bestObjID.

    Returns
    -------
    array of int64, shape (n_rows,)
        As of `identify_stars`.
    """
    objects = table["bestObjID"].fill_null(0).to_numpy()
    return identify_stars(table["ra"].to_numpy(), table["dec"].to_numpy(), objects)


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
