"""Figures of the study: its cross-validation, what it must beat, its networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from stellar import CLASSES
from stellar.evaluation import metrics
from stellar.reporting.figures import style
from stellar.reporting.figures.style import Chart, Row, Rows, bounded

SCORES = {"accuracy": "accuracy", "f1_macro": "macro-F1"}
# Columns of the tuner's table that are no hyperparameter.
NO_CHOICE = ("trial", "status", "val_log_loss", "val_accuracy", "hidden")
TICKS = 5  # values of a hyperparameter up to which each is written


def recalls(recall: Mapping[str, Mapping[str, Any]]) -> Chart:
    """Recall of each class with its 95 % interval, pooled over folds."""
    known = {name: recall[name] for name in CLASSES if recall[name]["recall"] is not None}
    rows = [
        {"class": name, "rows": of["rows"]}
        | {key: style.rounded(of[key]) for key in ("recall", "low", "high")}
        for name, of in known.items()
    ]
    base = alt.Chart().encode(
        alt.X("class:N", sort=list(CLASSES), title="spectral class", axis=alt.Axis(labelAngle=0)),
        color=style.of_class(legend=False),
        tooltip=style.tips("class", "rows", recall=".1%", low=".1%", high=".1%"),
    )
    made = alt.layer(
        base.mark_rule(strokeWidth=3).encode(style.upright("low", "recall"), alt.Y2("high:Q")),
        base.mark_point(filled=True, size=70, opacity=1).encode(style.upright("recall", "recall")),
        data=style.data(rows),
    ).properties(width=style.WIDTH, height=style.HEIGHT)
    listed = ", ".join(f"{row['class']} {style.percent(row['recall'])}" for row in rows)
    subtitle = "The tuned network, pooled over folds; bars are 95 % intervals (Wilson)."
    return style.selectable(style.titled(made, "Recall", subtitle, f"Recall by class: {listed}."))


def folds(rows: Rows) -> Chart:
    """Accuracy and macro-F1 of each fold; rows of the table `cv`."""
    long = []
    for row in rows:
        right = round(row["accuracy"] * row["rows"])
        low, high = metrics.wilson(right, row["rows"])
        known = {"fold": row["fold"], "rows": row["rows"]}
        ends = {"low": style.rounded(low), "high": style.rounded(high)}
        long.append({**known, "score": "accuracy", "value": style.rounded(row["accuracy"]), **ends})
        long.append({**known, "score": "macro-F1", **bounded(row["f1_macro"], None)})
    colour, shape = style.series("score", list(SCORES.values()))
    base = alt.Chart().encode(
        alt.X("fold:O", title="fold", axis=alt.Axis(labelAngle=0)),
        color=colour,
        tooltip=style.tips("fold", "rows", "score", value=".2%", low=".2%", high=".2%"),
    )
    value = style.upright("value", "score of the held-out stars")
    made = alt.layer(
        base.mark_rule(strokeWidth=1.5).encode(style.upright("low", None), alt.Y2("high:Q")),
        base.mark_point(filled=True, size=50, opacity=1).encode(value, shape=shape),
        alt.Chart().mark_rule(strokeDash=[4, 3]).encode(alt.Y("mean(value):Q"), color=colour),
        data=style.data(long),
    ).properties(width=style.WIDTH, height=style.HEIGHT)
    values = [row["accuracy"] for row in rows]
    described = (
        f"Accuracy of {len(rows)} folds, from {style.percent(min(values))} to "
        f"{style.percent(max(values))}."
    )
    subtitle = "Bars: 95 % intervals of a fold's accuracy (Wilson). Dashed: means."
    return style.titled(made, "Scores by fold", subtitle, described)


def baselines(rows: Rows, network: float) -> Chart:
    """Accuracy and macro-F1 of the baselines, best first, against the network's accuracy.

    Parameters
    ----------
    rows : rows of the table `baselines`
    network : float
        The tuned network's accuracy.
    """
    long = [
        {"name": _words(row["name"]), "score": name}
        | bounded(row[f"{score}_mean"], row.get(f"{score}_ci95"))
        for row in rows
        if row.get("name")
        for score, name in SCORES.items()
    ]
    mark = alt.Chart(style.data([{"network": style.rounded(network)}]))
    line = mark.mark_rule(style="quiet", strokeDash=[4, 3]).encode(
        alt.X("network:Q"), tooltip=style.tips(network=".1%")
    )
    made = _dots(line, long, style.shares("value", "score", domain=[0, 1]))
    best = max((row for row in long if row["score"] == "accuracy"), key=_value, default=None)
    described = f"The tuned network has an accuracy of {style.percent(network)}."
    if best:
        described += f" The best baseline, {best['name']}, has {style.percent(best['value'])}."
    subtitle = "Dashed: the tuned network's accuracy. Bars: 95 % intervals."
    return style.titled(made, "Baselines", subtitle, described)


def ablation(rows: Rows) -> Chart:
    """Paired differences of each variant from all features; rows of the table `ablation`."""
    long = [
        {"name": _words(row["name"]), "features": row["features"], "score": name}
        | bounded(row[f"{score}_difference"], row[f"{score}_difference_ci95"], least=-1)
        for row in rows
        if row.get("name")
        for score, name in SCORES.items()
    ]
    if not long:
        return style.empty("Ablations", "The configuration has no variant.")
    zero = alt.Chart(style.data([{"zero": 0}])).mark_rule(style="quiet").encode(alt.X("zero:Q"))
    made = _dots(zero, long, style.shares("value", "difference from all features"))
    worst = min((row for row in long if row["score"] == "accuracy"), key=_value)
    described = (
        f"What the network loses with other features: most, {style.percent(-worst['value'])} of "
        f"accuracy, with {worst['name']}."
    )
    subtitle = "Variant minus all features, paired by fold. Bars: 95 % intervals."
    return style.titled(made, "Ablations", subtitle, described)


def _dots(behind: alt.Chart, long: Sequence[Row], across: alt.X) -> Any:
    """Scores of named rows as points with their intervals, the best accuracy at the top."""
    order = {row["name"]: row["value"] for row in long if row["score"] == "accuracy"}
    colour, shape = style.series("score", list(SCORES.values()))
    names = sorted(order, key=lambda name: -order[name])
    base = alt.Chart().encode(
        alt.Y("name:N", sort=names, title=None),
        alt.YOffset("score:N", sort=list(SCORES.values())),
        color=colour,
        tooltip=style.tips("name", "score", value=".2%", low=".2%", high=".2%"),
    )
    low = across.copy()
    low["shorthand"] = "low:Q"
    made = alt.layer(
        behind,
        base.mark_rule(strokeWidth=2).encode(low, alt.X2("high:Q")),
        base.mark_point(filled=True, size=50, opacity=1).encode(across, shape=shape),
        data=style.data(long),
    )
    return made.properties(width=style.WIDTH - 100, height=28 * len(names))


def training_rows(first: Rows, tuned: Mapping[str, Rows]) -> list[dict[str, Any]]:
    """Histories of the first network and of each fold's, a row an epoch and measure.

    Of an ensemble the first network shows its first member; folds have a line a member.
    """
    rows = []
    measures = {"loss": "training loss", "val_log_loss": "validation log-loss"}
    for row in (row for row in first if row["member"] == 0):
        known = {"network": "first", "fit": "first", "epoch": row["epoch"]}
        rows += [
            {**known, "measure": name, "value": style.rounded(row[key], 5)}
            for key, name in measures.items()
        ]
        wrong = style.rounded(1 - row["val_accuracy"], 5)
        rows.append({**known, "measure": "validation error", "value": wrong})
    for fold, history in tuned.items():
        for row in history:
            key = "val_log_loss" if "val_log_loss" in row else "loss"
            fit = f"{fold}, member {row['member']}" if row["member"] else fold
            known = {"network": "tuned", "fit": fit, "epoch": row["epoch"]}
            rows.append({**known, "measure": measures[key], "value": style.rounded(row[key], 5)})
    return rows


def training(rows: Rows) -> Chart:
    """Loss by epoch: the study's first network, and the tuned one's folds."""
    names = ["training loss", "validation log-loss", "validation error"]
    scale = alt.Scale(domain=names, range=list(style.SERIES))
    base = alt.Chart().encode(
        alt.X("epoch:Q", title="epoch", axis=alt.Axis(tickMinStep=1, tickCount=6)),
        alt.Y("value:Q", title=None, scale=alt.Scale(type="log", nice=False), axis=_few()),
        color=alt.Color("measure:N", scale=scale, legend=alt.Legend(title=None, columns=2)),
        detail="fit:N",
        tooltip=style.tips("fit", "measure", epoch="d", value=".4f"),
    )
    panels = [
        base.mark_line(strokeWidth=width, opacity=opacity, interpolate="linear", clip=True)
        .transform_filter(f"datum.network === '{network}'")
        .properties(title=_small(title), width=style.PANEL, height=220)
        for network, title, width, opacity in (
            ("first", "the study's first network", 2, 1),
            ("tuned", "the tuned network, a line a fold", 1.2, 0.6),
        )
    ]
    made = alt.concat(*panels, data=style.data(rows), columns=2)
    last = [row for row in rows if row["network"] == "first"][-3:]
    listed = ", ".join(f"{row['measure']} {row['value']:.3f}" for row in last)
    described = f"Training curves. The first network's last epoch: {listed}."
    return style.titled(made, "Training curves", "", described)


def trial_rows(trials: Rows) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The tuner's trials as lines across the hyperparameters that differ among them.

    Parameters
    ----------
    trials : rows of the tuner's table, best first

    Returns
    -------
    rows, ticks : list of dict
        Of each trial and `axis` its `value` and `place` (0: the least of all, 1: the largest);
        what is written along each axis.
    """
    known = [_choices(row) for row in trials if row["val_log_loss"] is not None]
    axes = [name for name in known[0] if len({row[name] for row in known}) > 1] if known else []
    rows: list[dict[str, Any]] = []
    ticks = []
    for axis in axes:
        values = sorted({row[axis] for row in known}, key=lambda v: (isinstance(v, str), v))
        places = {v: style.rounded(i / (len(values) - 1), 3) for i, v in enumerate(values)}
        written = values if len(values) <= TICKS else [values[0], values[-1]]
        ticks += [{"axis": axis, "place": places[v], "text": _short(v)} for v in written]
        rows += [
            {"trial": str(trial["trial"]), "rank": rank, "axis": axis, "place": places[row[axis]]}
            | {"value": _short(row[axis]), "log_loss": style.rounded(trial["val_log_loss"], 5)}
            for rank, (trial, row) in enumerate(zip(trials, known, strict=False), 1)
        ]
    return rows, ticks


