"""The clean controls: tables without a leak that look as odd as real ones do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from stellar import BANDS, CLASSES, ELODIE
from stellar.sample.features import resolve

from plants.makers import (
    COLOURS,
    Array,
    encoded,
    holes,
    honest_elodie,
    nearest_means,
    noise,
    on_the_sky,
    scaled_colours,
    some,
)
from plants.measured import measured
from plants.specs import REDSHIFT, SSPP, TIER, Made, Maker, Others, Spec, control
from plants.stars import Stars

MEASURED = tuple(resolve(["photometry", "colours", "elodie"]))


def as_it_is(stars: Stars, others: Others) -> Made:
    """The base."""
    return Made(stars)


def base() -> list[Spec]:
    """Photometry and colours, of few and of many rows."""
    seeds = {103: 6, 300: 6, 500: 6, 1000: 6, 3000: 4, 6000: 4, 10_000: 2, 20_000: 2}
    seeds |= {75_000: 1, 100_000: 1}
    sizes = [control("base", f"{n:,} rows", as_it_is, rows=n, seeds=k) for n, k in seeds.items()]
    more = {"label": "subclass"}
    sizes += [
        control("base", f"{n:,} rows, subclass", as_it_is, rows=n, **more)
        for n in (103, 1000, 6000, 20_000)
    ]
    return sizes


def catalogue() -> list[Spec]:
    """Columns that the catalogue has beside photometry."""

    def also(*names: str) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            return Made(stars.from_catalogue(names))

        return make

    kind = "columns of the catalogue"
    sspp = tuple(resolve("sspp"))
    found = [
        control(kind, "redshift", as_it_is, features=REDSHIFT),
        control(kind, "SSPP", as_it_is, features=SSPP),
        control(kind, "SSPP, subclass", as_it_is, features=SSPP, label="subclass"),
        control(kind, "SSPP alone", as_it_is, features=sspp),
        control(kind, "SSPP, 1,000 rows", as_it_is, features=SSPP, rows=1000),
        control(kind, "position", also("ra", "dec"), seeds=4),
        *(control(kind, f"position, {n:,} rows", also("ra", "dec"), rows=n) for n in (103, 1000)),
        control(kind, "position, 10,000 rows", also("ra", "dec"), rows=10_000),
        control(kind, "extinction", also(*resolve("extinction"))),
        control(kind, "errors", also(*resolve("errors"))),
        control(kind, "dereddened", also(*resolve(["dereddened", "dereddened_colours"]))),
        control(kind, "S/N and redshift's error", also("snMedian", "redshiftErr")),
        control(kind, "magnitudes alone", as_it_is, features=tuple(BANDS)),
        control(kind, "colours alone", as_it_is, features=COLOURS),
    ]
    every = tuple(resolve(["photometry", "colours", "errors", "extinction", "position", "sspp"]))
    return [*found, control(kind, "all of these", as_it_is, features=every)]


def published_digits() -> list[Spec]:
    """Values as published, to few digits."""

    def rounded(names: Sequence[str], step: float, remake: bool) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            coarse = stars.with_columns(
                **{n: np.round(stars.columns[n] / step) * step for n in names}
            )
            return Made(coarse.remade() if remake else coarse)

        return make

    kind = "published digits"
    errors = (*TIER, *resolve("errors"))
    found = [
        control(kind, f"magnitudes to {s} mag", rounded(BANDS, s, True), seeds=3)
        for s in (0.1, 0.05, 0.01, 0.001)
    ]
    found += [control(kind, f"colours to {s} mag", rounded(COLOURS, s, False)) for s in (0.1, 0.05)]
    return [
        *found,
        control(kind, "75,000 rows to .01 mag", rounded(BANDS, 0.01, True), rows=75_000, seeds=1),
        control(kind, "1,000 rows to .1 mag", rounded(BANDS, 0.1, True), rows=1000),
        control(kind, "errors to .01", rounded(resolve("errors"), 0.01, False), features=errors),
        control(kind, "errors to .1", rounded(resolve("errors"), 0.1, False), features=errors),
    ]


def gaps() -> list[Spec]:
    """Values missing at random or for the star's faintness, left missing or filled."""

    def maker(share: float, fill: Callable[[Array], float] | None, names: Sequence[str]) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            changed = {}
            for name in names:
                value = stars.columns[name].copy()
                value[some(stars, others, share)] = np.nan
                if fill:
                    value = np.where(np.isfinite(value), value, fill(value))
                changed[name] = value
            return Made(stars.with_columns(**changed))

        return make

    def faint(column: str, limit: float, soft: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            gone = stars.columns[column] + soft * noise(stars, others) > limit
            return Made(holes(stars, column, gone))

        return make

    kind = "gaps"
    found = [
        control(kind, f"{s:.0%} of every column at random", maker(s, None, TIER))
        for s in (0.1, 0.3, 0.6)
    ]
    fills: dict[str, Callable[[Array], float]] = {
        "the mean": np.nanmean,
        "the median": np.nanmedian,
        "zero": lambda value: 0.0,
    }
    found += [
        control(kind, f"10% of every column, filled with {name}", maker(0.1, fill, TIER))
        for name, fill in fills.items()
    ]
    found.append(control(kind, "30% of u, filled with the mean", maker(0.3, np.nanmean, ["u"])))
    found.append(control(kind, "99% of u", maker(0.99, None, ["u"])))
    limits = (("u", 22.0, 0.1), ("u", 20.5, 0.0), ("z", 19.0, 0.1))
    found += [control(kind, f"{c} fainter than {m}", faint(c, m, s)) for c, m, s in limits]
    return found


def mixes() -> list[Spec]:
    """Few classes, all classes alike, a rare one."""

    def two(a: str, b: str, rows: int) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            of = np.isin(stars.labels, [CLASSES.index(a), CLASSES.index(b)])
            left = stars.rows(np.flatnonzero(of)[:rows])
            return Made(left.folded(int(others.random.integers(1 << 30))))

        return make

    def balanced(rows: int) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            kept = [np.flatnonzero(stars.labels == c)[: rows // 7] for c in range(7)]
            left = stars.rows(others.random.permutation(np.concatenate(kept)))
            return Made(left.folded(int(others.random.integers(1 << 30))))

        return make

    def rare(letter: str, rows: int) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            of = np.flatnonzero(stars.labels == CLASSES.index(letter))
            kept = np.setdiff1d(np.arange(len(stars)), of[rows:])
            return Made(stars.rows(kept).folded(int(others.random.integers(1 << 30))))

        return make

    kind = "mix of classes"
    return [
        control(kind, "G against K, 1,000 rows", two("G", "K", 1000), rows=2200, seeds=20),
        control(kind, "F against M, 1,000 rows", two("F", "M", 1000), rows=4000, seeds=4),
        control(kind, "K against M, 500 rows", two("K", "M", 500), rows=1200, seeds=4),
        control(kind, "seven alike, 490 rows", balanced(490), rows=15_000, seeds=10),
        control(kind, "seven alike, 490 rows, subclass", balanced(490), rows=16_000,
                label="subclass", seeds=4),
        control(kind, "seven alike, 1,050 rows", balanced(1050), rows=32_000),
        control(kind, "12 O stars", rare("O", 12)),
        control(kind, "no M stars", rare("M", 0)),
    ]  # fmt: skip


def stacked() -> list[Spec]:
    """Predictions made out of fold, and means of other stars' labels."""

    def out_of_fold(model: str) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            from lightgbm import LGBMClassifier
            from sklearn.ensemble import RandomForestClassifier

            x, value = np.nan_to_num(stars.sample().values), np.empty(len(stars))
            for fold in range(5):  # each of four of the table's folds
                away = stars.folds % 5 == fold
                learner = (
                    LGBMClassifier(n_estimators=20, num_leaves=7, verbose=-1, n_jobs=1)
                    if model == "trees' class"
                    else RandomForestClassifier(30, min_samples_leaf=5, random_state=fold, n_jobs=1)
                )
                learner.fit(x[~away], stars.labels[~away])
                if model == "forest's expected class":
                    value[away] = learner.predict_proba(x[away]) @ learner.classes_.astype(float)
                else:
                    value[away] = learner.predict(x[away])
            return Made(stars.with_columns(value=value))

        return make

    def from_others(what: str) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            there = others.stars
            if what == "plate":
                value = encoded(there.plate, there.labels, "mean", asked=stars.plate)
            else:
                place = on_the_sky if what == "5 on the sky" else scaled_colours
                where = place(there, stars)
                value = nearest_means(where, there.labels, place(stars, stars), 5)
            return Made(stars.with_columns(value=value))

        return make

    models = ("forest's class", "forest's expected class", "trees' class")
    kind = "honest predictions"
    found = [control(kind, f"{m} out of fold", out_of_fold(m)) for m in models]
    means = {"plate": "plate's mean label", "5 on the sky": "5 nearest on the sky"}
    means["5 in colour"] = "5 nearest in colour"
    return found + [
        control(kind, f"{n}, of other stars", from_others(how)) for how, n in means.items()
    ]


def temperatures() -> list[Spec]:
    """Temperatures and types measured on the star itself."""

    def code(sigma: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            value = stars.known["code"] + sigma * noise(stars, others)
            return Made(stars.with_columns(value=value))

        return make

    def kelvin(sigma: float, step: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            teff = stars.known["teff"] * np.exp(sigma * noise(stars, others))
            return Made(stars.with_columns(teff=np.round(teff / step) * step if step else teff))

        return make

    kind = "honest temperature"
    found = [control(kind, f"in classes ± {s}", code(s)) for s in (0.1, 0.3, 0.6, 1)]
    found += [control(kind, f"± {s:.0%}", kelvin(s, 0)) for s in (0.02, 0.05, 0.1)]
    found += [control(kind, f"± 2%, to {k} K", kelvin(0.02, k)) for k in (50, 100)]
    found.append(control(kind, "± 3%, subclass", kelvin(0.03, 0), label="subclass"))
    return [*found, control(kind, "± 3%, 1,000 rows", kelvin(0.03, 0), rows=1000)]


def measured_elodie() -> list[Spec]:
    """ELODIE values measured on each star, not copied: `survey.simulated.elodie: measured`."""

    def jittered(stars: Stars, others: Others) -> Made:
        changed = {n: stars.columns[n] * (1 + 0.001 * noise(stars, others)) for n in ELODIE}
        return Made(stars.with_columns(**changed).anonymous())

    def to_50_kelvin(stars: Stars, others: Others) -> Made:
        coarse = np.round(stars.columns["elodieTEff"] / 50) * 50
        return Made(stars.with_columns(elodieTEff=coarse).anonymous())

    def without_names(stars: Stars, others: Others) -> Made:
        return Made(stars.anonymous())

    def in_the_bench(stars: Stars, others: Others) -> Made:
        return Made(stars.with_columns(**honest_elodie(stars, others.random)).anonymous())

    kind, how = "measured ELODIE values", {"elodie": "measured"}
    return [
        control(kind, "named", as_it_is, features=MEASURED, **how),
        control(kind, "as they are", without_names, features=MEASURED, **how),
        control(kind, "alone", without_names, features=tuple(ELODIE), **how),
        control(kind, "jittered by 0.10%", jittered, features=MEASURED, **how),
        control(kind, "to 50 K", to_50_kelvin, features=MEASURED, **how),
        control(kind, "beside a library that leaks", in_the_bench),
    ]


def transforms() -> list[Spec]:
    """The base's values written otherwise."""

    def each(change: Callable[[Array], Array]) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            return Made(stars.with_columns(**{n: change(stars.columns[n]) for n in BANDS}))

        return make

    def components(stars: Stars, others: Others) -> Made:
        x = np.column_stack([np.nan_to_num(stars.columns[b], nan=20.0) for b in BANDS])
        x = x - x.mean(axis=0)
        scores = x @ np.linalg.svd(x, full_matrices=False)[2].T
        return Made(stars.with_columns(**{f"pc{k}": scores[:, k] for k in range(5)}))

    kind = "transforms"
    return [
        control(kind, "fluxes", each(lambda m: 10 ** (-0.4 * (m - 22.5)))),
        control(kind, "ranks", each(lambda m: np.argsort(np.argsort(m)).astype(float))),
        control(kind, "deciles", each(deciles)),
        control(kind, "principal components", components),
    ]


def deciles(values: Array) -> Array:
    """In which tenth of the known values each one is; missing ones stay so."""
    edges = np.nanquantile(values, np.linspace(0.1, 0.9, 9))
    return np.where(np.isfinite(values), np.searchsorted(edges, values), np.nan)


def empty_columns() -> list[Spec]:
    """Columns that say nothing of the class: noise, constants, bookkeeping."""

    def maker(columns: Callable[[Stars, Others], dict[str, Array]]) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            return Made(stars.with_columns(**columns(stars, others)))

        return make

    def integers(high: int) -> Callable[[Stars, Others], dict[str, Array]]:
        return lambda s, o: {"value": o.random.integers(0, high, len(s)).astype(float)}

    def run_and_camcol(stars: Stars, others: Others) -> dict[str, Array]:
        """A run is a stripe of the sky, a camera column a strip of it."""
        dec = stars.known["dec"]
        return {"run": np.floor(dec / 2.5) + 100, "camcol": 1 + np.floor(dec / 2.5 * 6) % 6}

    kind = "columns of no class"
    made: dict[str, Callable[[Stars, Others], dict[str, Array]]] = {
        "noise": lambda s, o: {"value": noise(s, o)},
        "20 columns of noise": lambda s, o: {f"value{k}": noise(s, o) for k in range(20)},
        "an integer of 7": integers(7),
        "an integer of 700": integers(700),
        "a row number": lambda s, o: {"row": o.random.permutation(len(s)).astype(float)},
        "a constant": lambda s, o: {"value": np.ones(len(s))},
        "a constant, half missing": lambda s, o: {
            "value": np.where(o.random.random(len(s)) < 0.5, 1.0, np.nan)
        },
        "run and camcol": run_and_camcol,
        "fibre": lambda s, o: {"fiberID": s.known["fiberID"]},
        "night": lambda s, o: {"mjd": s.known["mjd"]},
        "instrument": lambda s, o: {"boss": s.known["boss"]},
    }
    return [control(kind, name, maker(columns)) for name, columns in made.items()]


def rows_of_one_star() -> list[Spec]:
    """Stars observed or listed several times, all in one fold."""

    def listed_twice(stars: Stars, others: Others) -> Made:
        n = len(stars)
        again = others.random.choice(n, n // 10, replace=False)
        rows = np.append(np.setdiff1d(np.arange(n), again[: n // 20]), again[n // 20 :])
        rows = others.random.permutation(rows)
        return Made(stars.rows(rows).folded(int(others.random.integers(1 << 30))))

    kind = "rows of one star"
    found = [control(kind, f"{r:.0%} repeats", as_it_is, repeats=r) for r in (0.1, 0.3)]
    return [*found, control(kind, "5% listed twice", listed_twice)]


KINDS = (
    base,
    catalogue,
    published_digits,
    gaps,
    mixes,
    stacked,
    temperatures,
    measured_elodie,
    transforms,
    empty_columns,
    rows_of_one_star,
    measured,
)


def controls() -> list[Spec]:
    """All controls."""
    return [spec for kind in KINDS for spec in kind()]
