"""Figures of the study: its cross-validation, what it must beat, its networks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from stellar import CLASSES
from stellar.evaluation import metrics
from stellar.reporting.figures import style
from stellar.reporting.figures.intervals import bounded
from stellar.reporting.figures.style import Chart, Row, Rows
from stellar.reporting.names import called

SCORES = {"accuracy": "accuracy", "f1_macro": "macro-F1"}
# Columns of the tuner's table that are no hyperparameter.
NO_CHOICE = ("trial", "status", "val_log_loss", "val_accuracy", "hidden")
MEASURES = ("training loss", "validation log-loss", "validation error")
AROUND = 5  # epochs of a moving mean
SPREAD = 0.1  # of an axis's length: over so much lines of one value fan out
STRONG = 5  # trials that are drawn in colour
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
    folds = next(row["folds"] for row in rows if row.get("name"))
    subtitle = f"Variant minus all features, paired by fold, {folds} folds. Bars: 95 % intervals."
    return style.titled(made, "Ablations", subtitle, described)


def _dots(behind: alt.Chart, long: Sequence[Row], across: alt.X) -> Any:
    """Scores of named rows as points with their intervals, the best accuracy at the top."""
    order = {row["name"]: row["value"] for row in long if row["score"] == "accuracy"}
    colour, shape = style.series("score", list(SCORES.values()))
    names = sorted(order, key=lambda name: -order[name])
    base = alt.Chart().encode(
        alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=190)),
        alt.YOffset("score:N", sort=list(SCORES.values())),
        color=colour,
        tooltip=style.tips("name", "score", "with_interval"),
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


def training_table(first: Rows, tuned: Mapping[str, Rows]) -> list[dict[str, Any]]:
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
    of_first = f"datum.network === 'first' && datum.measure {{}} '{MEASURES[2]}'"
    first = _curves("the first network: loss").transform_filter(of_first.format("!=="))
    wrong = _curves("the first network: wrong validation stars", percent=True)
    panels = [
        _smoothed(first),
        _smoothed(wrong.transform_filter(of_first.format("==="))),
        _middle(
            _curves("the tuned network: loss, a thin line a fold").transform_filter(
                "datum.network === 'tuned'"
            )
        ),
    ]
    made = alt.concat(*panels, data=style.data(rows), columns=2)
    last = [row for row in rows if row["network"] == "first"][-3:]
    listed = ", ".join(f"{row['measure']} {row['value']:.3f}" for row in last)
    described = f"Training curves. The first network's last epoch: {listed}."
    subtitle = f"Thin: each epoch. Thick: the mean of {AROUND} epochs, or the median of all folds."
    return style.titled(made, "Training curves", subtitle, described)


def _curves(title: str, percent: bool = False) -> Any:
    """A panel of curves by epoch, without marks."""
    scale = alt.Scale(domain=list(MEASURES), range=list(style.SERIES))
    axis = alt.Axis(format="~%", tickCount=5) if percent else alt.Axis(tickCount=4, format="~g")
    look = alt.Legend(title=None, columns=3, symbolOpacity=1, symbolStrokeWidth=3)
    upright = alt.Scale(zero=False) if percent else alt.Scale(type="log", nice=False)
    return (
        alt.Chart()
        .encode(
            alt.X("epoch:Q", title="epoch", axis=alt.Axis(tickMinStep=1, tickCount=6)),
            alt.Y("value:Q", title=None, scale=upright, axis=axis),
            alt.Color("measure:N", scale=scale, legend=look),
        )
        .properties(title=_small(title), width=style.PANEL, height=200)
    )


def _fits(panel: Any, opacity: float) -> Any:
    """A thin line for each fit."""
    tip = style.tips("fit", "measure", epoch="d", value=".4f")
    return panel.mark_line(strokeWidth=1, opacity=opacity).encode(detail="fit:N", tooltip=tip)


def _smoothed(panel: Any) -> Any:
    """Each epoch thin, and their moving mean thick."""
    side = AROUND // 2
    mean = panel.transform_window(
        smooth="mean(value)", frame=[-side, side], groupby=["measure"], sort=[{"field": "epoch"}]
    )
    thick = mean.mark_line(strokeWidth=2.5).encode(alt.Y("smooth:Q"))
    return alt.layer(_fits(panel, 0.4), thick)


def _middle(panel: Any) -> Any:
    """Each fold thin, and the median of all thick."""
    thick = panel.mark_line(strokeWidth=3).encode(alt.Y("median(value):Q"))
    return alt.layer(_fits(panel, 0.35), thick)


def trial_table(trials: Rows) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
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
        places = _places(values, logarithmic=axis == "log-loss")
        written = values if len(values) <= TICKS else [values[0], values[-1]]
        ticks += [{"axis": axis, "place": places[v], "text": _short(v)} for v in written]
        rows += [
            {"trial": str(trial["trial"]), "rank": rank, "axis": axis, "place": places[row[axis]]}
            | {"value": _short(row[axis]), "log_loss": style.rounded(trial["val_log_loss"], 5)}
            for rank, (trial, row) in enumerate(zip(trials, known, strict=False), 1)
        ]
    return rows, ticks


def trials(table: Rows) -> Chart:
    """The tuner's trials: one line each, the best in colour; rows of its table."""
    rows, ticks = trial_table(table)
    if not rows:
        return style.empty("Trials of the tuner", "All trials are alike.")
    axes = list(dict.fromkeys(row["axis"] for row in rows))
    most = max(row["rank"] for row in rows)
    place = alt.Y("at:Q", axis=None, scale=alt.Scale(domain=[-0.1, 1.1], nice=False))
    across = alt.X(
        "axis:N",
        sort=axes,
        title=None,
        scale=alt.Scale(type="point", padding=0.45),
        axis=alt.Axis(
            labelAngle=0,
            orient="top",
            grid=True,
            domain=False,
            ticks=False,
            labelFontWeight="bold",
            labelExpr="replace(datum.label, '_', ' ')",
        ),
    )
    kinds = {"the best": style.SERIES[1], f"the next {STRONG - 1}": style.SERIES[0]}
    kinds["all others"] = style.QUIET
    names = list(kinds)
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=names, range=list(kinds.values())),
        legend=alt.Legend(title=None, symbolOpacity=1),
    )
    # Lines of one value fan out by their rank, or they would lie on each other.
    fan = f"datum.place + (datum.axis === 'log-loss' ? 0 : {SPREAD} * (datum.rank / {most} - 0.5))"
    kind = f"datum.rank === 1 ? '{names[0]}' : datum.rank <= {STRONG} ? '{names[1]}' : '{names[2]}'"
    tip = style.tips("trial", "axis", "value", rank="d", log_loss=".4f")
    base = alt.Chart().transform_calculate(at=fan, kind=kind)
    base = base.encode(across, place, colour, detail="trial:N", tooltip=tip)
    looks = ((names[2], 1, 0.45, 16), (names[1], 2, 0.9, 30), (names[0], 3.5, 1, 50))
    lines = [
        base.transform_filter(f"datum.kind === '{name}'").mark_line(
            strokeWidth=width, opacity=opacity, point=alt.OverlayMarkDef(size=size, opacity=opacity)
        )
        for name, width, opacity, size in looks
        if most >= {names[2]: STRONG + 1, names[1]: 2}.get(name, 1)  # or marks without a point
    ]
    written = alt.Chart(style.data(ticks)).transform_calculate(at="datum.place")
    texts = [
        written.mark_text(style=of, align="right", dx=-9, fontSize=11).encode(
            across, place, text="text:N"
        )
        for of in ("halo", "ink")
    ]
    made = alt.layer(*lines, *texts, data=style.data(rows))
    made = made.properties(width=style.WIDTH + 40, height=320)
    described = (
        f"{most} trials by their hyperparameters; the best, trial {rows[0]['trial']}, has a "
        f"validation log-loss of {rows[0]['log_loss']}."
    )
    subtitle = "A line a trial, by validation log-loss, which is lowest for the best."
    return style.titled(made, "Trials of the tuner", subtitle, described)


def _choices(trial: Row) -> dict[str, Any]:
    """A trial's hyperparameters, hidden layers by their number and their units, then its score."""
    widths = [int(width) for width in str(trial["hidden"]).split("-")]
    chosen = {name: value for name, value in trial.items() if name not in NO_CHOICE}
    shape = {"layers": len(widths), "units": sum(widths)}
    return {**shape, **chosen, "log-loss": trial["val_log_loss"]}


def _places(values: Sequence[Any], logarithmic: bool) -> dict[Any, float]:
    """Where values stand on an axis from 0 to 1: evenly, or by their logarithms."""
    at = [math.log(v) for v in values] if logarithmic and values[0] > 0 else [*range(len(values))]
    return {
        v: style.rounded((x - at[0]) / (at[-1] - at[0]), 3) for v, x in zip(values, at, strict=True)
    }


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _small(text: str) -> alt.Title:
    return alt.Title(text, fontSize=11, fontWeight="normal", offset=4)


def _words(name: Any) -> str:
    return called(str(name))


def _value(row: Row) -> float:
    return float(row["value"])
