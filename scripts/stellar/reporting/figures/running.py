"""Figures of the run itself: what its rules cost, and when its jobs ran."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import altair as alt

from stellar.reporting.figures import layers, style
from stellar.reporting.figures.style import Chart, Row, Rows

PHASES = {"import_s": "import", "compile_s": "compile", "train_s": "train"}
PHASES |= {"evaluate_s": "evaluate", "other_s": "other"}
COLOURS = ("#7d8894", "#ab9400", "#2d62c3", "#129ce0", "#d9627c")
SMALL = 1.0  # CPU seconds under which rules are added up
OTHERS = "shorter ones"
BOX = (0.4, 0.44)  # half the width and height of a rule's box, that of its place being 1
LONG = 14  # letters of a rule's name that fit in its box
NARROWEST = 860  # pixels below which the names of rules would run into each other
IDLE = 60.0  # seconds without a job, from which a pause is left out


def resource_table(cost: Rows) -> list[dict[str, Any]]:
    """CPU seconds of each rule by phase, beside its memory; rows of the table `cost`.

    Rules that took less than a second stand as one.
    """
    known = [row for row in cost if row["rule"] != "all jobs"]
    shown = [row for row in known if row["cpu_s"] >= SMALL]
    short = [row for row in known if row["cpu_s"] < SMALL]
    if short:
        sums = {name: sum(row[name] for row in short) for name in ("jobs", "cpu_s", *PHASES)}
        shown.append({"rule": OTHERS, "peak_mb": max(row["peak_mb"] for row in short), **sums})
    return [
        {"rule": row["rule"], "jobs": row["jobs"], "phase": phase}
        | {"seconds": style.rounded(row[name], 2), "peak_mb": style.rounded(row["peak_mb"], 0)}
        for row in shown
        for name, phase in PHASES.items()
    ]


def resources(cost: Rows) -> Chart:
    """CPU time by rule and phase, and the largest memory of a job of each rule."""
    rows = resource_table(cost)
    order = list(dict.fromkeys(row["rule"] for row in rows))
    names = list(PHASES.values())
    base = alt.Chart().encode(alt.Y("rule:N", sort=order, title=None))
    scale = alt.Scale(domain=names, range=list(COLOURS))
    time = base.mark_bar().encode(
        alt.X("sum(seconds):Q", title="CPU / s", axis=alt.Axis(tickCount=5)),
        alt.Color("phase:N", scale=scale, legend=alt.Legend(title=None, columns=3)),
        alt.Order("step:Q"),
        tooltip=style.tips("rule", "jobs", "phase", seconds=",.1f"),
    )
    time = time.transform_calculate(step=f"indexof({names}, datum.phase)")
    memory = base.mark_bar(color=style.QUIET).encode(
        alt.X("max(peak_mb):Q", title="largest memory of a job / MB", axis=alt.Axis(tickCount=5)),
        tooltip=[alt.Tooltip("rule:N"), alt.Tooltip("max(peak_mb):Q", title="MB", format=",")],
    )
    panels = [of.properties(width=210, height=alt.Step(15)) for of in (time, memory)]
    made = alt.concat(*panels, data=style.data(rows), columns=2)
    whole, most = (of(row["seconds"] for row in rows) for of in (sum, max))
    dearest = next(row for row in rows if row["seconds"] == most)
    described = (
        f"{whole:,.0f} seconds of CPU in all; the dearest phase of a rule is {dearest['phase']} of "
        f"{dearest['rule']} with {most:,.0f} seconds."
    )
    return style.titled(made, "CPU and memory by rule", "", described)


def schedule_table(jobs: Rows) -> list[dict[str, Any]]:
    """When each job ran, in minutes from the first one; pauses of the run are left out.

    Parameters
    ----------
    jobs : rows of the table `jobs`
        Of those that have a `start` (date and time, to the second) and `wall_s`.
    """
    known = sorted(
        ((datetime.fromisoformat(row["start"]), row) for row in jobs if row.get("start")),
        key=lambda pair: (pair[0], pair[1]["rule"], str(pair[1]["job"])),
    )
    rows: list[dict[str, Any]] = []
    end = paused = 0.0
    for start, row in known:
        seconds = (start - known[0][0]).total_seconds() - paused
        if seconds > end + IDLE:
            paused += seconds - end
            seconds = end
        end = max(end, seconds + row["wall_s"])
        ends = {"from": seconds / 60, "to": (seconds + row["wall_s"]) / 60}
        rows.append(
            {"rule": row["rule"], "job": "" if row["job"] is None else str(row["job"])}
            | {"start": row["start"], "seconds": style.rounded(row["wall_s"], 1)}
            | {name: style.rounded(value, 3) for name, value in ends.items()}
        )
    return rows


def schedule(jobs: Rows) -> Chart:
    """Which job ran when: a bar each, its rule's at one height; rows of the table `jobs`."""
    rows = schedule_table(jobs)
    if not rows:
        return style.empty("Jobs by time", "The logs of this run do not say when jobs began.")
    order = list(dict.fromkeys(row["rule"] for row in rows))
    bars = alt.Chart(style.data(rows)).mark_bar(
        color=style.SERIES[0], opacity=0.6, stroke="#17457c", strokeWidth=0.5, minBandSize=2
    )
    made = bars.encode(
        alt.X("from:Q", title="minutes since the first job", axis=alt.Axis(tickCount=8)),
        alt.X2("to:Q"),
        alt.Y("rule:N", sort=order, title=None, axis=alt.Axis(grid=True)),
        tooltip=style.tips("rule", "job", "start", seconds=",.1f"),
    ).properties(width=style.WIDTH, height=15 * len(order))
    minutes = f"{_last(rows):.1f} minutes, from {rows[0]['rule']} to {rows[-1]['rule']}"
    described = f"{len(rows)} jobs of {len(order)} rules in {minutes}."
    subtitle = "Rules in the order of their first job; pauses of the run are left out."
    return style.titled(made, "Jobs by time", subtitle, described)


