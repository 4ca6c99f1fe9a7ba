"""Clean tables with what else is measured on stars, and with labels that are rarely wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from stellar import ELODIE
from stellar.sample.features import resolve

from plants.makers import Array, noise
from plants.specs import SSPP, TIER, Made, Maker, Others, Spec, control
from plants.stars import Stars

Column = Callable[[Stars, Others], Array]
EVERY = tuple(resolve(["photometry", "colours", "redshift", "sspp", "elodie"]))


def with_column(column: Column) -> Maker:
    """One more column."""
    return lambda stars, others: Made(stars.with_columns(value=column(stars, others)))


def given(name: str, sigma: float) -> Column:
    """What is known of the star, with an error."""
    return lambda s, o: s.known[name] + sigma * noise(s, o)


def of_teff(function: Callable[[Array], Array], sigma: float) -> Column:
    """A function of T_eff, with an error."""
    return lambda s, o: function(s.known["teff"]) + sigma * noise(s, o)


def absolute(stars: Stars) -> Array:
    """Absolute magnitude of a star of the sun's mass."""
    cooler, lighter = np.log10(stars.known["teff"] / 5772), stars.known["logg"] - 4.44
    return np.asarray(4.7 - 2.5 * (4 * cooler - lighter))


def parallax(stars: Stars, others: Others) -> Array:
    """In mas, ± .05."""
    return 10 ** (2 - (stars.known["r"] - absolute(stars)) / 5) + 0.05 * noise(stars, others)


def reddening(stars: Stars, others: Others) -> Array:
    """E(B-V) of the maps, ± 10 %."""
    return np.asarray(stars.known["extinction_r"] / 2.285 * np.exp(0.1 * noise(stars, others)))


def rotation(stars: Stars, others: Others) -> Array:
    """v sin i in km/s: fast above 6,500 K."""
    typical = np.interp(stars.known["teff"], [3000, 5500, 6500, 8000, 12000], [3, 4, 15, 100, 150])
    return np.asarray(typical * np.exp(0.5 * noise(stars, others)))


def cool_alone(stars: Stars, others: Others) -> Array:
    """T_eff to 3 %, of stars under 5,500 K."""
    value = stars.known["teff"] * np.exp(0.03 * noise(stars, others))
    return np.where(stars.known["teff"] < 5500, value, np.nan)


def good_if_bright(stars: Stars, others: Others) -> Array:
    """T_eff, to 1.5 % of bright stars, to 15 % of faint ones."""
    error = np.where(stars.known["r"] < 18.5, 0.015, 0.15)
    return np.asarray(stars.known["teff"] * np.exp(error * noise(stars, others)))


def line(middle: float, width: float) -> Callable[[Array], Array]:
    """Strength of a line that is strongest at one temperature (K)."""
    return lambda teff: 5 * np.exp(-0.5 * ((teff - middle) / width) ** 2)


COLUMNS: Mapping[str, Column] = {
    "log g ± 0.1": given("logg", 0.1),
    "[Fe/H] ± 0.1": given("feh", 0.1),
    "absolute magnitude ± 0.1": lambda s, o: absolute(s) + 0.1 * noise(s, o),
    "parallax": parallax,
    "E(B-V)": reddening,
    "v sin i": rotation,
    "Balmer line": of_teff(line(9500, 2500), 0.4),
    "G band": of_teff(line(5300, 600), 0.4),
    "TiO band": of_teff(lambda teff: np.maximum(0, (4100 - teff) / 800), 0.1),
    "T_eff of cool stars alone": cool_alone,
    "T_eff, good if bright": good_if_bright,
}


def other_measurements() -> list[Spec]:
    """A column each, under labels that are often wrong and that are rarely wrong."""
    return [
        control("other measurements", name + (f", {label}" if label != "elodie" else ""),
                with_column(column), label=label)
        for label in ("elodie", "hammer") for name, column in COLUMNS.items()
    ]  # fmt: skip


def right_labels() -> list[Spec]:
    """The Hammer's label, which is rarely wrong; ELODIE's values beside labels not of ELODIE."""

    def as_it_is(stars: Stars, others: Others) -> Made:
        return Made(stars)

    kind, dust = "labels not of ELODIE", ("dereddened", "dereddened_colours", "extinction")
    wanted = {
        "photometry": TIER,
        "SSPP": SSPP,
        "SSPP and ELODIE values": EVERY,
        "ELODIE values": (*TIER, *ELODIE),
        "all with dust": (*EVERY, *resolve(list(dust))),
    }
    found = [
        control(kind, f"{name}, {label}", as_it_is, features=features, label=label, seeds=4)
        for label in ("hammer", "subclass")
        for name, features in wanted.items()
        if (name, label) not in (("photometry", "subclass"), ("SSPP", "subclass"))
    ]
    sizes = (500, 1000, 20_000)
    found += [
        control(kind, f"photometry, hammer, {n:,} rows", as_it_is, rows=n, label="hammer")
        for n in sizes
    ]
    return [
        *found,
        control(kind, "SSPP and ELODIE values, hammer, 20,000 rows", as_it_is, rows=20_000,
                features=EVERY, label="hammer"),
    ]  # fmt: skip


def measured() -> list[Spec]:
    """All of these."""
    return [*other_measurements(), *right_labels()]
