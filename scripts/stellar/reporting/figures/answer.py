"""Figures of the answer: the comparison, its calibration, the experiments."""

from __future__ import annotations

import re
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
LABELS = {
    "elodie": "label elodie: type of the ELODIE library star",
    "subclass": "label subclass: SDSS's own template",
    "hammer": "label hammer: type by The Hammer",
}
LEARNERS = {name: called(name) for name in ("network", "boosted_trees")}
KINDS = {"leak": "#c2410c", "clean": "#2d62c3", "trivial": "#7d8894"}
NOTHING = "The survey lacks what this figure is of."
OWN = "the tuned network"
FULL = 0.65  # share from which a cell is so full that its text has the colour of the page


def answer(document: Mapping[str, Any]) -> Chart:
    """The headline, and what is left of it: the `bars` of summary/answer.json."""
    rows = [
        {"place": place, **{key: bar[key] for key in ("what", "kind", "shown")}}
        | {"number": re.sub(r" (±|%).*", "", bar["shown"]) + " %"}
        | {key: style.rounded(bar[key]) for key in ("accuracy", "low", "high")}
        for place, bar in enumerate(document["bars"])
    ]
    scale = alt.Scale(domain=list(KINDS), range=list(KINDS.values()))
    across = style.shares("accuracy", "accuracy", domain=[0, 1.12], nice=False)
    across["axis"]["values"] = [0, 0.25, 0.5, 0.75, 1]
    base = alt.Chart().encode(
        alt.Y("place:O", axis=None),
        tooltip=style.tips("what", "shown"),
    )
    bars = base.mark_bar(height=16, cornerRadiusEnd=2).encode(
        across, alt.Color("kind:N", scale=scale, legend=None)
    )
    ends = base.mark_rule(style="ink", strokeWidth=1.5).encode(alt.X("low:Q"), alt.X2("high:Q"))
    said = base.mark_text(align="left", dy=-17, fontSize=12).encode(x=alt.value(0), text="what:N")
    ahead = "isValid(datum.high) ? datum.high : datum.accuracy"
    number = base.mark_text(align="left", dx=6, fontSize=12, fontWeight="bold")
    number = number.transform_calculate(end=ahead).encode(alt.X("end:Q"), text="number:N")
    made = alt.layer(bars, ends, said, number, data=style.data(rows))
    made = made.properties(width=style.WIDTH, height=46 * len(rows))
    listed = "; ".join(f"{row['what']}: {row['number']}" for row in rows)
    subtitle = "Lines at the ends of bars: 95 % intervals."
    return style.titled(made, "Accuracy, and what it rests on", subtitle, f"Accuracies. {listed}.")


def confusion_table(rows: Rows, counts: Rows) -> list[dict[str, Any]]:
    """Confusion matrices of several models, each cell with its share of the true class.

    Parameters
    ----------
    rows, counts
        As in `confusion`.
    """
    cells: list[dict[str, Any]] = [
        {"model": OWN, "class": true, "predicted": predicted, "rows": n}
        for true, line in zip(CLASSES, counts, strict=True)
        for predicted, n in zip(CLASSES, line, strict=True)
    ]
    cells += [
        {"model": _model(row), "class": row["true"]}
        | {name: row[name] for name in ("predicted", "rows")}
        for row in rows
    ]
    of_class: dict[tuple[str, str], int] = {}
    for cell in cells:
        key = (cell["model"], cell["class"])
        of_class[key] = of_class.get(key, 0) + cell["rows"]
    for cell in cells:
        whole = of_class[cell["model"], cell["class"]]
        cell["share"] = style.rounded(cell["rows"] / whole, 6) if whole else 0.0
    return cells


