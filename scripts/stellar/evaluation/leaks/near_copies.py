"""Rows that stand nearer to one row of another fold than chance brings them.

Of five neighbours in a smooth distribution of d dimensions the nearest stands at less than q times
the distance of the fifth with probability 1 - (1 - q^d)^4: four points uniform in the ball that the
fifth bounds. Copies of rows, exact or with small errors, stand far nearer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stellar.evaluation.leaks.finding import LEVEL, Finding
from stellar.sample.arrays import Sample
from stellar.sample.columns import Floats

QUERIES = 5_000  # rows whose neighbours are looked up: the share of copies to half a percent
NEIGHBOURS = 16  # their distances give the number of dimensions around a row
RATIOS = (0.02, 0.05, 0.1, 0.2, 0.3)
SHARE = 0.01  # of rows from which near copies are a finding
AWAY = 1e4  # where gaps are put: rows with other gaps are no neighbours
FEWEST_COLUMNS = 4  # two stars may agree in fewer


def near_copies(
    sample: Sample, stars: NDArray[np.int64], seed: int
) -> tuple[list[Finding], list[str]]:
    """Find rows copied from one fold to another.

    Parameters
    ----------
    sample : Sample
        Labelled rows.
    stars : array of int64, shape (n_rows,)
        Star behind each row: rows of one star are no copies of each other.
    seed : int

    Returns
    -------
    findings : list of Finding
    not_tested : list of str
        Why not, if so.
    """
    varied = [j for j in range(sample.values.shape[1]) if _varies(sample.values[:, j])]
    if len(varied) < FEWEST_COLUMNS:
        return [], [f"near copies: fewer than {FEWEST_COLUMNS} columns of many values"]
    random = np.random.default_rng(seed)
    known = np.isfinite(sample.values[:, varied]).sum(axis=1)
    whole = known >= max(FEWEST_COLUMNS, len(varied) / 2)
    values, stars, folds = sample.values[whole][:, varied], stars[whole], sample.folds[whole]
    table = _comparable(values, random)
    exact = _exact(values, stars, folds)
    drawn = random.permutation(len(table))[:QUERIES]
    asked = np.unique(np.concatenate([drawn, exact[:QUERIES]]))
    if len(table) <= 4 * NEIGHBOURS:
        return [], ["near copies: too few rows"]
    found = _neighbours(table, asked, stars, folds)
    same = _duplicates(found.of(np.isin(asked, exact)), len(table), len(varied))
    return same or _too_near(found.of(np.isin(asked, drawn)), len(table)), []


def _varies(values: Floats) -> bool:
    """Whether values are many, and repeat only as published steps do: names are no places."""
    finite = values[np.isfinite(values)].astype(float)
    distinct = len(np.unique(finite))
    return distinct > 20 and (distinct > 0.5 * len(finite) or published_step(finite) is not None)


def _comparable(table: Floats, random: np.random.Generator) -> NDArray[np.float64]:
    """Columns scaled by their spread, published steps dithered, gaps far away; shape of `table`.

    Values published in steps repeat by chance; uniform within their step they do not.
    """
    scaled = np.empty(table.shape)
    for j in range(table.shape[1]):
        known = np.isfinite(table[:, j])
        values = table[:, j].astype(float)
        step = published_step(values[known])
        if step:
            values = values + step * (random.random(len(values)) - 0.5)
        low, middle, high = np.quantile(values[known], [0.16, 0.5, 0.84])
        spread = (high - low) / 2 or float(np.std(values[known])) or 1.0
        # Rows with the same gaps are compared with each other, if there are enough.
        scaled[:, j] = np.where(known, np.clip((values - middle) / spread, -30, 30), AWAY)
    return scaled


def published_step(values: NDArray[np.float64]) -> float | None:
    """The step of values, shape (n_rows,), that stand on a regular grid and repeat; else None."""
    distinct = np.unique(values)
    if len(distinct) > 0.9 * len(values) or len(distinct) < 3:
        return None
    # Single precision blurs a grid by some 1e-7 of the values.
    blur = 4e-7 * float(np.abs(distinct).max())
    gaps = np.diff(distinct)
    gaps = gaps[gaps > blur]
    if not len(gaps):
        return None
    step = float(np.median(gaps[gaps < 1.5 * gaps.min()]))
    off = np.abs(gaps / step - np.rint(gaps / step)) * step
    return step if np.mean(off < 2 * blur + 0.02 * step) > 0.95 else None


def _exact(table: Floats, stars: NDArray[np.int64], folds: NDArray[np.int8]) -> NDArray[np.int64]:
    """Rows whose every value stands in a row of another star too, in another fold."""
    rows = np.ascontiguousarray(table.astype(np.float32)).view(
        np.dtype((np.void, 4 * table.shape[1]))
    )
    groups, of_row = np.unique(rows.ravel(), return_inverse=True)
    several = np.ones(len(groups), np.bool_)
    for names in (stars, folds):
        least = np.full(len(groups), names.max())
        most = np.full(len(groups), names.min())
        np.minimum.at(least, of_row, names)
        np.maximum.at(most, of_row, names)
        several &= least < most
    return np.flatnonzero(several[of_row])


@dataclass(frozen=True)
class _Neighbours:
    """Neighbours of rows.

    `ratio` of the distances to the nearest and the fifth row of other stars, 1 if the nearest is
    of the same fold; `dimensions` around the row.
    """

    ratio: NDArray[np.float64]
    dimensions: NDArray[np.float64]

    def of(self, rows: NDArray[np.bool_]) -> _Neighbours:
        return _Neighbours(self.ratio[rows], self.dimensions[rows])

    def chance(self, ratio: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Probability of a nearest neighbour within `ratio` of the fifth's distance, by row."""
        return np.asarray(1 - (1 - np.minimum(ratio, 1.0) ** self.dimensions) ** 4)