def trials(table: Rows) -> Chart:
    """The tuner's trials: one line each, the better the stronger; rows of its table."""
    rows, ticks = trial_rows(table)
    if not rows:
        return style.empty("Trials of the tuner", "All trials are alike.")
    axes = list(dict.fromkeys(row["axis"] for row in rows))
    most = max(row["rank"] for row in rows)
    place = alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[-0.06, 1.06], nice=False))
    across = alt.X(
        "axis:N",
        sort=axes,
        title=None,
        axis=alt.Axis(
            labelAngle=0, orient="top", grid=True, labelExpr="replace(datum.label, '_', ' ')"
        ),
    )
    colour = alt.Color(
        "rank:Q",
        title="rank by validation log-loss",
        scale=alt.Scale(domain=[1, most], range=["#2d62c3", "#b5c0cd"]),
        legend=alt.Legend(type="gradient", gradientLength=120, values=[1, most]),
    )
    tip = style.tips("trial", "axis", "value", rank="d", log_loss=".4f")
    base = alt.Chart().encode(across, place, tooltip=tip)
    lines = base.mark_line(opacity=0.75, strokeWidth=1.2).encode(colour, detail="trial:N")
    points = base.mark_circle(size=40, opacity=0.9).encode(colour)
    best = base.transform_filter("datum.rank === 1").mark_line(
        color=style.SERIES[1], strokeWidth=3, point=alt.OverlayMarkDef(color=style.SERIES[1])
    )
    text = alt.Chart(style.data(ticks)).mark_text(align="left", dx=8, fontSize=10)
    made = alt.layer(
        lines, points, best, text.encode(across, place, text="text:N"), data=style.data(rows)
    )
    made = made.properties(width=style.WIDTH + 40, height=260)
    described = (
        f"{most} trials by their hyperparameters; the best, trial {rows[0]['trial']}, has a "
        f"validation log-loss of {rows[0]['log_loss']}."
    )
    subtitle = "A line a trial, coloured by rank; the best one is thick."
    return style.titled(made, "Trials of the tuner", subtitle, described)


def _choices(trial: Row) -> dict[str, Any]:
    """A trial's hyperparameters, hidden layers by their number and their units, then its score."""
    widths = [int(width) for width in str(trial["hidden"]).split("-")]
    chosen = {name: value for name, value in trial.items() if name not in NO_CHOICE}
    shape = {"layers": len(widths), "units": sum(widths)}
    return {**shape, **chosen, "log-loss": trial["val_log_loss"]}


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _few() -> alt.Axis:
    return alt.Axis(tickCount=4, format="~g")


def _small(text: str) -> alt.Title:
    return alt.Title(text, fontSize=11, fontWeight="normal", offset=4)


def _words(name: Any) -> str:
    return str(name).replace("_", " ")


def _value(row: Row) -> float:
    return float(row["value"])