def confusion(document: Mapping[str, Any], rows: Rows) -> Chart:
    """Confusion matrices, one at a time: counts, or shares of the true class.

    Parameters
    ----------
    document : mapping
        Of the study's pooled predictions: `confusion`, counts of shape (7, 7).
    rows : rows of the table `confusions`
        The comparison's.
    """
    cells = confusion_table(rows, document["confusion"])
    models = list(dict.fromkeys(cell["model"] for cell in cells))
    model = alt.param("model", value=models[0], bind=alt.binding_select(options=models, name="of "))
    shown = alt.binding_radio(options=["recall", "counts"], name="shown as ")
    measure = alt.param("measure", value="recall", bind=shown)
    base = alt.Chart().encode(
        alt.X(
            "predicted:N",
            sort=list(CLASSES),
            title="predicted class",
            scale=alt.Scale(domain=list(CLASSES)),
            axis=alt.Axis(labelAngle=0, orient="top", domain=False, ticks=False),
        ),
        alt.Y(
            "class:N",
            sort=list(CLASSES),
            title="true class (label)",
            axis=alt.Axis(domain=False, ticks=False),
        ),
        tooltip=style.tips("model", "class", "predicted", rows=",", share=".2%"),
    )
    scale = alt.Scale(domain=[0, 1])  # its colours are the theme's heatmap
    cell = base.mark_rect(style="tile", strokeWidth=1).encode(
        alt.Color("share:Q", scale=scale, legend=None)
    )
    share = "datum.share < 0.0005 ? '<0.1%' : format(datum.share, '.1%')"
    text = f"datum.rows ? measure === 'counts' ? format(datum.rows, ',') : {share} : ''"
    said = [
        base.mark_text(style=look, fontSize=10)
        .transform_calculate(said=text)
        .transform_filter(f"datum.share {which} {FULL}")
        .encode(text="said:N")
        for look, which in (("ink", "<="), ("paper", ">"))
    ]
    made = alt.layer(cell, *said, data=style.data(cells))
    made = made.add_params(model, measure).transform_filter("datum.model === model")
    made = made.properties(width=360, height=320)
    own = [cell for cell in cells if cell["model"] == OWN]
    right = sum(cell["rows"] for cell in own if cell["class"] == cell["predicted"])
    whole = sum(cell["rows"] for cell in own)
    described = (
        f"Confusion matrix of {OWN}: {right:,} of {whole:,} rows are called by their label; "
        f"another of {len(models)} models can be chosen."
    )
    shown_as = "(measure === 'counts' ? 'rows' : 'shares of each true class')"
    title = alt.ExprRef(f"['Confusion matrix, ' + {shown_as}, model]")
    subtitle = "One model at a time; choose it below."
    return style.selectable(style.titled(made, title, subtitle, described))


def tiers(rows: Rows) -> Chart:
    """Accuracy and macro-F1 of each tier, by label; hollow where they are circular."""
    if not rows:
        return style.empty("Scores by features", NOTHING)
    names = list(dict.fromkeys(row["tier"] for row in rows))
    long = [
        {"tier": row["tier"], "label": row["label"], "labelled": LABELS[row["label"]]}
        | {"shares": row["shares"], "circular": row["shares"].endswith("circular")}
        | {"score": score, **bounded(row[score], row[f"{score}_ci95"])}
        for row in rows
        for score in SCORES
    ]
    made = alt.concat(
        *(_tier_scores(score, name, names) for score, name in SCORES.items()),
        data=style.data(long),
        columns=2,
    )
    first = [row for row in rows if row["label"] == rows[0]["label"]]
    listed = ", ".join(f"{row['tier']} {style.percent(row['accuracy'])}" for row in first)
    described = f"Accuracy by features (label {rows[0]['label']}): {listed}."
    subtitle = (
        "Each set has the features of those above it. Hollow: label and features share the "
        "library star. Bars: 95\u00a0% intervals."
    )
    return style.titled(made, "Scores by features", subtitle, described)


def _tier_scores(score: str, name: str, tiers_of: Sequence[str]) -> Any:
    """A score of all tiers: a line each for a tier and a label, its number beside the point."""
    colour, shape = style.series("labelled", list(LABELS.values()))
    colour["legend"] = shape["legend"] = alt.Legend(title=None, columns=1, labelLimit=300)
    plain = alt.Chart().encode(
        alt.Y(
            "tier:N",
            sort=list(tiers_of),
            title="features",
            axis=alt.Axis(
                labelExpr="datum.index === 0 ? datum.value : '+ ' + datum.value",
                bandPosition=0,
                grid=True,
                ticks=False,
            ),
        ),
        alt.YOffset("labelled:N", sort=list(LABELS.values())),
        tooltip=style.tips("tier", "label", "shares", "with_interval"),
    )
    base = plain.encode(color=colour)
    # From 0 on, so that what differs little looks so; room for numbers, but no share above 100 %.
    value, low = (style.shares(of, name, domain=[0, 1.19], nice=False) for of in ("value", "low"))
    value["axis"]["labelExpr"] = "datum.value > 1 ? '' : datum.label"
    solid = alt.condition("datum.circular", alt.value(0), alt.value(1))
    point = base.mark_point(size=70, opacity=1, strokeWidth=2)
    number = plain.mark_text(align="left", dx=8, style="ink", fontSize=10).encode(
        alt.X("high:Q"), text=alt.Text("value:Q", format=".1%")
    )
    made = alt.layer(
        base.mark_rule(strokeWidth=2).encode(low, alt.X2("high:Q")),
        point.encode(value, shape=shape, fill=colour.copy(), fillOpacity=solid),
        number,
    ).transform_filter(f"datum.score === '{score}'")
    return made.properties(width=style.PANEL, height=alt.Step(20))