def _neighbours(
    table: NDArray[np.float64],
    asked: NDArray[np.int64],
    stars: NDArray[np.int64],
    folds: NDArray[np.int8],
) -> _Neighbours:
    """Neighbours, and by their distances the dimensions (Levina & Bickel 2005, NIPS 17, 777)."""
    from scipy.spatial import cKDTree

    distance, who = cKDTree(table).query(table[asked], k=NEIGHBOURS + 1)
    other = stars[who] != stars[asked][:, None]
    rank = np.cumsum(other, axis=1)
    at = np.arange(len(asked))
    first, fifth = (rank == 1).argmax(axis=1), (rank >= 5).argmax(axis=1)
    distance = np.maximum(distance, 1e-12)
    # The nearest is what is judged: the others tell the dimensions.
    between = other & (rank >= 2)
    logs = np.log(distance[:, -1:] / distance) * between
    n = np.maximum(between.sum(axis=1) - 2, 1)
    dimensions = np.clip(n / np.maximum(logs.sum(axis=1), 1e-3), 1, table.shape[1])
    crosses = folds[who[at, first]] != folds[asked]
    judged = crosses & (distance[at, -1] < AWAY / 2)
    ratio = np.where(judged, distance[at, first] / distance[at, fifth], 1.0)
    return _Neighbours(ratio, dimensions)


def _duplicates(found: _Neighbours, n_rows: int, columns: int) -> list[Finding]:
    """Rows of equal values, where as near a pair is not expected in the whole table."""
    n = int(np.sum(n_rows * found.chance(found.ratio) < LEVEL))
    if n < 2:
        return []
    return [
        Finding(
            "leaks",
            f"{n} rows have the very values of a row in another fold ({columns} columns agree): "
            "duplicates across folds",
            rows=n,
        )
    ]


def _too_near(found: _Neighbours, n_rows: int) -> list[Finding]:
    """Rows nearer than chance brings them, of those drawn."""
    from scipy.stats import binom

    for limit in RATIOS:
        chance = float(found.chance(limit).mean())
        near = int((found.ratio < limit).sum())
        excess = near / len(found.ratio) - chance
        if excess > SHARE + 3 * chance and binom.sf(
            near - 1, len(found.ratio), chance
        ) < LEVEL / len(RATIOS):
            return [
                Finding(
                    "leaks",
                    f"{100 * excess:.0f} % of the rows stand within {limit:g} of the fifth-nearest "
                    f"row's distance of a row in another fold, by chance {100 * chance:.1g} %: "
                    "copies of rows with small differences",
                    rows=int(excess * n_rows),
                )
            ]
    return []
