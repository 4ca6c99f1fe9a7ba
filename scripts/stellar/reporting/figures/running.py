"""Figures of the run itself: what its rules cost, and when its jobs ran."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import altair as alt

from stellar.reporting.figures import style
from stellar.reporting.figures.style import Chart, Row, Rows

PHASES = {"import_s": "import", "compile_s": "compile", "train_s": "train"}
PHASES |= {"evaluate_s": "evaluate", "other_s": "other"}
COLOURS = ("#7d8894", "#ab9400", "#2d62c3", "#129ce0", "#d9627c")
SMALL = 1.0  # CPU seconds under which rules are added up
OTHERS = "shorter ones"
IDLE = 60.0  # seconds without a job, from which a pause is left out


def resource_rows(cost: Rows) -> list[dict[str, Any]]:
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
    rows = resource_rows(cost)
    order = list(dict.fromkeys(row["rule"] for row in rows))
    names = list(PHASES.values())
    base = alt.Chart().encode(alt.Y("rule:N", sort=order, title=None))
    scale = alt.Scale(domain=names, range=list(COLOURS))
    time = base.mark_bar().encode(
        alt.X("sum(seconds):Q", title="CPU / s", axis=alt.Axis(tickCount=5)),
        alt.Color("phase:N", scale=scale, legend=alt.Legend(title=None, columns=5)),
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


def schedule_rows(jobs: Rows) -> list[dict[str, Any]]:
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
    rows = schedule_rows(jobs)
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


def _last(rows: Sequence[Row]) -> float:
    return float(max(row["to"] for row in rows))