def dag_tables(cost: Rows) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rules as a graph from left to right; rows of the table `cost`.

    Returns
    -------
    rules, edges : list of dict
        Of each rule its row and its place, `layer` and `height`; of each edge `from` and `to`, and
        in several rows its `step`s. Edges that a longer way says, too, are left out.
    """
    known = {row["rule"]: row for row in cost if row["rule"] != "all jobs"}
    drawn = layers.layered(
        layers.direct({rule: str(row["after"] or "").split() for rule, row in known.items()})
    )
    rules = [
        {"rule": rule, "layer": layer, "height": style.rounded(height, 2), "jobs": row["jobs"]}
        | {name: style.rounded(row[name], 1) for name in ("wall_s", "cpu_s")}
        | {"after": str(row["after"] or "")}
        for rule, row in known.items()
        for layer, height in [drawn.places[rule]]
    ]
    edges = []
    for (a, b), points in zip(drawn.ends, drawn.edges, strict=True):
        steps = [point for x, y in points for point in ((x - BOX[0], y), (x + BOX[0], y))][1:-1]
        edges += [
            {"from": a, "to": b, "step": step, "x": style.rounded(x, 2), "y": style.rounded(y, 2)}
            for step, (x, y) in enumerate(steps)
        ]
    return rules, edges


def dag(cost: Rows) -> Chart:
    """The rules in the order in which they need each other; rows of the table `cost`."""
    rules, edges = dag_tables(cost)
    last, most = max(row["layer"] for row in rules), max(abs(row["height"]) for row in rules)
    across = alt.Scale(domain=[-0.5, last + 0.5], nice=False, zero=False)
    up = alt.Scale(domain=[most + 0.5, -most - 0.5], nice=False, zero=False)

    def place(x: str, y: str) -> dict[str, Any]:
        return {"x": alt.X(x, axis=None, scale=across), "y": alt.Y(y, axis=None, scale=up)}

    lines = alt.Chart(style.data(edges)).mark_line(
        style="quiet", interpolate="monotone", strokeWidth=1, opacity=0.7
    )
    lines = lines.encode(**place("x:Q", "y:Q"), detail=["from:N", "to:N"], order="step:Q")
    base = alt.Chart().encode(
        tooltip=style.tips("rule", "after", jobs=",", wall_s=",.1f", cpu_s=",.1f")
    )
    ends = {f"{of}{end}": f"datum.{name} {sign} {half}"
            for of, name, half in (("x", "layer", BOX[0]), ("y", "height", BOX[1]))
            for end, sign in ((1, "-"), (2, "+"))}  # fmt: skip
    sides = base.transform_calculate(**ends)
    share = alt.Scale(type="sqrt", range=[0.06, 0.42])
    paper = sides.mark_rect(style="paper", cornerRadius=4)
    box = sides.mark_rect(color=style.SERIES[0], stroke=style.QUIET, cornerRadius=4).encode(
        fillOpacity=alt.Opacity("cpu_s:Q", scale=share, legend=None)
    )
    boxes = [of.encode(**place("x1:Q", "y1:Q"), x2="x2:Q", y2="y2:Q") for of in (paper, box)]
    texts = [
        base.transform_calculate(text=words)
        .mark_text(style="ink", dy=dy, fontSize=size, fontWeight=weight)
        .encode(**place("layer:Q", "height:Q"), text="text:N")
        for words, dy, size, weight in _said()
    ]
    made = alt.layer(lines, *boxes, *texts, data=style.data(rules))
    made = made.properties(
        width=NARROWEST, height=60 * (2 * most + 1), usermeta={"least": NARROWEST}
    )
    first, end = (by(rules, key=lambda row: row["layer"]) for by in (min, max))
    described = (
        f"{len(rules)} rules in {last + 1} steps, from {first['rule']} to {end['rule']}; "
        f"{sum(row['jobs'] for row in rules)} jobs."
    )
    subtitle = "Each rule: its jobs, their seconds by the clock · of CPU. The more CPU the bluer."
    return style.titled(made, "Rules and what they need", subtitle, described)


def _said() -> list[tuple[str, int, int, Literal["bold", "normal"]]]:
    """What stands in a rule's box: expressions, with their places, sizes and weights.

    A long name is broken behind one of its underscores.
    """
    at = f"length(datum.rule) > {LONG} ? lastindexof(datum.rule, '_') + 1 : 0"
    times = " + ' · ' + ".join(
        f"(datum.{of} < 10 ? format(datum.{of}, '.1f') + ' s' : datum.{of} < 1000 ? "
        f"format(datum.{of}, '.0f') + ' s' : format(datum.{of} / 60, ',.0f') + ' min')"
        for of in ("wall_s", "cpu_s")
    )
    return [
        (f"substring(datum.rule, 0, {at})", -18, 10, "bold"),
        (f"substring(datum.rule, {at})", -7, 10, "bold"),
        ("datum.jobs + (datum.jobs === 1 ? ' job' : ' jobs')", 6, 9, "normal"),
        (times, 17, 9, "normal"),
    ]


def _last(rows: Sequence[Row]) -> float:
    return float(max(row["to"] for row in rows))