def reliability(rows: Rows) -> Chart:
    """Accuracy against confidence, before and after scaling, with Wilson's 95 % intervals."""
    if not rows:
        return style.empty("Reliability", NOTHING)
    points = []
    for row in rows:
        low, high = metrics.wilson(round(row["accuracy"] * row["rows"]), int(row["rows"]))
        numbers = {"confidence": row["confidence"], "accuracy": row["accuracy"]}
        numbers |= {"low": low, "high": high}
        points.append({"scaling": row["when"], "rows": row["rows"]})
        points[-1] |= {name: style.rounded(value) for name, value in numbers.items()}
    colour, shape = style.series("scaling", ("before", "after"))
    base = alt.Chart().encode(
        style.shares("confidence", "highest probability", domain=[0, 1]),
        color=colour,
        tooltip=style.tips(
            "scaling", "rows", confidence=".1%", accuracy=".1%", low=".1%", high=".1%"
        ),
    )
    ends = [{"confidence": x, "accuracy": x} for x in (0, 1)]
    upright = style.upright("accuracy", "share of right predictions", domain=[0, 1])
    perfect = alt.Chart(style.data(ends)).mark_line(style="quiet", strokeDash=[4, 3])
    made = alt.layer(
        perfect.encode(alt.X("confidence:Q"), alt.Y("accuracy:Q")),
        base.mark_rule().encode(alt.Y("low:Q"), alt.Y2("high:Q")),
        base.mark_line(strokeWidth=1).encode(upright),
        base.mark_point(filled=True, size=50, opacity=1).encode(upright, shape=shape),
        data=style.data(points),
    ).properties(width=340, height=320)
    after = [row for row in points if row["scaling"] == "after" and row["rows"] > 0]
    off = max((abs(row["accuracy"] - row["confidence"]) for row in after), default=0.0)
    described = f"After scaling, the share of right predictions is within {style.percent(off)} of "
    described += "the highest probability in each bin."
    subtitle = "Dashed: probabilities that are shares. Bars: 95 % intervals (Wilson)."
    return style.titled(made, "Reliability", subtitle, described)


def risk_coverage(rows: Rows) -> Chart:
    """Error rate of the most confident predictions against their share."""
    if not rows:
        return style.empty("Risk and coverage", NOTHING)
    points = [{name: style.rounded(row[name]) for name in ("coverage", "risk")} for row in rows]
    base = alt.Chart(style.data(points)).encode(
        style.shares("coverage", "stars that get a class, most confident first"),
        style.upright("risk", "wrong predictions among them", zero=True),
        tooltip=style.tips(coverage=".0%", risk=".2%"),
    )
    made = base.mark_line(color=style.SERIES[0], strokeWidth=2, point=alt.OverlayMarkDef(size=20))
    half = min(points, key=lambda row: abs(row["coverage"] - 0.5))
    described = f"Among the surer half of the stars {style.percent(half['risk'])} of the "
    described += f"predictions are wrong, among all {style.percent(points[-1]['risk'])}."
    made = made.properties(width=style.WIDTH, height=style.HEIGHT)
    return style.titled(made, "Risk and coverage", "", described)


