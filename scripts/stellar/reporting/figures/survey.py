"""Figures of the labelled survey as a whole: classes, temperatures, magnitudes, features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from stellar import BANDS, CLASSES, ELODIE
from stellar.reporting import published
from stellar.reporting.figures import style
from stellar.reporting.figures.style import Chart, Rows

FEATURES = (*BANDS, "redshift", "sppTeff", "sppLogG", "sppFeH", *ELODIE)
RANKED = 10_000  # stars, or a few more, whose features are correlated
CUT = (4000, 6000)  # K, the study's temperature cut
TEMPERATURES = {"elodieTEff": "of the ELODIE library star", "sppTeff": "of the SSPP"}
SURVEY, STUDY = "this survey", "the course study"
Numbers = NDArray[np.floating[Any]]


def class_table(counts: Sequence[int], study: Sequence[int]) -> list[dict[str, Any]]:
    """Stars of each class, and their share, in this survey and in the study."""
    return [
        {"class": name, "of": of, "rows": int(n), "share": round(n / max(sum(numbers), 1), 4)}
        for of, numbers in ((SURVEY, counts), (STUDY, study))
        for name, n in zip(CLASSES, numbers, strict=True)
    ]


def quantile_table(
    columns: Mapping[str, Numbers], labels: NDArray[np.integer[Any]]
) -> list[dict[str, Any]]:
    """How values are spread among the stars of each class.

    Parameters
    ----------
    columns : mapping of str to array, shape (n_stars,)
        NaN where a value is missing.
    labels : array of int, shape (n_stars,)

    Returns
    -------
    list of dict
        `value` (the column), `class`, `stars` that have it, and the quantiles `p5`, `p25`,
        `median`, `p75`, `p95`; no row where no star of the class has the value.
    """
    names, shares = ("p5", "p25", "median", "p75", "p95"), (5, 25, 50, 75, 95)
    rows = []
    for column, values in columns.items():
        digits = 0 if np.nanmax(values, initial=0) > 1000 else 2
        for number, name in enumerate(CLASSES):
            known = values[(labels == number) & np.isfinite(values)]
            if len(known):
                found = np.percentile(known, shares).round(digits).tolist()
                rows.append({"value": column, "class": name, "stars": len(known)})
                rows[-1] |= dict(zip(names, found, strict=True))
    return rows


def colour_table(
    magnitudes: Mapping[str, Numbers], labels: NDArray[np.integer[Any]]
) -> list[dict[str, Any]]:
    """How colours are spread among the stars of each class, as `quantile_table` has it.

    Parameters
    ----------
    magnitudes : mapping of str to array, shape (n_stars,)
        Of all bands.
    labels : array of int, shape (n_stars,)
    """
    pairs = pairwise(BANDS)
    colours = {f"{a} − {b}": magnitudes[a] - magnitudes[b] for a, b in pairs}
    return quantile_table(colours, labels)


def correlation_table(columns: Mapping[str, Numbers]) -> list[dict[str, Any]]:
    """Spearman's rank correlation of each pair of columns, among the stars that have both.

    Parameters
    ----------
    columns : mapping of str to array, shape (n_stars,)
        NaN where a value is missing.

    Returns
    -------
    list of dict
        `a`, `b`, `correlation` (None: fewer than three stars, or a column is constant), `stars`.
    """
    rows = []
    for a, one in columns.items():
        for b, other in columns.items():
            both = np.isfinite(one) & np.isfinite(other)
            stars = int(both.sum())
            row: dict[str, Any] = {"a": a, "b": b, "correlation": None, "stars": stars}
            if stars > 2:
                row["correlation"] = _rank_correlation(one[both], other[both])
            rows.append(row)
    return rows


def _rank_correlation(one: Numbers, other: Numbers) -> float | None:
    ranks = [_ranks(values) for values in (one, other)]
    if min(float(of.std()) for of in ranks) == 0:
        return None
    return round(float(np.corrcoef(ranks[0], ranks[1])[0, 1]), 3)


def _ranks(values: Numbers) -> Numbers:
    """Ranks, equal values sharing their mean one."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((counts.cumsum() - (counts - 1) / 2)[inverse])


