"""Figures of single stars. All are drawn from one and the same table, which a page holds once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from stellar import BANDS, CLASSES, files
from stellar.reporting.figures import style
from stellar.reporting.figures.style import Chart, Row, Rows
from stellar.sample.columns import arrays_of, integers, rows_of_ids, taken

MOST = 4000  # stars that are shown
# Columns of the catalogue: their names in the table and the digits that are shown.
SHOWN: dict[str, tuple[str, int]] = {
    **{band: (band, 2) for band in BANDS},
    "redshift": ("redshift", 4),
    "sppTeff": ("teff", 0),
    "sppLogG": ("logg", 2),
    "snMedian": ("sn", 1),
    "ra": ("ra", 2),
    "dec": ("dec", 2),
}
ZOOM = "wheel![event.ctrlKey || event.metaKey]"  # without a key the wheel moves the page
HOURS = range(0, 24, 4)
Numbers = NDArray[np.floating[Any]]


def chosen(
    ids: NDArray[np.uint64], labels: NDArray[np.integer[Any]], most: int
) -> NDArray[np.intp]:
    """Which stars are shown: as many of each class as there are, or an equal part of `most`.

    Parameters
    ----------
    ids : array of uint64, shape (n_stars,)
        specObjID. They alone decide which stars, and in which order: rows in any order give the
        same.
    labels : array of int, shape (n_stars,)
        Class numbers.
    most : int

    Returns
    -------
    array of int, shape (at most `most`,)
        Places in `ids`, the classes mixed.
    """
    key = _mixed(ids)
    order = np.argsort(key, kind="stable")
    of_class = [order[labels[order] == number] for number in range(len(CLASSES))]
    taken, left = [], most
    by_size = sorted(of_class, key=len)
    for place, members in enumerate(by_size):
        taken.append(members[: left // (len(by_size) - place)])
        left -= len(taken[-1])
    found = np.concatenate(taken)
    return np.asarray(found[np.argsort(key[found], kind="stable")])


def _mixed(ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers that look random, from ids: the finalizer of splitmix64 (Steele+ 2014)."""
    x = ids.astype(np.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    return np.asarray(x ^ (x >> np.uint64(31)))


def table(columns: Mapping[str, Numbers], labels: NDArray[np.integer[Any]]) -> list[dict[str, Any]]:
    """The table of stars.

    Parameters
    ----------
    columns : mapping of str to array, shape (n_stars,)
        Of `SHOWN`, in the catalogue's units; NaN where a value is missing.
    labels : array of int, shape (n_stars,)

    Returns
    -------
    list of dict
        `star` (its number), `class`, the columns by their names here, rounded, and its place on
        the map of the sky, `x` and `y`.
    """
    known: dict[str, list[Any]] = {"star": list(range(len(labels)))}
    known["class"] = [CLASSES[number] for number in labels]
    x, y = aitoff(columns["ra"], columns["dec"])
    places = {"x": (x, 3), "y": (y, 3)}
    shown = {name: (columns[column], digits) for column, (name, digits) in SHOWN.items()}
    for name, (values, digits) in {**shown, **places}.items():
        rounded = np.round(np.asarray(values, np.float64), digits) + 0.0
        kind = int if digits == 0 else float
        known[name] = [kind(v) if np.isfinite(v) else None for v in rounded.tolist()]
    return [dict(zip(known, row, strict=True)) for row in zip(*known.values(), strict=True)]


@dataclass(frozen=True)
class Stars:
    """The stars of a survey that figures show.

    Attributes
    ----------
    survey : str
    counts : list of int
        How many stars of each class the survey has.
    ids : array of uint64, shape (n_shown,)
        specObjID.
    rows : rows of `table`
    """

    survey: str
    counts: list[int]
    ids: NDArray[np.uint64]
    rows: Rows

    @classmethod
    def of(cls, path: Path) -> Stars:
        """Some of those that the rule `label_stars` wrote; each row is read once, by pieces."""
        every = files.read_table(path, ["specObjID", "label"])
        ids, labels = integers(every, "specObjID"), integers(every, "label")
        counts = np.bincount(labels, minlength=len(CLASSES)).tolist()
        shown = chosen(ids, labels, MOST)
        known = arrays_of(taken(path, list(SHOWN), shown), list(SHOWN))
        survey = files.survey_of(every.schema)
        return cls(survey, counts, ids[shown], table(known, labels[shown]))

    def called(
        self, ids: NDArray[np.uint64], classes: NDArray[np.integer[Any]]
    ) -> list[dict[str, Any]]:
        """What is predicted of the stars: `star` and the class `predicted`.

        Parameters
        ----------
        ids : array of uint64, shape (n_predicted,)
            Of stars that are shown or not.
        classes : array of int, shape (n_predicted,)
        """
        numbers = np.flatnonzero(np.isin(self.ids, ids))
        found = classes[rows_of_ids(self.ids[numbers], ids)]
        return [
            {"star": int(star), "predicted": CLASSES[number]}
            for star, number in zip(numbers, found, strict=True)
        ]


def aitoff(ra: Numbers, dec: Numbers) -> tuple[Numbers, Numbers]:
    """Places on a map of the whole sky, north up and east to the left, ra 0 in the middle.

    Parameters
    ----------
    ra, dec : array, shape (n_points,)
        Degrees; ra of 180 stands at the left.

    Returns
    -------
    x, y : array, shape (n_points,)
        From -π to π and from -π/2 to π/2. Aitoff's projection (Snyder 1993, Flattening the
        Earth, p. 130): half the longitudes on the azimuthal equidistant map, twice as wide.
    """
    half, latitude = np.radians((np.asarray(ra) + 180) % 360 - 180) / -2, np.radians(dec)
    distance = np.arccos(np.clip(np.cos(latitude) * np.cos(half), -1, 1))
    stretched = 1 / np.sinc(distance / np.pi)
    return 2 * np.cos(latitude) * np.sin(half) * stretched, np.sin(latitude) * stretched


def colours(stars: Rows) -> Chart:
    """Two colour–colour diagrams."""
    panels = [
        _panel(stars, _colour(a, b), _colour(b, c), _points())
        for a, b, c in (("u", "g", "r"), ("g", "r", "i"))
    ]
    return _titled(
        alt.concat(*panels, data=style.data(stars), columns=2),
        "Colour–colour diagrams",
        stars,
        "hot stars stand at blue colours, lower left, cool ones at red colours, upper right",
    )


def colour_magnitude(stars: Rows) -> Chart:
    """Apparent magnitude against colour."""
    made = _panel(stars, _colour("g", "r"), ("r", "r / mag", True), _points())
    return _titled(
        made.properties(data=style.data(stars), width=style.WIDTH, height=300),
        "Colour–magnitude diagram",
        stars,
        "bright stars stand at the top, red ones at the right",
    )


def kiel(stars: Rows, predicted: Rows) -> Chart:
    """Surface gravity against temperature: by class, and where the network is wrong.

    Parameters
    ----------
    stars : rows of `table`
    predicted : rows
        `star` and the class `predicted` for it by a network that has not seen it.
    """
    if not any(row["teff"] and row["logg"] for row in stars):
        return style.empty("Kiel diagram", "No star has a temperature and log g by the SSPP.")
    source = alt.LookupData(data=style.data([]), key="star", fields=["predicted"])
    source["data"] = style.data(predicted)
    names = ["right", "wrong"]
    right = alt.Color(
        "found:N",
        scale=alt.Scale(domain=names, range=[style.QUIET, "#d03b2f"]),
        legend=alt.Legend(title=None),
    )
    order = alt.Order("found:N", sort="ascending")  # wrong ones on top
    axes = (("teff", "effective temperature / K", True), ("logg", "log g (cgs)", True))
    tip = [alt.Tooltip("class:N"), alt.Tooltip("predicted:N", title="predicted")]
    by_class = _panel(stars, *axes, _points(), tip)
    marks = alt.Shape("found:N", scale=alt.Scale(domain=names, range=["circle", "cross"]))
    found = _points().encode(color=right, shape=marks, order=order)
    by_error = _panel(stars, *axes, found, tip)
    by_error = by_error.transform_filter("isValid(datum.predicted)")
    by_error.params[0].name = "zoom_errors"
    panels = [
        panel.properties(title=alt.Title(name, fontSize=11, fontWeight="normal"))
        for panel, name in ((by_class, "by class"), (by_error, "by prediction"))
    ]
    made = alt.concat(*panels, data=style.data(stars), columns=2)
    made = made.resolve_scale(color="independent", shape="independent")
    made = made.transform_lookup("star", source).transform_calculate(
        found="datum.predicted === datum.class ? 'right' : 'wrong'"
    )
    called = {row["star"]: row["predicted"] for row in predicted}
    seen = [row for row in stars if row["star"] in called and row["teff"] and row["logg"]]
    wrong = sum(called[row["star"]] != row["class"] for row in seen)
    return _titled(
        made,
        "Kiel diagram",
        stars,
        f"dwarfs stand below, giants above; of {len(seen):,} stars with SSPP parameters and a "
        f"prediction the network is wrong for {wrong:,}",
    )


def sky(stars: Rows) -> Chart:
    """Where the stars stand, on Aitoff's map; hours of right ascension along the equator."""
    x, y = (
        alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-np.pi, np.pi], nice=False)),
        alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-np.pi / 2, np.pi / 2], nice=False)),
    )
    grid = alt.Chart(style.data(_graticule())).mark_line(style="line", strokeWidth=1, aria=False)
    marks = alt.Chart(style.data(_marks())).mark_text(style="quiet", fontSize=10, dy=-2)
    points = _points(18).encode(
        tooltip=[
            alt.Tooltip("class:N"),
            alt.Tooltip("ra:Q", title="ra / °"),
            alt.Tooltip("dec:Q", title="dec / °"),
        ]
    )
    made = alt.layer(
        grid.encode(x, y, detail="line:N", order="step:Q"),
        points.encode(x, y),
        marks.encode(x, y, text="text:N"),
        data=style.data(stars),
    )
    described = "east is to the left, north is up"
    wide = made.properties(width=style.WIDTH, height=style.WIDTH / 2, usermeta={"aspect": 2})
    return _titled(wide, "Sky", stars, described)