def learning_curves(*tables: Rows) -> Chart:
    """Accuracy and macro-F1 against the number of stars trained on."""
    rows = [row for table in tables for row in table]
    if not rows:
        return style.empty("Learning curves", NOTHING)
    long = [
        {"learner": LEARNERS[row["learner"]], "stars": row["stars"], "score": score}
        | bounded(row[score], row[f"{score}_ci95"])
        for row in rows
        for score in SCORES
    ]
    most = max(rows, key=lambda row: (row["learner"] == "network", row["stars"]))
    reached, who = style.percent(most["accuracy"]), LEARNERS[most["learner"]]
    described = f"Trained on {most['stars']:,.0f} stars, the accuracy of the {who} is {reached}."
    made = alt.concat(
        *(_curve(name, score, "stars", "stars trained on") for score, name in SCORES.items()),
        data=style.data(long),
        columns=2,
    )
    subtitle = "Means over folds; bars: 95 % intervals."
    return style.titled(made, "Learning curves", subtitle, described)


def _curve(title: str, score: str, field: str, across: str) -> Any:
    """A score of both learners against a number, on a logarithmic axis."""
    colour, shape = style.series("learner", list(LEARNERS.values()))
    base = alt.Chart().encode(
        alt.X(
            f"{field}:Q",
            title=across,
            scale=alt.Scale(type="log", nice=False, padding=8),
            axis=alt.Axis(values=style.DECADES, format="~s"),
        ),
        color=colour,
        tooltip=style.tips("learner", "with_interval", **{field: ","}),
    )
    value = style.upright("value", title)
    layers = alt.layer(
        base.mark_rule().encode(style.upright("low", title), alt.Y2("high:Q")),
        base.mark_line(strokeWidth=1.5).encode(value),
        base.mark_point(filled=True, size=50, opacity=1).encode(value, shape=shape),
    )
    made = layers.transform_filter(f"datum.score === '{score}'")
    return made.properties(width=style.PANEL, height=220)


def memorise(rows: Rows) -> Chart:
    """Training and held-out accuracy against parameters per star, real and permuted labels."""
    if not rows:
        return style.empty("Memorising", NOTHING)
    sides = {"training_accuracy": "training stars", "held_out_accuracy": "held-out stars"}
    long = [
        {"labels": row["labels"], "stars": title, "parameters": row["parameters"]}
        | {"parameters_per_star": style.rounded(row["parameters_per_star"], 3)}
        | {"accuracy": style.rounded(row[side])}
        for row in rows
        for side, title in sides.items()
    ]
    colour, shape = style.series("labels", ("real", "permuted"))
    chance = style.data([{"chance": style.rounded(rows[0]["chance"])}])
    line = alt.Chart(chance).mark_rule(style="quiet", strokeDash=[4, 3])
    base = alt.Chart().encode(
        alt.X(
            "parameters_per_star:Q",
            title="parameters per star",
            scale=alt.Scale(type="log", nice=False, padding=8),
            axis=alt.Axis(values=style.DECADES, format="~g"),
        ),
        style.upright("accuracy", "accuracy", domain=[0, 1]),
        color=colour,
        tooltip=style.tips("labels", parameters=",", parameters_per_star=".2f", accuracy=".1%"),
    )
    panels = [
        alt.layer(
            line.encode(alt.Y("chance:Q"), tooltip=style.tips(chance=".1%")),
            base.mark_line(strokeWidth=1.5).transform_filter(f"datum.stars === '{title}'"),
            base.mark_point(filled=True, size=50, opacity=1)
            .encode(shape=shape)
            .transform_filter(f"datum.stars === '{title}'"),
        ).properties(title=small(title), width=style.PANEL, height=220)
        for title in sides.values()
    ]
    made = alt.concat(*panels, data=style.data(long), columns=2)
    best = max(row["training_accuracy"] for row in rows if row["labels"] == "permuted")
    described = f"Permuted labels are learnt to {style.percent(best)} by the widest networks."
    subtitle = "Dashed: the commonest class for every star."
    return style.titled(made, "Memorising", subtitle, described)


