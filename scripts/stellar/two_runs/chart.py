"""Differences of all models as a forest plot: one drawing for a light page and a dark one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from stellar.two_runs import differences
from stellar.two_runs.runs import ALL_FOLDS, Row

OUTCOMES = {"B better": "#3a7cc4", "A better": "#c2661c", "not told apart": "#7d8894"}
PAIRING = {"paired": "circle", "unpaired": "diamond"}
WIDTH = 235  # pixels, beside some 150 of names: readable on a phone
# Text and lines have the colour of the page that holds the drawing.
INK = "currentColor"
THEME = {
    "font": "Arial, Helvetica, Liberation Sans, sans-serif",
    "view": {"stroke": None},
    "axis": {"labelColor": INK, "titleColor": INK, "domainColor": INK, "tickColor": INK}
    | {"labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "labelLimit": 170}
    | {"gridColor": INK, "gridOpacity": 0.15},
    "legend": {"labelColor": INK, "orient": "top", "labelFontSize": 11, "symbolSize": 60}
    | {"title": None, "columnPadding": 8, "symbolOpacity": 1, "offset": 6}
    | {"layout": {"top": {"anchor": "start", "direction": "vertical", "margin": 2}}},
}


def named(row: Row) -> str:
    """A model in words."""
    return f"{row['kind']} {row['name']}" if row["name"] != ALL_FOLDS else row["kind"]


def outcome(row: Row, score: str) -> str:
    """Which run is better by a score, as far as the interval tells."""
    if not differences.tells(row, score):
        return "not told apart"
    more = row[f"{score}_difference"] > 0
    return "B better" if more == (score != "log_loss") else "A better"


def forest(rows: Sequence[Row], score: str) -> Any:
    """Differences with their 95 % intervals, one line a model.

    Parameters
    ----------
    rows : sequence of mapping
        As of `differences.model_row`. Those of which nothing can be said are left out.
    score : str
        Shares are drawn in points.

    Returns
    -------
    altair.LayerChart or None
        None where no row is left.
    """
    scale = 1 if score == "log_loss" else 100
    marks = []
    for row in rows:
        if differences.few(row, score):
            continue
        value, half = (scale * row[f"{score}_difference{end}"] for end in ("", "_ci95"))
        marks.append(
            {
                "model": named(row),
                "value": value,
                "low": value - half,
                "high": value + half,
                "outcome": outcome(row, score),
                "pairing": "paired" if row["paired"] else "unpaired",
            }
        )
    if not marks:
        return None
    title = "B − A, log-loss (less is better)" if scale == 1 else "B − A / points"
    return _drawn(marks, title)


def _drawn(marks: list[dict[str, Any]], title: str) -> Any:
    colour = alt.Color(
        "outcome:N", scale=alt.Scale(domain=list(OUTCOMES), range=list(OUTCOMES.values()))
    )
    shape = alt.Shape(
        "pairing:N",
        scale=alt.Scale(domain=list(PAIRING), range=list(PAIRING.values())),
        legend=alt.Legend(symbolFillColor=INK, symbolStrokeColor=INK),
    )
    across = alt.Scale(nice=True, zero=True)
    base = alt.Chart().encode(alt.Y("model:N", sort=None, title=None), color=colour)
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=INK, opacity=0.6)
    made = alt.layer(
        zero.encode(alt.X("zero:Q")),
        base.mark_rule(strokeWidth=2).encode(
            alt.X("low:Q", title=title, scale=across, axis=alt.Axis(tickCount=5)), alt.X2("high:Q")
        ),
        base.mark_point(filled=True, size=45, opacity=1).encode(alt.X("value:Q"), shape=shape),
        data=alt.InlineData(values=marks),
    )
    return made.properties(width=WIDTH, height=alt.Step(17))


def described(rows: Sequence[Row], score: str) -> str:
    """What the plot shows, for who does not see it."""
    said = [row for row in rows if not differences.few(row, score)]
    found = [outcome(row, score) for row in said]
    counts = ", ".join(f"{found.count(name)} {name}" for name in OUTCOMES)
    return f"Differences of {len(said)} models, second run minus first, as a forest plot: {counts}."


def as_svg(chart: Any) -> str:
    """The drawing, to stand in a page."""
    import vl_convert

    spec = chart.to_dict(validate=False) | {"background": None}
    return str(vl_convert.vegalite_to_svg(spec, config=THEME))