def _graticule() -> list[Row]:
    """Lines of equal declination and right ascension, every 30 degrees and every 4 hours."""
    rows: list[Row] = []
    across, up = np.linspace(180.001, 539.999, 73), np.linspace(-90, 90, 37)
    lines = [(across, np.full_like(across, dec)) for dec in (-60, -30, 0, 30, 60)]
    lines += [(np.full_like(up, ra), up) for ra in (180.001, *(15.0 * h for h in HOURS), 179.999)]
    for number, line in enumerate(lines):
        for step, (x, y) in enumerate(zip(*aitoff(*line), strict=True)):
            rows.append(
                {"line": number, "step": step, "x": round(float(x), 3), "y": round(float(y), 3)}
            )
    return rows


def _marks() -> list[Row]:
    """What lines are: hours below the equator, where most surveys leave room, and degrees."""
    named = [(15.0 * hour, -13.0, f"{hour}h") for hour in HOURS if hour != 12]
    named += [(0.0, float(dec), f"{dec:+d}°".replace("-", "−")) for dec in (-60, -30, 30, 60)]
    x, y = aitoff(*(np.array([row[i] for row in named]) for i in (0, 1)))
    return [
        {"x": round(float(a), 3), "y": round(float(b), 3), "text": row[2]}
        for a, b, row in zip(x, y, named, strict=True)
    ]


