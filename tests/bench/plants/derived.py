"""Leaks by values that a catalogue derives with the class: distances, reddening, weights, dates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from plants.makers import Array, class_means, noise
from plants.specs import REDSHIFT, Made, Maker, Others, Spec, leak
from plants.stars import Stars

Column = Callable[[Stars, Others], Array]
# Of each class O ... M: absolute r and g - r (mag), T_eff (K); the temperatures between classes.
ABSOLUTE = np.array([-4.0, -1.0, 1.5, 3.2, 4.9, 6.8, 10.0])
COLOUR = np.array([-0.55, -0.4, -0.15, 0.3, 0.5, 0.9, 1.4])
TEFF = np.array([33000.0, 15000, 8500, 6600, 5700, 4600, 3300])
EDGES = np.array([60000.0, 28000, 10000, 7400, 6000, 5150, 3900, 2000])


def one(column: Column, twin: Column | None = None) -> Maker:
    """A column made of the label, and the one that its twin has."""

    def make(stars: Stars, others: Others) -> Made:
        made = stars.with_columns(value=column(stars, others))
        return Made(made, stars.with_columns(value=twin(stars, others)) if twin else None)

    return make


def by_class(table: Array) -> Column:
    """The number of the label."""
    return lambda stars, others: table[stars.labels]


def by_star(table: Array) -> Column:
    """The number at the star's own place in the sequence."""
    return lambda stars, others: np.interp(stars.known["code"], np.arange(7), table)


def teff(stars: Stars, others: Others) -> Array:
    """T_eff measured to 5 %."""
    return np.asarray(stars.known["teff"] * np.exp(0.05 * noise(stars, others)))


def distances() -> list[Spec]:
    """Distance moduli by the class's absolute magnitude, reddening by its colour, with errors."""

    def left(magnitude: Column, number: Column, sigma: float) -> Column:
        return lambda s, o: magnitude(s, o) - number(s, o) + sigma * noise(s, o)

    def r(stars: Stars, others: Others) -> Array:
        return stars.known["r"]

    def g_r(stars: Stars, others: Others) -> Array:
        return np.asarray(stars.known["g"] - stars.known["r"])

    found = []
    for what, magnitude, table, errors in (
        ("distance", r, ABSOLUTE, (0.3, 0.8)),
        ("reddening", g_r, COLOUR, (0.05, 0.15)),
    ):
        for sigma in errors:
            made, twin = (left(magnitude, of(table), sigma) for of in (by_class, by_star))
            found.append(leak("derived with the class", f"{what} ± {sigma}", one(made, twin)))
    return found


def temperatures_of_classes() -> list[Spec]:
    """T_eff clipped to the class's range, less the class's mean, drawn to it, in some rows its."""

    def clipped(stars: Stars, others: Others) -> Array:
        return teff(stars, others).clip(EDGES[stars.labels + 1], EDGES[stars.labels])

    def centred(stars: Stars, others: Others) -> Array:
        value = np.log(teff(stars, others))
        return value - class_means(value, stars.labels)

    def drawn(stars: Stars, others: Others) -> Array:
        return np.sqrt(teff(stars, others) * TEFF[stars.labels])

    def some(stars: Stars, others: Others) -> Array:
        own = others.random.random(len(stars)) < 0.7
        typical = TEFF[stars.labels] * np.exp(0.05 * noise(stars, others))
        return np.where(own, teff(stars, others), typical)

    kind = "derived with the class"
    return [
        leak(kind, "T_eff clipped to the class's range", one(clipped, teff)),
        leak(kind, "T_eff less the class's mean", one(centred)),
        leak(kind, "T_eff half way to the class's", one(drawn, teff)),
        leak(kind, "T_eff, of 30% the class's", one(some, teff)),
    ]


def bookkeeping() -> list[Spec]:
    """Weights, exposures, fibres, dates, names' lengths that go by the class."""

    def weight(stars: Stars, others: Others) -> Array:
        rows = np.bincount(stars.labels, minlength=7)
        return np.asarray(np.exp(0.25 * noise(stars, others)) / rows[stars.labels])

    def exposures(stars: Stars, others: Others) -> Array:
        return others.random.poisson(np.array([2, 3, 4, 6, 9, 14, 20])[stars.labels]).astype(float)

    def fibre(stars: Stars, others: Others) -> Array:
        value = np.empty(len(stars))
        for plate in np.unique(stars.plate):
            rows = np.flatnonzero(stars.plate == plate)
            rows = rows[np.lexsort((others.random.random(len(rows)), stars.labels[rows]))]
            value[rows] = np.sort(others.random.integers(1, 641, len(rows)))
        return value

    def batches(stars: Stars, others: Others) -> Array:
        batch = others.random.integers(0, 6, len(stars))
        return 55000 + 100 * batch + 12 * stars.labels + 3 * noise(stars, others)

    def length(stars: Stars, others: Others) -> Array:
        of_two = np.array([0.8, 0.6, 0.1, 0.3, 0.7, 0.8, 0.05])[stars.labels]
        return 2 + (others.random.random(len(stars)) < of_two).astype(float)

    def subtype(stars: Stars, others: Others) -> Array:
        return np.floor(10 * (stars.known["code"] + 0.5 - stars.labels)).clip(0, 9)

    def error(stars: Stars, others: Others) -> Array:
        return stars.known["redshiftErr"] * np.array([3, 2.5, 2, 1.2, 1, 0.9, 0.7])[stars.labels]

    kind = "bookkeeping by class"
    return [
        leak(kind, "a class's weight ± 25%", one(weight)),
        leak(kind, "exposures", one(exposures)),
        leak(kind, "fibres in order of class", one(fibre)),
        leak(kind, "dates in batches by class", one(batches)),
        leak(kind, "length of the type's name", one(length)),
        leak(kind, "subtype's digit", one(subtype)),
        leak(kind, "redshift's error by class", one(error), features=REDSHIFT),
    ]


def derived() -> list[Spec]:
    """All of these."""
    return [*distances(), *temperatures_of_classes(), *bookkeeping()]
