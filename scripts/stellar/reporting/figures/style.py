"""What all figures share: colours, themes, the classes that are shown, marks for intervals."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from stellar import CLASSES

# Hot stars blue, cool stars red. Told apart with any kind of colour vision, and seen on white and
# on the dark page: the module's test measures both.
COLOURS = dict(
    zip(
        CLASSES,
        ("#a511f8", "#2d62c3", "#129ce0", "#709e4d", "#ab9400", "#975605", "#d9627c"),
        strict=True,
    )
)
# Among points that lie on each other colour alone is not enough: each class has its shape, too.
CLASS_SHAPES = dict(
    zip(
        CLASSES,
        ("circle", "triangle-up", "square", "triangle-right", "cross", "triangle-down", "diamond"),
        strict=True,
    )
)
# Of learners, labels and the like, which differ in shape too.
SERIES = ("#3a7cc4", "#c2661c", "#4a8f6b")
SHAPES = ("circle", "square", "diamond")
QUIET = "#7d8894"
# Of cells, from empty to full: on white, and on the dark page.
HEAT = {
    False: ["#edf1f6", "#7fa9d6", "#17457c"],
    True: ["#1d242d", "#274f80", "#b9d4fb"],
}
# Ticks of a logarithmic axis.
DECADES = [digit * 10.0**power for power in range(-2, 7) for digit in (1, 3)]
WIDTH, HEIGHT = 480, 260  # pixels, of a single chart; the page makes it as wide as it has room
LINE = 60  # characters of a subtitle's line, so that a phone shows it
PANEL = 270  # pixels, of a chart beside another

IS_SHOWN = "indexof(shown, datum.class) >= 0"

Chart = alt.Chart | alt.LayerChart | alt.ConcatChart
Row = Mapping[str, Any]
Rows = Sequence[Row]


def theme(dark: bool) -> dict[str, Any]:
    """Vega-Lite's configuration of a figure on white, or on the dark page.

    Figures name no colour of text, lines or background: `quiet` and `ink` are styles of marks.
    """
    ink, soft, line = (
        ("#e8ecf1", "#aab4c0", "#333c48") if dark else ("#1c2733", "#56636f", "#dde3e9")
    )
    axis = {"labelColor": ink, "titleColor": ink, "gridColor": line, "domainColor": soft}
    text = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    paper = "#14181f" if dark else "#ffffff"
    return {
        "background": paper,
        "font": "Arial, Helvetica, Liberation Sans, sans-serif",
        "axis": {**axis, **text, "tickColor": soft, "titlePadding": 8, "labelLimit": 150},
        "legend": {"labelColor": ink, "titleColor": ink, "orient": "top", "symbolSize": 60, **text},
        "title": {"color": ink, "subtitleColor": soft, "anchor": "start", "offset": 10}
        | {"fontSize": 14, "subtitleFontSize": 12, "subtitlePadding": 4},
        "header": {"labelColor": ink, "titleColor": ink, **text},
        "text": {"color": ink, "fontSize": 11},
        "view": {"stroke": None},
        "range": {"heatmap": HEAT[dark]},
        "style": {
            "ink": {"color": ink},
            "quiet": {"color": soft},
            "line": {"color": line},
            "paper": {"color": paper},
            "tile": {"stroke": paper},
            "halo": {"color": paper, "stroke": paper, "strokeWidth": 4, "strokeJoin": "round"},
        },
    }


def data(rows: Iterable[Mapping[str, Any]]) -> alt.InlineData:
    """Rows as the data of a chart."""
    made = alt.InlineData(values=[])
    made["values"] = list(rows)  # which Altair would check against its schema, a second long
    return made


def titled(made: Any, text: str | alt.ExprRef, subtitle: str, description: str) -> Any:
    """A chart with its title, and what a reader who does not see it is told."""
    title = alt.Title(text, subtitle=textwrap.wrap(subtitle, LINE))
    return made.properties(title=title, description=description)


def of_class(legend: bool = True) -> alt.Color:
    """The colour of a row's class."""
    scale = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    look = alt.Legend(title=None, columns=7, symbolOpacity=1) if legend else None
    return alt.Color("class:N", scale=scale, legend=look)


def shape_of_class() -> alt.Shape:
    """The shape of a row's class among points, in one legend with its colour."""
    look = alt.Legend(title=None, columns=7, symbolOpacity=1)
    scale = alt.Scale(domain=list(CLASS_SHAPES), range=list(CLASS_SHAPES.values()))
    return alt.Shape("class:N", scale=scale, legend=look)


def series(field: str, names: Sequence[str]) -> tuple[alt.Color, alt.Shape]:
    """Colour and shape of the rows of each name, in this order, in one legend."""
    look = alt.Legend(title=None)
    colours, shapes = (
        alt.Scale(domain=list(names), range=list(of)[: len(names)]) for of in (SERIES, SHAPES)
    )
    return (
        alt.Color(f"{field}:N", scale=colours, legend=look),
        alt.Shape(f"{field}:N", scale=shapes, legend=look),
    )


def selectable(made: Any) -> Any:
    """A chart of rows with a `class`: the page shows and hides classes in all of them at once."""
    return made.add_params(shown()).transform_filter(IS_SHOWN)


def shown() -> alt.Parameter:
    """The classes that are shown; a chart of several data filters each by `IS_SHOWN`."""
    return alt.param(name="shown", value=list(CLASSES))


def shares(field: str, title: str, **scale: Any) -> alt.X:
    """An axis of shares in percent."""
    axis = alt.Axis(format="~%", tickCount=5)
    return alt.X(f"{field}:Q", title=title, axis=axis, scale=alt.Scale(**scale))


def upright(field: str, title: str | None, **scale: Any) -> alt.Y:
    """The same, upright."""
    axis = alt.Axis(format="~%", tickCount=6)
    return alt.Y(f"{field}:Q", title=title, axis=axis, scale=alt.Scale(**{"zero": False, **scale}))


def tips(*fields: str, **formats: str) -> list[alt.Tooltip]:
    """What is said of a mark that is pointed at: names and texts, then numbers in their format."""
    titles = {"tier": "features", "with_interval": "value"}
    return [
        *(alt.Tooltip(f"{name}:N", title=titles.get(name, name)) for name in fields),
        *(
            alt.Tooltip(f"{name}:Q", title=name.replace("_", " "), format=of)
            for name, of in formats.items()
        ),
    ]


def empty(title: str, why: str) -> Chart:
    """A figure that says why there is nothing to draw."""
    row = {"note": why}
    made = alt.Chart(data([row])).mark_text(style="quiet", fontSize=12).encode(text="note:N")
    return titled(made.properties(width=WIDTH, height=60), title, "", f"{title}: {why}")


def rounded(value: Any, digits: int = 6) -> Any:
    """A number as it is shown, without a minus before zero; None stays."""
    return None if value is None else round(float(value), digits) + 0.0


def percent(value: float, digits: int = 1) -> str:
    """A share in words."""
    return f"{100 * value:.{digits}f} %"