def real(stars: Rows, others: Rows, spreads: Mapping[str, Rows]) -> Chart:
    """The survey beside a table of real stars: two colour–colour diagrams, and colours by class.

    Parameters
    ----------
    stars, others : rows of `table`
        Of the survey and of the real stars.
    spreads : mapping of str to rows of `survey.quantile_table`
        Of all colours: by their names the survey's, then those of the real stars.
    """
    names = list(spreads)
    rows = [{**row, "of": of} for of in names for row in spreads[of]]
    outlines = alt.Chart(style.data(others)).mark_point(
        style="ink", filled=False, size=30, strokeWidth=1, opacity=0.9, clip=True, aria=False
    )
    outlines = outlines.encode(shape=style.shape_of_class())
    panels = []
    for number, (a, b, c) in enumerate((("u", "g", "r"), ("g", "r", "i"))):
        axes = _colour(a, b), _colour(b, c)
        survey = alt.Chart(style.data(stars)).mark_point(
            filled=True, size=12, opacity=0.4, clip=True, aria=False
        )
        survey = survey.encode(color=style.of_class(), shape=style.shape_of_class())
        layers = [_panel([*stars, *others], *axes, of) for of in (survey, outlines)]
        layers[0].params[0].name = f"zoom_real_{number}"
        layers[1].params = alt.Undefined
        shown = [of.transform_filter(style.IS_SHOWN) for of in layers]
        panels.append(alt.layer(*shown).properties(width=style.PANEL, height=style.PANEL))
    panels += [_medians(colour, names) for colour in dict.fromkeys(row["value"] for row in rows)]
    made = alt.concat(*panels, data=style.data(rows), columns=2)
    made = made.add_params(style.shown())
    subtitle = (
        f"Above: coloured {names[0]}, outlined {names[1]}. Below: medians and quarters, filled "
        f"{names[0]}, hollow {names[1]}."
    )
    title = f"{names[0].capitalize()} beside real stars"
    return style.titled(made, title, subtitle, _farthest(rows, names))