def importance(*tables: Rows) -> Chart:
    """Accuracy lost where a group of columns is permuted, a panel for each tier."""
    rows = [row for table in tables for row in table]
    if not rows:
        return style.empty("Permutation importance", NOTHING)
    long = [
        {"tier": row["tier"], "group": row["group"]}
        | bounded(row["accuracy"], row["accuracy_ci95"], least=-1)
        for row in rows
    ]
    names = list(dict.fromkeys(row["tier"] for row in rows))
    ends = [row[end] for row in long for end in ("low", "high")]
    span = [min(0.0, *ends), max(ends)] if ends else [0.0, 1.0]
    panels = []
    for tier in names:
        base = alt.Chart().encode(
            alt.Y(
                "group:N", sort=[row["group"] for row in rows if row["tier"] == tier], title=None
            ),
            tooltip=style.tips("tier", "group", "with_interval"),
        )
        colour = alt.value(style.SERIES[0])
        value, low = (
            style.shares(field, "accuracy lost", domain=span) for field in ("value", "low")
        )
        layer = alt.layer(
            base.mark_rule(strokeWidth=2).encode(low, alt.X2("high:Q"), color=colour),
            base.mark_point(filled=True, size=55, opacity=1).encode(value, color=colour),
        ).transform_filter(alt.FieldEqualPredicate(field="tier", equal=tier))
        panels.append(
            layer.properties(title=small(f"features {tier}"), width=180, height=alt.Step(17))
        )
    made = alt.concat(*panels, data=style.data(long), columns=2)
    most = max(long, key=lambda row: row["value"])
    described = (
        f"Accuracy lost by permuting: most, {style.percent(most['value'])}, by {most['group']} in "
        f"the features {most['tier']}."
    )
    subtitle = "Of held-out stars; bars: 95 % intervals."
    return style.titled(made, "Permutation importance", subtitle, described)


def brightness(rows: Rows) -> Chart:
    """Accuracy against magnitude and signal-to-noise ratio, in bins of equal numbers of stars."""
    titles = {"r": "r / mag", "snMedian": "S/N of the spectrum"}
    names = {"middle": "middle", "accuracy": "value", "low_ci95": "low", "high_ci95": "high"}
    long = [
        {"by": row["by"], "learner": LEARNERS[row["learner"]], "rows": row["rows"]}
        | {short: style.rounded(row[name]) for name, short in names.items()}
        for row in rows
    ]
    colour, shape = style.series("learner", list(LEARNERS.values()))
    panels = []
    for by in (by for by in titles if any(row["by"] == by for row in rows)):
        base = alt.Chart().encode(
            alt.X("middle:Q", title=titles[by], scale=_stretched(by), axis=_ticks(by)),
            color=colour,
            tooltip=style.tips(
                "learner", middle=".1f", rows=",", value=".1%", low=".1%", high=".1%"
            ),
        )
        value = style.upright("value", "accuracy")
        layer = alt.layer(
            base.mark_rule().encode(style.upright("low", "accuracy"), alt.Y2("high:Q")),
            base.mark_line(strokeWidth=1.5).encode(value),
            base.mark_point(filled=True, size=50, opacity=1).encode(value, shape=shape),
        ).transform_filter(f"datum.by === '{by}'")
        panels.append(layer.properties(width=style.PANEL, height=220))
    if not panels:
        return style.empty("Accuracy by brightness", NOTHING)
    made = alt.concat(*panels, data=style.data(long), columns=2).resolve_scale(y="shared")
    own = [row for row in rows if row["learner"] == "network" and row["by"] == "r"]
    described = "Accuracy of the network by brightness."
    if own:
        described = (
            f"The network's accuracy goes from {style.percent(own[0]['accuracy'])} at r = "
            f"{own[0]['middle']:.1f} to {style.percent(own[-1]['accuracy'])} at r = "
            f"{own[-1]['middle']:.1f}."
        )
    subtitle = "Bins of equally many stars; bars: 95 % intervals (Wilson)."
    return style.titled(made, "Accuracy by brightness", subtitle, described)


def _stretched(by: str) -> alt.Scale:
    scale = {"type": "log"} if by == "snMedian" else {"zero": False}
    return alt.Scale(**scale, nice=False, padding=8)


def _ticks(by: str) -> alt.Axis:
    return (
        alt.Axis(values=style.DECADES, format="~g") if by == "snMedian" else alt.Axis(tickCount=6)
    )


def small(text: str) -> alt.Title:
    """The title of a panel."""
    return alt.Title(text, fontSize=11, fontWeight="normal", offset=4)


def _model(row: Row) -> str:
    """What a model of the comparison is called: `label/tier`, or a rival's name."""
    label, _, tier = str(row["name"]).partition("/")
    return f"network on {tier}, label {label}" if tier else called(label)
