"""The leaks: columns made of the label, of rows, of groups, at graded strengths.

A function a kind gives its specifications. Each maker gives the table with the leak and its clean
twin; without a twin it is the base as it was. Classes are the numbers 0 to 6 of O B A F G K M.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from stellar import BANDS, CLASSES, ELODIE

from plants.derived import derived
from plants.makers import (
    class_means,
    codes_of_classes,
    encoded,
    holes,
    honest_elodie,
    nearest_means,
    noise,
    on_the_sky,
    scaled_colours,
    some,
)
from plants.specs import REDSHIFT, SSPP, Made, Maker, Others, Spec, leak
from plants.stars import Stars

# ------------------------------------------------------------------------------ columns of labels


def label_with_noise() -> list[Spec]:
    """The label plus noise; its twin is the star's own place in the sequence, as noisy."""

    def maker(sigma: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            error = sigma * noise(stars, others)
            return Made(
                stars.with_columns(value=stars.labels + error),
                stars.with_columns(value=stars.known["code"] + error),
            )

        return make

    kind = "label + noise"
    found = [leak(kind, f"{s} class", maker(s)) for s in (0.001, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1)]
    found += [leak(kind, f"{s} class, subclass", maker(s), label="subclass") for s in (0.3, 0.6)]
    found += [leak(kind, f"{s} class, with SSPP", maker(s), features=SSPP) for s in (0.3, 0.6)]
    found += [leak(kind, f"{s} class, 1,000 rows", maker(s), rows=1000) for s in (0.3, 0.6)]
    return [*found, leak(kind, "0.6 class, 20,000 rows", maker(0.6), seeds=1, rows=20_000)]


def label_partly_wrong() -> list[Spec]:
    """The label copied, a share of it wrong: any class, or the next one."""

    def maker(share: float, step: bool) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            value = stars.labels.astype(float)
            wrong = some(stars, others, share)
            change = others.random.choice([-1, 1], len(wrong)) if step else 0
            anything = others.random.integers(0, 7, len(wrong))
            value[wrong] = (value[wrong] + change).clip(0, 6) if step else anything
            return Made(stars.with_columns(value=value))

        return make

    kind = "label, a share wrong"
    found = [leak(kind, f"{s:.0%}", maker(s, False)) for s in (0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5)]
    found += [leak(kind, f"{s:.0%}, by one class", maker(s, True)) for s in (0.05, 0.2)]
    return [*found, leak(kind, "5%, subclass", maker(0.05, False), label="subclass")]


def label_in_some_rows() -> list[Spec]:
    """The label in a share of the rows: the others have nothing, or something else."""

    def maker(share: float, filler: str) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            fill = {
                "missing": np.full(len(stars), np.nan),
                "a number": others.random.normal(3, 2, len(stars)),
                "-1": np.full(len(stars), -1.0),
            }[filler]
            fill[some(stars, others, share)] = 0
            value = np.where(fill == 0, stars.labels, fill)
            return Made(stars.with_columns(value=value))

        return make

    kind = "label in some rows"
    shares = (0.02, 0.05, 0.1, 0.25, 0.5, 0.8)
    found = [leak(kind, f"{s:.0%}, others missing", maker(s, "missing")) for s in shares]
    found += [leak(kind, f"{s:.0%}, others a number", maker(s, "a number")) for s in (0.1, 0.5)]
    return [*found, leak(kind, "50%, others -1", maker(0.5, "-1"))]


def flag_of_a_class() -> list[Spec]:
    """A flag that one class has; a share of the flags is wrong."""

    def maker(letter: str, wrong: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            value = (stars.labels == CLASSES.index(letter)).astype(float)
            flipped = some(stars, others, wrong)
            value[flipped] = 1 - value[flipped]
            return Made(stars.with_columns(flag=value))

        return make

    kind = "flag of a class"
    found = [leak(kind, letter, maker(letter, 0)) for letter in "OBFKM"]
    return found + [leak(kind, f"K, {w:.0%} wrong", maker("K", w)) for w in (0.02, 0.1, 0.2)]


def function_of_the_label() -> list[Spec]:
    """Numbers made of the label by a function, as if measured, plus noise."""

    def maker(function: Sequence[float], sigma: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            values = np.asarray(function, float)
            value = values[stars.labels] + sigma * np.ptp(values) * noise(stars, others)
            return Made(stars.with_columns(value=value))

        return make

    x = np.arange(7)
    functions = {
        "exp": np.exp(-x / 2),
        "any order": [3, 0, 5, 1, 6, 2, 4],
        "sine": np.sin(2.4 * x),
        "a parabola": (x - 3.0) ** 2,
        "odd and even": x % 2,
    }
    wanted = [("exp", 0.01), ("any order", 0.01), ("any order", 0.05), ("any order", 0.1)]
    wanted += [("sine", 0.02), ("sine", 0.1), ("a parabola", 0.01), ("a parabola", 0.1)]
    wanted += [("odd and even", 0.05), ("odd and even", 0.3)]
    kind = "function of the label"
    return [leak(kind, f"{name}, noise {s}", maker(functions[name], s)) for name, s in wanted]


def typical_values() -> list[Spec]:
    """A temperature that is typical of the class, as noisy as a measurement."""

    def maker(sigma: float, step: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            error = np.exp(sigma * noise(stars, others))
            typical = np.array([33000.0, 15000, 8500, 6600, 5700, 4600, 3300])[stars.labels]
            made, true = typical * error, stars.known["teff"] * error
            if step:
                made, true = (np.round(t / step) * step for t in (made, true))
            return Made(stars.with_columns(teff=made), stars.with_columns(teff=true))

        return make

    kind = "class's typical T_eff"
    found = [leak(kind, f"± {s:.0%}", maker(s, 0)) for s in (0.01, 0.03, 0.06, 0.1, 0.15)]
    return [*found, leak(kind, "± 5%, to 50 K", maker(0.05, 50))]


def category() -> list[Spec]:
    """A programme's code, of which each class has its own; a share of the rows has any."""

    def maker(pure: float, codes: int) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            value = codes_of_classes(stars.labels, codes, pure, others.random)
            return Made(stars.with_columns(code=value))

        return make

    kind = "category"
    found = [leak(kind, f"42 codes, {p:.0%} pure", maker(p, 42)) for p in (1, 0.9, 0.7, 0.4)]
    return found + [leak(kind, f"700 codes, {p:.0%} pure", maker(p, 700)) for p in (1, 0.7)]


# ------------------------------------------------------------------------------ library stars


def elodie_values() -> list[Spec]:
    """The library star's values, jittered or rounded, without its name; the twin is measured."""

    def maker(names: Sequence[str], sigma: float, step: float, named: bool = False) -> Maker:
        def treated(values: NDArray[np.float64], error: NDArray[np.float64], name: str):
            changed = values * (1 + sigma * error)
            unit = step * {"elodieTEff": 1, "elodieBV": 1e-4}.get(name, 1e-3)
            return np.round(changed / unit) * unit if step else changed

        def make(stars: Stars, others: Others) -> Made:
            honest, made = honest_elodie(stars, others.random), stars
            twin = stars
            for name in names:
                error = noise(stars, others)
                made = made.with_columns(**{name: treated(stars.known[name], error, name)})
                twin = twin.with_columns(**{name: treated(honest[name], error, name)})
            return Made(made if named else made.anonymous(), twin)

        return make

    kind, every, teff = "ELODIE values", ELODIE, ("elodieTEff",)
    found = [leak(kind, "as they are, named", maker(every, 0, 0, named=True))]
    found += [leak(kind, "as they are", maker(every, 0, 0))]
    found += [leak(kind, f"{n[6:]} alone", maker((n,), 0, 0)) for n in ELODIE]
    jitters = (1e-4, 1e-3, 2e-3, 5e-3, 1e-2)
    found += [leak(kind, f"jittered by {s:.2%}", maker(every, s, 0)) for s in jitters]
    found += [
        leak(kind, f"TEff alone, jittered by {s:.2%}", maker(teff, s, 0)) for s in (1e-4, 1e-3)
    ]
    found += [leak(kind, f"rounded to {k} K", maker(every, 0, k)) for k in (10, 50, 100)]
    found += [leak(kind, f"TEff alone, to {k} K", maker(teff, 0, k)) for k in (10, 50)]
    more = [("as they are, 1,000 rows", 0.0), ("jittered by 0.10%, 1,000 rows", 1e-3)]
    return found + [leak(kind, name, maker(every, s, 0), rows=1000) for name, s in more]


# ------------------------------------------------------------------------------ missing values


def missing_by_class() -> list[Spec]:
    """A band or a redshift that classes lack; the twin lacks as many values, of any rows."""

    def maker(column: str, classes: str, share: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            of = np.isin(stars.labels, [CLASSES.index(c) for c in classes])
            gone = of & (others.random.random(len(stars)) < share)
            return Made(
                holes(stars, column, gone), holes(stars, column, others.random.permutation(gone))
            )

        return make

    kind = "missing by class"
    shares = (0.1, 0.3, 0.6, 1)
    found = [leak(kind, f"u, {s:.0%} of K and M", maker("u", "KM", s)) for s in shares]
    found += [leak(kind, "z, 50% of M", maker("z", "M", 0.5))]
    found += [leak(kind, "r, 40% of F", maker("r", "F", 0.4))]
    found += [leak(kind, f"g, {s:.0%} of K", maker("g", "K", s)) for s in (0.2, 0.7)]
    found += [leak(kind, "i, 90% of G", maker("i", "G", 0.9))]
    for share in (0.5, 1):
        make = maker("redshift", "G", share)
        found.append(leak(kind, f"redshift, {share:.0%} of G", make, features=REDSHIFT))
    return found


def imputed_by_class() -> list[Spec]:
    """Missing values filled with the mean of the class; the twin is filled with that of all."""

    def maker(column: str, share: float, spread: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            value = stars.columns[column]
            gone = ~np.isfinite(value)
            gone[some(stars, others, share)] = True
            left = np.where(gone, np.nan, value)
            within = class_means(left, stars.labels)
            blur = spread * np.nanstd(left - within) * noise(stars, others)
            whole = np.where(gone, np.nanmean(left) + blur, left)
            filled = stars.with_columns(**{column: np.where(gone, within + blur, left)})
            twin = stars.with_columns(**{column: whole})
            if column in BANDS:
                return Made(filled.remade(), twin.remade())
            return Made(filled, twin)

        return make

    kind = "imputed by class"
    found = [leak(kind, f"u, {s:.0%}", maker("u", s, 0)) for s in (0.05, 0.1, 0.3, 0.6)]
    found += [leak(kind, "r, 30%", maker("r", 0.3, 0))]
    found += [leak(kind, f"r, {s:.0%}, scattered", maker("r", s, 1)) for s in (0.3, 0.9)]
    found += [leak(kind, "sppTeff, where missing", maker("sppTeff", 0, 0), features=SSPP)]
    found += [
        leak(kind, "sppTeff, where missing, scattered", maker("sppTeff", 0, 1), features=SSPP)
    ]
    return found


# ------------------------------------------------------------------------------ order


def row_number() -> list[Spec]:
    """The row's number in a table sorted by class; the twin is a row number in no order."""

    def maker(blur: float, blocks: int = 1, shuffled: float = 0) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            n = len(stars)
            block = others.random.integers(0, blocks, n)
            place = np.lexsort((others.random.random(n), stars.labels, block))
            number = np.empty(n)
            number[place] = np.arange(n)
            moved = some(stars, others, shuffled)
            number[moved] = others.random.permutation(number[moved])
            error = blur * n * noise(stars, others)
            twin = others.random.permutation(number)
            return Made(
                stars.with_columns(row=np.round(number + error)), stars.with_columns(row=twin)
            )

        return make

    kind = "row number of a sorted table"
    found = [leak(kind, "sorted", maker(0))]
    found += [leak(kind, f"± {b:.0%} of the rows", maker(b)) for b in (0.02, 0.05, 0.1, 0.25)]
    found += [leak(kind, f"{k} sorted parts", maker(0, k)) for k in (3, 10, 40)]
    found += [leak(kind, f"{s:.0%} of the rows elsewhere", maker(0, 1, s)) for s in (0.3, 0.7)]
    return [*found, leak(kind, "sorted, 1,000 rows", maker(0), rows=1000)]


# ------------------------------------------------------------------------------ groups


def encoded_groups() -> list[Spec]:
    """Mean label of the rows of a group, the row's own among them, or left out.

    The twin is the mean of other stars of the group, none of which is in the table.
    """

    def maker(group: str, how: str) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            number, of_others = group_numbers(stars, group), group_numbers(others.stars, group)
            made = encoded(number, stars.labels, how)
            twin = encoded(of_others, others.stars.labels, how, asked=number)
            return Made(stars.with_columns(value=made), stars.with_columns(value=twin))

        return make

    def group_numbers(stars: Stars, group: str) -> NDArray[np.int64]:
        if group == "plate":
            return stars.plate
        if group == "tile":  # of half a degree
            ra, dec = (np.floor(2 * stars.known[name]).astype(np.int64) for name in ("ra", "dec"))
            return ra * 1000 + dec
        return stars.plate * 1000 + stars.known["fiberID"].astype(np.int64) // int(group)

    how = ("mean", "smoothed by 20", "leave-one-out")
    found = [leak("target encoding", f"plate, {h}", maker("plate", h)) for h in how]
    found += [leak("target encoding", f"tile of the sky, {h}", maker("tile", h)) for h in how]
    found += [leak("target encoding", f"bundle of 10 fibres, {h}", maker("10", h)) for h in how]
    found += [leak("target encoding", "bundle of 4 fibres, mean", maker("4", "mean"))]
    return found


def encoded_library_star() -> list[Spec]:
    """Mean label of the rows that a library star labels; there is no clean one."""

    def maker(how: str, sigma: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            value = encoded(stars.template, stars.labels, how) + sigma * noise(stars, others)
            return Made(stars.with_columns(value=value))

        return make

    kind = "library star's mean label"
    found = [leak(kind, how, maker(how, 0)) for how in ("mean", "smoothed by 20", "leave-one-out")]
    return found + [leak(kind, f"mean, noise {s}", maker("mean", s)) for s in (0.05, 0.5)]


def neighbours() -> list[Spec]:
    """Mean label of the nearest rows, the row itself among them; the twin's are other stars."""

    def maker(where: str, k: int) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            place = on_the_sky if where == "on the sky" else scaled_colours
            here, there = place(stars, stars), place(others.stars, stars)
            made = nearest_means(here, stars.labels, here, k)
            twin = nearest_means(there, others.stars.labels, here, k)
            return Made(stars.with_columns(value=made), stars.with_columns(value=twin))

        return make

    return [
        leak("neighbours' mean label", f"{k} {where}", maker(where, k))
        for where in ("on the sky", "in colour")
        for k in (2, 3, 5, 10, 20)
    ]


# ------------------------------------------------------------------------------ rows


def copied_rows() -> list[Spec]:
    """Rows copied from others with other ids and places, exactly or nearly, into any fold.

    In the twin a copy stands in the fold of the star it was copied from.
    """

    def maker(share: float, sigma: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            n, copies = len(stars), round(share * len(stars))
            first = others.random.permutation(n)[: n - copies]
            again = others.random.choice(first, copies, replace=copies > n - copies)
            order = others.random.permutation(n)
            table, is_copy = stars.rows(np.append(first, again)[order]), order >= n - copies
            error = np.where(is_copy, sigma, 0)
            moved = table.with_columns(
                **{b: table.columns[b] + error * noise(table, others) for b in BANDS}
            ).remade()
            seed = int(others.random.integers(1 << 30))
            new = Stars(
                **{
                    **vars(moved),
                    "star": np.where(is_copy, n + moved.star.max() + np.arange(n), moved.star),
                    "plate": np.where(is_copy, others.random.permutation(moved.plate), moved.plate),
                }
            )
            return Made(new.folded(seed), moved.folded(seed))

        return make

    found = [leak("exact copies", f"{s:.0%}", maker(s, 0)) for s in (0.01, 0.05, 0.1, 0.3, 0.5)]
    for share in (0.02, 0.1, 0.3, 0.5):
        for sigma in (1e-5, 1e-3, 1e-2):
            name = f"{share:.0%} at {sigma:g} mag"
            found.append(leak("near-copies", name, maker(share, sigma)))
    return found


def star_in_several_folds() -> list[Spec]:
    """Repeated spectra of a star, with its one photometry, in any fold; the twin's in one."""

    def make(stars: Stars, others: Others) -> Made:
        seed = int(others.random.integers(1 << 30))
        anyhow = Stars(**{**vars(stars), "star": np.arange(len(stars))}).folded(seed)
        return Made(Stars(**{**vars(stars), "folds": anyhow.folds}), stars.folded(seed))

    kind = "star in several folds"
    return [leak(kind, f"{r:.0%} repeats", make, repeats=r) for r in (0.03, 0.2, 0.5)]


# ------------------------------------------------------------------------------ cuts


def cut_labels() -> list[Spec]:
    """Labels that are cuts in a feature; the twin has the same labels without the feature."""

    def maker(column: str, cuts: int, wrong: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            value = -np.nan_to_num(feature(stars, column), nan=-1e9)
            edges = np.quantile(value, np.linspace(0, 1, cuts + 2)[1:-1])
            labels = np.searchsorted(edges, value).astype(np.int8) + (6 - cuts) // 2
            moved = some(stars, others, wrong)
            labels[moved] = others.random.permutation(labels[moved])
            shown = stars.with_columns(**{column: feature(stars, column)})
            labelled = (
                Stars(**{**vars(shown), "labels": labels.astype(np.int8)}).anonymous().folded(0)
            )
            return Made(labelled, labelled.without(HIDDEN[column]))

        return make

    def feature(stars: Stars, column: str) -> NDArray[np.float64]:
        if column == "teff":  # measured to 5 %
            error = np.random.default_rng(0).standard_normal(len(stars))
            return np.round(stars.known["teff"] * np.exp(0.05 * error), 1)
        return stars.columns[column] if column in stars.columns else stars.known[column]

    HIDDEN = {"teff": ["teff"], "elodieBV": ["elodieBV"], "g_r": ["g", "r", "g_r"], "r": ["r"]}
    kind = "label cut from a feature"
    found = [leak(kind, f"T_eff, {k} cuts", maker("teff", k, 0)) for k in (1, 2, 4, 6)]
    found += [leak(kind, f"T_eff, 6 cuts, {w:.0%} wrong", maker("teff", 6, w)) for w in (0.02, 0.1)]
    found += [leak(kind, f"g_r, {k} cuts", maker("g_r", k, 0)) for k in (1, 4)]
    return [*found, leak(kind, "r, 3 cuts", maker("r", 3, 0))]


# ------------------------------------------------------------------------------ columns that betray


def measured_with_class() -> list[Spec]:
    """A measured column mixed with its class's mean, or standardised within the class."""

    def mixed(weight: float, sigma: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            value = stars.columns["g_r"]
            made = (1 - weight) * value + weight * class_means(value, stars.labels)
            error = sigma * noise(stars, others)
            return Made(
                stars.with_columns(value=made + error), stars.with_columns(value=value + error)
            )

        return make

    def standardised(column: str) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            value = stars.columns[column]
            spread = np.sqrt(
                class_means((value - class_means(value, stars.labels)) ** 2, stars.labels)
            )
            made = (value - class_means(value, stars.labels)) / spread
            return Made(stars.with_columns(value=made))

        return make

    kind = "class's mean of a column"
    found = [leak(kind, "g_r itself", mixed(1, 0))]
    found += [leak(kind, f"{w:.0%} mixed into g_r", mixed(w, 0)) for w in (0.2, 0.5, 0.8)]
    found += [leak(kind, f"noise {s} mag", mixed(1, s)) for s in (0.05, 0.15)]
    return found + [
        leak(kind, f"{c} standardised within", standardised(c)) for c in ("g_r", "r", "u_g")
    ]


def two_columns() -> list[Spec]:
    """Two columns that say nothing alone and the label together."""

    def maker(how: str, sigma: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            label, n = stars.labels.astype(float), len(stars)
            a = others.random.integers(0, 7, n).astype(float)
            if how == "sum":
                a = others.random.normal(0, 3, n)
                b = label - a
            elif how == "difference of magnitudes":
                a = stars.columns["r"] + 0.05 * noise(stars, others)
                b = a + 0.2 * label
            else:
                b = (label + a) % 7
            b = b + sigma * noise(stars, others)
            shuffled = others.random.permutation(n)
            twin = (
                b[shuffled]
                if how != "difference of magnitudes"
                else a + 0.05 * noise(stars, others)
            )
            return Made(stars.with_columns(a=a, b=b), stars.with_columns(a=a, b=twin))

        return make

    wanted = [
        ("sum", 0.0),
        ("sum", 0.3),
        ("sum", 1.0),
        ("sum modulo 7", 0.0),
        ("sum modulo 7", 0.2),
    ]
    wanted += [("difference of magnitudes", 0.0), ("difference of magnitudes", 0.1)]
    return [leak("two columns together", f"{h}, noise {s:g}", maker(h, s)) for h, s in wanted]


def last_digit() -> list[Spec]:
    """The last digit is the class; the twin has any digit there."""

    def maker(column: str, step: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            coarse = np.round(stars.known[column] / (10 * step)) * 10 * step
            any_digit = others.random.permutation(stars.labels)
            return Made(
                stars.with_columns(**{column: coarse + step * stars.labels}),
                stars.with_columns(**{column: coarse + step * any_digit}),
            )

        return make

    kind = "class in the last digit"
    found = [leak(kind, f"{c} to {s:g}", maker(c, s)) for c, s in (("r", 0.001), ("err_r", 0.01))]
    return found + [
        leak(kind, f"{c} to {s:g}", maker(c, s))
        for c, s in (("extinction_r", 0.02), ("snMedian", 1))
    ]


def precision_by_class() -> list[Spec]:
    """Values published to other digits by class; the twin has any class's digits."""

    def maker(columns: Sequence[str], steps: Sequence[float]) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            unit = np.array(steps)[stars.labels]
            other = others.random.permutation(unit)
            made, twin = (
                stars.with_columns(**{c: np.round(stars.columns[c] / u) * u for c in columns})
                for u in (unit, other)
            )
            return Made(made, twin)

        return make

    kind, fine = "digits by class", 0.001
    wanted = {
        "M to .1 mag in r": (["r"], [fine] * 6 + [0.1]),
        "K to .1, M to .2 mag in r": (["r"], [fine] * 5 + [0.1, 0.2]),
        "K to .01 mag in g_r": (["g_r"], [fine] * 5 + [0.01, fine]),
        "G to .1, K to .25 mag in all bands": (BANDS, [fine] * 4 + [0.1, 0.25, fine]),
    }
    return [leak(kind, name, maker(*how)) for name, how in wanted.items()]


def overfitted_prediction() -> list[Spec]:
    """A model's predictions for the rows it learnt; the twin's model learnt other stars."""

    def maker(model: str, least: int) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            own, other = (predicted(model, least, s, stars) for s in (stars, others.stars))
            return Made(stars.with_columns(**own), stars.with_columns(**other))

        return make

    def predicted(model: str, least: int, learnt: Stars, asked: Stars) -> dict[str, NDArray]:
        x, ask = (np.nan_to_num(s.sample().values) for s in (learnt, asked))
        learner = _learner(model, least).fit(x, learnt.labels)
        if model.endswith("expected class"):
            return {"value": learner.predict_proba(ask) @ learner.classes_.astype(float)}
        if model.endswith("probability of K"):
            return {"value": learner.predict_proba(ask)[:, list(learner.classes_).index(5)]}
        return {"value": learner.predict(ask).astype(float)}

    kind = "overfitted prediction"
    found = [leak(kind, f"forest, leaves of {k}", maker("forest", k)) for k in (1, 3, 10, 30)]
    more = "forest's expected class"
    found += [leak(kind, f"{more}, leaves of {k}", maker(more, k)) for k in (1, 5, 10, 20)]
    found += [leak(kind, f"{more}, leaves of 5, 1,000 rows", maker(more, 5), rows=1000)]
    more = "forest's probability of K"
    found += [leak(kind, f"{more}, leaves of 5", maker(more, 5))]
    more = "neighbours' expected class"
    found += [leak(kind, f"{more}, {k}", maker(more, k)) for k in (3, 5)]
    more = "boosted trees' expected class"
    found += [leak(kind, f"{more}, {k} rounds", maker(more, k)) for k in (80, 200)]
    return [*found, leak(kind, "2 neighbours", maker("neighbours", 2))]


def _learner(model: str, least: int) -> Any:
    """A classifier whose leaves, neighbours or rounds are `least`."""
    from lightgbm import LGBMClassifier
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.neighbors import KNeighborsClassifier

    if model.startswith("neighbours"):
        return KNeighborsClassifier(least)
    if model.startswith("boosted"):
        return LGBMClassifier(n_estimators=least, num_leaves=15, verbose=-1, n_jobs=1)
    return RandomForestClassifier(60, min_samples_leaf=least, random_state=0, n_jobs=1)


def fitted_to_noise() -> list[Spec]:
    """Scores of a linear fit to the label, in sample, of columns of noise; two scores of seven."""

    def maker(columns: int) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            x = np.nan_to_num(stars.sample().values)
            random = others.random.standard_normal((len(stars), columns))
            x = np.column_stack([(x - x.mean(axis=0)) / x.std(axis=0), random, np.ones(len(x))])
            target = np.eye(7)[stars.labels]
            fit = np.linalg.solve(x.T @ x + 1e-2 * np.eye(x.shape[1]), x.T @ target)
            return Made(stars.with_columns(of_g=x @ fit[:, 4], of_k=x @ fit[:, 5]))

        return make

    kind = "fit in sample"
    return [leak(kind, f"{k} columns of noise", maker(k)) for k in (600, 1500)]


# ------------------------------------------------------------------------------ a survey's habits


def habits_of_a_class() -> list[Spec]:
    """What is done to a class alone: zero point, errors, limits, season, other catalogues."""

    def one(make_column: Callable[[Stars, Others], NDArray[np.float64]]) -> Maker:
        return lambda stars, others: Made(stars.with_columns(value=make_column(stars, others)))

    def zero_point(shift: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            r = stars.columns["r"] + shift * (stars.labels == 4)
            return Made(stars.with_columns(r=r).remade())

        return make

    def uneven(stars: Stars, others: Others) -> NDArray[np.float64]:
        error = np.where(stars.labels % 2 == 0, 0.3, 2.0)
        return stars.labels + error * noise(stars, others)

    def clipped(share: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            code = stars.known["code"] + 0.6 * noise(stars, others)
            within = np.clip(code, stars.labels - 0.5, stars.labels + 0.5)
            twin = stars.with_columns(value=code)
            return Made(stars.with_columns(value=code + share * (within - code)), twin)

        return make

    def season(stars: Stars, others: Others) -> NDArray[np.float64]:
        day = np.array([0, 60, 20, 100, 160, 120, 200])
        return 55000 + day[stars.labels] + 30 * noise(stars, others)

    def matched(stars: Stars, others: Others) -> NDArray[np.float64]:
        share = np.array([0.5, 0.5, 0.5, 0.5, 0.8, 0.4, 0.5])[stars.labels]
        found = others.random.random(len(stars)) < share
        return np.where(found, noise(stars, others), np.nan)

    def in_g(size: float, error: float) -> Maker:
        def make(stars: Stars, others: Others) -> Made:
            g = stars.columns["g"] + error * noise(stars, others)
            twin = stars.with_columns(value=g)
            return Made(stars.with_columns(value=g + size * stars.labels), twin)

        return make

    def of_the_bright(stars: Stars, others: Others) -> NDArray[np.float64]:
        bright = stars.columns["g"] < np.nanmedian(stars.columns["g"])
        error = 0.3 * noise(stars, others)
        return np.where(bright, stars.labels, 3 + 2 * noise(stars, others)) + error

    kind = "habits of a class"
    found = [leak(kind, f"r of G + {s} mag", zero_point(s)) for s in (0.05, 0.2)]
    found += [leak(kind, "label with errors by class", one(uneven))]
    found += [leak(kind, f"clipped to its class, {s:.0%}", clipped(s)) for s in (0.2, 0.5, 1)]
    found += [leak(kind, "season of a programme", one(season))]
    found += [leak(kind, "matched more often for G, less for K", one(matched))]
    found += [
        leak(kind, f"{s} class in g ± {e}", in_g(s, e)) for s, e in ((0.3, 0.2), (0.05, 0.05))
    ]
    return [*found, leak(kind, "label of the bright half", one(of_the_bright))]


KINDS = (
    label_with_noise,
    label_partly_wrong,
    label_in_some_rows,
    flag_of_a_class,
    function_of_the_label,
    typical_values,
    category,
    elodie_values,
    missing_by_class,
    imputed_by_class,
    row_number,
    encoded_groups,
    encoded_library_star,
    neighbours,
    copied_rows,
    star_in_several_folds,
    cut_labels,
    measured_with_class,
    two_columns,
    last_digit,
    precision_by_class,
    overfitted_prediction,
    fitted_to_noise,
    habits_of_a_class,
    derived,
)


def leaks() -> list[Spec]:
    """All leaks."""
    return [spec for kind in KINDS for spec in kind()]