def _medians(colour: str, names: Sequence[str]) -> Any:
    """Median and quarters of a colour by class, of the survey and of real stars."""
    median = alt.X("median:Q", title=f"{colour} / mag", scale=alt.Scale(zero=False))
    base = alt.Chart().encode(
        alt.Y("class:N", sort=list(CLASSES), title=None),
        alt.YOffset("of:N", sort=list(names)),
        color=style.of_class(),
        tooltip=style.tips("class", "of", stars=",", p25=".2f", median=".2f", p75=".2f"),
    )
    points = [
        base.mark_point(filled=filled, size=45, opacity=1, strokeWidth=2)
        .encode(median, shape=style.shape_of_class())
        .transform_filter(alt.FieldEqualPredicate(field="of", equal=name))
        for name, filled in zip(names, (True, False), strict=True)
    ]
    quarters = base.mark_rule(strokeWidth=1.5).encode(alt.X("p25:Q"), alt.X2("p75:Q"))
    made = alt.layer(quarters, *points).transform_filter(style.IS_SHOWN)
    made = made.transform_filter(alt.FieldEqualPredicate(field="value", equal=colour))
    return made.properties(width=style.PANEL, height=7 * 24)


def _farthest(rows: Rows, names: Sequence[str]) -> str:
    """Where the medians of both differ most, in a sentence."""
    of = {(row["value"], row["class"], row["of"]): row for row in rows}
    pairs = [
        (abs(row["median"] - of[value, kind, names[1]]["median"]), value, kind)
        for (value, kind, name), row in of.items()
        if name == names[0] and (value, kind, names[1]) in of
    ]
    if not pairs:
        return f"Colours of {names[0]} and {names[1]}, which have no class in common."
    off, value, kind = max(pairs)
    return (
        f"Colours of {names[0]} and {names[1]} by class; medians differ most in {value} of "
        f"{kind} stars, by {off:.2f} mag."
    )


Axis = tuple[str, str, bool]  # field or expression of it, title, whether it grows downwards


def _colour(a: str, b: str) -> Axis:
    return (f"{a}-{b}", f"{a} − {b} / mag", False)


def _points(size: int = 16) -> alt.Chart:
    """Stars in colours and shapes of their classes; no screen reader reads 4,000 of them out."""
    return (
        alt.Chart()
        .mark_point(filled=True, size=size, opacity=0.7, clip=True, aria=False)
        .encode(color=style.of_class(), shape=style.shape_of_class())
    )


def _panel(
    stars: Rows, across: Axis, up: Axis, points: alt.Chart, more: list[alt.Tooltip] | None = None
) -> alt.Chart:
    """A diagram of stars against two of their values, which one can zoom and move."""
    made, given = points, {}
    for name, (value, title, reverse) in (("x", across), ("y", up)):
        a, _, b = value.partition("-")
        field = f"{a}_{b}" if b else a
        if b:
            made = made.transform_calculate(**{field: f"datum.{a} - datum.{b}"})
        known = made.transform_filter(f"isValid(datum.{a})")
        made = known.transform_filter(f"isValid(datum.{b})") if b else known
        scale = alt.Scale(domain=_range(stars, a, b), nice=False, zero=False, reverse=reverse)
        given[name] = (field, title, scale)
    tips = more or [alt.Tooltip("class:N")]
    tips += [
        alt.Tooltip(f"{field}:Q", title=title, format=_digits(field))
        for field, title, _ in given.values()
    ]
    (x, x_title, x_scale), (y, y_title, y_scale) = given.values()
    ticks = alt.Axis(tickCount=5, format=_digits(x) if x == "teff" else "~g")
    return (
        made.encode(
            alt.X(f"{x}:Q", title=x_title, scale=x_scale, axis=ticks),
            alt.Y(f"{y}:Q", title=y_title, scale=y_scale),
            tooltip=tips,
        )
        .properties(width=style.PANEL, height=style.PANEL)
        .add_params(alt.selection_interval(name=f"zoom_{x}_{y}", bind="scales", zoom=ZOOM))
    )


def _digits(field: str) -> str:
    return {"teff": "d"}.get(field, ".2f")


def _range(stars: Rows, a: str, b: str) -> list[float]:
    """From where to where an axis goes: all stars but the outermost few."""
    pairs = [(row[a], row[b] if b else 0) for row in stars]
    values = [x - y for x, y in pairs if x is not None and y is not None]
    low, high = np.percentile(values, (0.2, 99.8)).tolist() if values else (0.0, 1.0)
    margin = 0.03 * max(high - low, 0.1)
    digits = 0 if high > 100 else 2
    return [round(low - margin, digits), round(high + margin, digits)]


def _titled(made: Any, text: str, stars: Rows, what: str) -> Chart:
    subtitle = f"{len(stars):,} stars, rare classes more often than they are."
    return style.selectable(style.titled(made, text, subtitle, f"{text}: {what}."))
