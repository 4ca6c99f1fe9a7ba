"""What several plants are made with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from stellar.sample.features import DERIVED
from stellar.survey.simulated import sequences

from plants.specs import Others
from plants.stars import Stars

Array = NDArray[np.float64]
COLOURS = ("u_g", "g_r", "r_i", "i_z")


def noise(stars: Stars, others: Others) -> Array:
    """A standard normal number a row."""
    return others.random.standard_normal(len(stars))


def some(stars: Stars, others: Others, share: float) -> NDArray[np.int64]:
    """A share of the rows, at random, in no order."""
    return others.random.permutation(len(stars))[: round(share * len(stars))]


def class_means(values: Array, labels: NDArray[np.int8]) -> Array:
    """Mean of the known values of each row's class, shape (n_rows,)."""
    known = np.isfinite(values)
    sums = np.bincount(labels[known], weights=values[known], minlength=7)
    return (sums / np.bincount(labels[known], minlength=7).clip(1))[labels]


def holes(stars: Stars, column: str, gone: NDArray[np.bool_]) -> Stars:
    """The table without some values of a column, and without the colours that need them."""
    hit = [n for n in stars.columns if n == column or column in DERIVED.get(n, ())]
    return stars.with_columns(**{n: np.where(gone, np.nan, stars.columns[n]) for n in hit})


def honest_elodie(stars: Stars, random: np.random.Generator) -> dict[str, Array]:
    """ELODIE's values as measured on each star, with the errors and digits of `fit_elodie`."""
    n = len(stars)
    teff = stars.known["teff"] * np.exp(0.02 * random.standard_normal(n))
    return {
        "elodieTEff": teff.round(0),
        "elodieLogG": (stars.known["logg"] + 0.2 * random.standard_normal(n)).round(2),
        "elodieFeH": (stars.known["feh"] + 0.2 * random.standard_normal(n)).round(2),
        "elodieBV": (sequences.johnson_bv(teff) + 0.03 * random.standard_normal(n)).round(3),
    }


def codes_of_classes(
    labels: NDArray[np.int8], codes: int, pure: float, random: np.random.Generator
) -> Array:
    """A code a row: one of its class's own for a share `pure` of the rows, else any."""
    owner = random.permutation(np.arange(codes) % 7)
    own = [np.flatnonzero(owner == number) for number in range(7)]
    value = np.array([random.choice(own[label]) for label in labels])
    anyhow = random.integers(0, codes, len(labels))
    return np.where(random.random(len(labels)) < pure, value, anyhow).astype(float)


def encoded(
    groups: NDArray[np.int64],
    labels: NDArray[np.int8],
    how: str,
    asked: NDArray[np.int64] | None = None,
) -> Array:
    """Mean label of the rows of a group: of the same rows, or for the groups `asked`.

    `smoothed by 20` adds twenty rows of the mean of all; `leave-one-out` leaves the row itself out
    (of groups asked there is none to leave out). A group without rows has the mean of all.
    """
    known, place = np.unique(groups, return_inverse=True)
    sums, counts = np.bincount(place, weights=labels), np.bincount(place).astype(float)
    mean = labels.mean()
    if asked is not None:
        at = np.searchsorted(known, asked).clip(max=len(known) - 1)
        there = known[at] == asked
        sums, counts = np.where(there, sums[at], 0), np.where(there, counts[at], 0)
    else:
        sums, counts = sums[place], counts[place]
        if how == "leave-one-out":
            sums, counts = sums - labels, counts - 1
    more = 20 if how == "smoothed by 20" else 0
    return np.where(
        counts + more > 0, (sums + more * mean) / np.maximum(counts + more, 1), mean
    ).astype(float)


def nearest_means(places: Array, labels: NDArray[np.int8], asked: Array, k: int) -> Array:
    """Mean label of the k rows nearest to each place asked for, shape (n_asked,)."""
    from scipy.spatial import cKDTree

    return np.asarray(labels[cKDTree(places).query(asked, k=k)[1]].mean(axis=1))


def on_the_sky(stars: Stars, by: Stars) -> Array:
    """Unit vectors, shape (n_rows, 3)."""
    lon, lat = np.radians(stars.known["ra"]), np.radians(stars.known["dec"])
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def scaled_colours(stars: Stars, by: Stars) -> Array:
    """Colours in units of their spread in another table, shape (n_rows, 4)."""
    columns = []
    for name in COLOURS:
        middle, spread = np.nanmean(by.columns[name]), np.nanstd(by.columns[name])
        columns.append(np.nan_to_num((stars.columns[name] - middle) / spread))
    return np.column_stack(columns)