def charts(
    counts: Sequence[int], columns: Mapping[str, Numbers], labels: NDArray[np.integer[Any]]
) -> dict[str, Chart]:
    """All figures of the survey as a whole, by their names.

    Parameters
    ----------
    counts : sequence of int
        Stars of each class, of all of the survey.
    columns : mapping of str to array, shape (n_stars,)
        `FEATURES` and `snMedian` of some of its stars.
    labels : array of int, shape (n_stars,)
    """
    step = max(1, len(labels) // RANKED)
    ranked = correlation_table({name: columns[name][::step] for name in FEATURES})
    warmth, brightness = (
        quantile_table({name: columns[name] for name in names}, labels)
        for names in (TEMPERATURES, (*BANDS, "snMedian"))
    )
    return {
        "classes": classes(class_table(counts, [published.CLASSES[name] for name in CLASSES])),
        "temperatures": temperatures(warmth),
        "magnitudes": magnitudes(brightness),
        "correlation": correlation(ranked),
    }


def classes(rows: Rows) -> Chart:
    """Share of each class, beside the study's; rows of `class_table`."""
    base = alt.Chart().encode(
        alt.Y("class:N", sort=list(CLASSES), title="spectral class"),
        alt.YOffset("of:N", sort=[SURVEY, STUDY]),
        style.shares("share", "share of the labelled rows", domainMax=_roomy(rows, "share")),
        tooltip=["class:N", "of:N", alt.Tooltip("rows:Q", format=","), _percent("share")],
    )
    own, before = (f"datum.of === '{of}'" for of in (SURVEY, STUDY))
    bars = base.transform_filter(own).mark_bar().encode(color=style.of_class(legend=False))
    study = base.transform_filter(before).mark_bar(style="quiet", filled=False, strokeWidth=1)
    text = base.mark_text(align="left", dx=4, fontSize=9).encode(
        text=alt.Text("rows:Q", format=",")
    )
    made = alt.layer(bars, study, text, data=style.data(rows))
    made = made.properties(width=style.WIDTH, height=28 * len(CLASSES))
    ours = [row for row in rows if row["of"] == SURVEY]
    most, least = (of(ours, key=lambda row: row["rows"]) for of in (max, min))
    described = (
        f"Stars by class: most, {most['rows']:,}, are {most['class']} stars, fewest, "
        f"{least['rows']:,}, {least['class']} stars."
    )
    subtitle = "Filled: this survey. Outlined: the course study. Numbers are labelled rows."
    return style.selectable(style.titled(made, "Stars by class", subtitle, described))


def temperatures(rows: Rows) -> Chart:
    """Effective temperature by class, with the study's cut; rows of `quantile_table`."""
    known = [name for name in TEMPERATURES if any(row["value"] == name for row in rows)]
    if not known:
        return style.empty("Effective temperature by class", "No temperature in this survey.")
    ticks = alt.Axis(values=[3000, *CUT, 8000, 10_000, 15_000, 20_000, 30_000], format="d")
    scale = alt.Scale(type="log", nice=False, padding=8)
    boxes = _boxes(alt.Y("median:Q", title="effective temperature / K", scale=scale, axis=ticks))
    pick = alt.param(
        name="temperature",
        value=known[0],
        bind=alt.binding_radio(options=known, name="temperature "),
    )
    cut = alt.Chart(style.data([{"kelvin": kelvin} for kelvin in CUT]))
    lines = cut.mark_rule(style="quiet", strokeDash=[4, 3]).encode(
        alt.Y("kelvin:Q"), tooltip=alt.Tooltip("kelvin:Q", title="temperature cut / K")
    )
    made = alt.layer(lines, *boxes, data=style.data(rows)).add_params(pick)
    made = made.transform_filter("datum.value === temperature")
    made = made.properties(width=style.WIDTH, height=style.HEIGHT)
    middle = {row["class"]: row["median"] for row in rows if row["value"] == known[0]}
    listed = ", ".join(f"{name} {kelvin:,.0f} K" for name, kelvin in middle.items())
    subtitle = (
        f"First shown: {known[0]}. Medians, quarters, 5 to 95 % of the stars. Dashed: the cut."
    )
    described = f"Median effective temperature by class ({known[0]}): {listed}."
    title = "Effective temperature by class"
    return style.selectable(style.titled(made, title, subtitle, described))


def magnitudes(rows: Rows) -> Chart:
    """Magnitudes and signal-to-noise ratio by class; rows of `quantile_table`."""
    band = alt.param(
        name="band", value="r", bind=alt.binding_radio(options=list(BANDS), name="band ")
    )
    bright = alt.Y("median:Q", title="magnitude / mag", scale=alt.Scale(reverse=True, zero=False))
    noise = alt.Y(
        "median:Q",
        title="S/N of the spectrum",
        scale=alt.Scale(type="log", nice=False, padding=8),
        axis=alt.Axis(values=style.DECADES, format="~g"),
    )
    panels = [
        alt.layer(*_boxes(axis)).transform_filter(of).properties(width=style.PANEL, height=220)
        for axis, of in ((bright, "datum.value === band"), (noise, "datum.value === 'snMedian'"))
    ]
    made = alt.concat(*panels, data=style.data(rows), columns=2).add_params(band)
    middle = {row["class"]: row for row in rows if row["value"] == "r"}
    listed = ", ".join(f"{name} {row['median']:.1f}" for name, row in middle.items())
    subtitle = "Medians, quarters, 5 to 95 % of the stars. First shown: band r."
    described = f"Median r magnitude by class: {listed}."
    return style.selectable(style.titled(made, "Magnitude and S/N by class", subtitle, described))


def correlation(rows: Rows) -> Chart:
    """How features go together; rows of `correlation_table`."""
    names = list(dict.fromkeys(row["a"] for row in rows))
    base = alt.Chart(style.data(rows)).encode(
        alt.X("b:N", sort=names, title=None, axis=alt.Axis(labelAngle=-90)),
        alt.Y("a:N", sort=names, title=None),
        tooltip=["a:N", "b:N", alt.Tooltip("correlation:Q", format="+.2f"), "stars:Q"],
    )
    scale = alt.Scale(domain=[-1, 1], scheme="blueorange", reverse=True)
    legend = alt.Legend(title="rank correlation", gradientLength=140, values=[-1, 0, 1])
    cells = base.mark_rect().encode(alt.Color("correlation:Q", scale=scale, legend=legend))
    made = cells.properties(width=330, height=330)
    strong = max(
        (row for row in rows if row["a"] != row["b"] and row["correlation"] is not None),
        key=lambda row: abs(row["correlation"]),
        default=None,
    )
    described = "Rank correlations of the features."
    if strong:
        described = (
            f"Rank correlations of {len(names)} columns; the strongest is {strong['correlation']} "
            f"between {strong['a']} and {strong['b']}."
        )
    subtitle = "Spearman's, among the stars that have both values."
    return style.titled(made, "Correlation of features", subtitle, described)


def _boxes(middle: alt.Y) -> list[alt.Chart]:
    """Quarters as a box, the outer quantiles as a line, the median as a stroke."""
    tip = [alt.Tooltip(f"{name}:N") for name in ("class", "value", "stars")]
    tip += [alt.Tooltip(f"{name}:Q") for name in ("p5", "p25", "median", "p75", "p95")]
    base = alt.Chart().encode(
        alt.X("class:N", sort=list(CLASSES), title="spectral class", axis=alt.Axis(labelAngle=0)),
        color=style.of_class(legend=False),
        tooltip=tip,
    )
    low, high = middle.copy(), alt.Y2("p95:Q")
    low["shorthand"] = "p5:Q"
    start = middle.copy()
    start["shorthand"] = "p25:Q"
    return [
        base.mark_rule(strokeWidth=1.5).encode(low, high),
        base.mark_bar(size=20).encode(start, alt.Y2("p75:Q")),
        base.mark_tick(thickness=2, size=20).encode(middle, color=alt.value("white")),
    ]


def _roomy(rows: Rows, name: str) -> float:
    """An axis's end that leaves room for what is written behind the longest bar."""
    return round(1.2 * max((row[name] for row in rows), default=1) or 1, 3)


def _percent(field: str) -> alt.Tooltip:
    return alt.Tooltip(f"{field}:Q", format=".1%")
