"""The answer in ten sentences, each made from the run's own numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from stellar import CLASSES

Row = Mapping[str, Any]

NAMES = {
    "elodie": "the ELODIE library star's type",
    "subclass": "SDSS's own template",
    "hammer": "The Hammer's type",
}
RARE = 0.05  # share of the rows under which a class counts as rare


def percent(value: float, digits: int = 1) -> str:
    """A share as percent."""
    return f"{100 * value:.{digits}f} %"


def within(row: Row, name: str) -> str:
    """A score in percent with the half-width of its 95 % interval."""
    return f"{100 * row[name]:.1f} ± {100 * row[f'{name}_ci95']:.1f} %"


def sentences(
    label: str,
    tier: str,
    pooled: Row,
    baselines: Sequence[Row],
    tiers: Sequence[Row],
    rivals: Sequence[Row],
    calibration: Sequence[Row],
    rejected: Row,
    verdicts: Sequence[Row],
) -> list[str]:
    """The answer.

    Parameters
    ----------
    label : str
        The configuration's label scheme.
    tier : str
        The tier on which learners are compared.
    pooled, baselines : mapping, sequence of mapping
        The study's protocol: `summary/pooled.json`, `summary/baselines.csv`.
    tiers, rivals, calibration : sequence of mapping
        The honest protocol: `summary/tiers.csv`, `rivals.csv`, `calibration.csv`.
    rejected : mapping
        `cautious/rejected.json`.
    verdicts : sequence of mapping
        `audit/verdict.json`.

    Returns
    -------
    list of str
        Ten sentences.
    """
    of_label = [row for row in tiers if row["label"] == label]
    leaking = [v for v in verdicts if v["label"] == label and v["verdict"] == "leaks"]
    leaky = {v["features"] for v in leaking}
    sound = [row for row in of_label if row["tier"] not in leaky] or of_label[:1]
    best = sound[-1]
    return [
        _reproduction(label, pooled),
        _leak(label, leaking, [r for r in baselines if r["name"] == "lookup"]),
        _tiers(sound),
        _schemes(label, tier, tiers),
        _mistakes(best),
        _rare(best),
        _trees(rivals),
        _hammer(label, rivals),
        _calibrated(label, tier, calibration),
        _rejected(rejected),
    ]


def _reproduction(label: str, pooled: Row) -> str:
    accuracy, f1 = (pooled["over_folds"][name] for name in ("accuracy", "f1_macro"))
    return (
        f"By the study's own protocol (label {label}, the configured features, {pooled['folds']} "
        f"folds) the network scores accuracy {percent(accuracy['mean'])} and macro-F1 "
        f"{percent(f1['mean'])}, and the headline stands as it was published."
        if accuracy["mean"] > 0.95
        else f"By the study's own protocol (label {label}, the configured features, "
        f"{pooled['folds']} folds) the network scores accuracy {percent(accuracy['mean'])} and "
        f"macro-F1 {percent(f1['mean'])}."
    )


def _leak(label: str, leaking: Sequence[Row], lookup: Sequence[Row]) -> str:
    if not leaking:
        return f"The audit finds no feature set that leaks the label {label}."
    worst = leaking[-1]
    known = ""
    if lookup:
        known = (
            f"; a dictionary of the ELODIE values, without network or physics, scores "
            f"{percent(lookup[0]['accuracy_mean'])}"
        )
    names = ", ".join(sorted({v["features"] for v in leaking}))
    return f"But the features leak ({names}): {worst['reason']}{known}."


def _tiers(sound: Sequence[Row]) -> str:
    scores = "; ".join(
        f"{row['tier']} {within(row, 'accuracy')} (macro-F1 {within(row, 'f1_macro')})"
        for row in sound
    )
    return (
        "What is left where nothing leaks, on folds that chose nothing, each tier with all before "
        f"it: accuracy {scores}."
    )


def _schemes(label: str, tier: str, tiers: Sequence[Row]) -> str:
    others = "; ".join(
        f"{NAMES[row['label']]} {within(row, 'accuracy')} of {row['rows']:,} stars"
        for row in tiers
        if row["tier"] == tier and row["label"] != label
    )
    return f"With other labels, the tier {tier} reaches accuracy {others}."


def _mistakes(row: Row) -> str:
    return (
        f"On tier {row['tier']} a star is {row['steps_off']:.2f} classes off on average, "
        f"{percent(row['gross_errors'])} are three classes off or more, and deciding by expected "
        "cost instead of by the most probable class "
        f"changes the mean cost from {row['cost']:.3f} to {row['cost_decided']:.3f}."
    )


def _rare(row: Row) -> str:
    rows = {c: row[f"rows_{c}"] or 0 for c in CLASSES}
    rare = [c for c in CLASSES if 0 < rows[c] < RARE * sum(rows.values())]
    if not rare:
        return "No class is rare in this survey."
    parts = ", ".join(
        f"{c} {percent(row[f'recall_{c}'])} ({100 * row[f'low_{c}']:.1f}–"
        f"{percent(row[f'high_{c}'])}, {rows[c]:,} stars)"
        for c in rare
    )
    return f"Of the rare classes, which accuracy hides, the network recalls {parts}."


def _trees(rivals: Sequence[Row]) -> str:
    trees = next(row for row in rivals if row["name"] == "boosted_trees")
    same, better, worse = (trees[f"f1_macro_{name}"] for name in ("p_same", "p_network", "p_rival"))
    verdict = max((same, "no better and no worse"), (better, "better"), (worse, "worse"))[1]
    return (
        f"Against boosted trees tuned at its cost the network is {verdict}: macro-F1 differs by "
        f"{100 * trees['f1_macro_difference']:+.1f} ± {100 * trees['f1_macro_difference_ci95']:.1f}"
        f" points, practically equal with probability {same:.2f}, better {better:.2f}, worse "
        f"{worse:.2f}."
    )


def _hammer(label: str, rivals: Sequence[Row]) -> str:
    hammer = [row for row in rivals if row["name"] == "hammer" and row["rows"]]
    if not hammer:
        return "The survey has no types by The Hammer to compare with."
    row = hammer[0]
    ours = row["accuracy"] + row["accuracy_difference"]
    return (
        f"The Hammer itself, which reads the spectrum, agrees with the label {label} for "
        f"{percent(row['accuracy'])} of the {row['rows']:,} stars that it types; the network, "
        f"from magnitudes alone, for {percent(ours)} of the same."
    )


def _calibrated(label: str, tier: str, calibration: Sequence[Row]) -> str:
    row = next(r for r in calibration if (r["label"], r["tier"]) == (label, tier))
    covered = {c: row[f"coverage_{c}"] for c in CLASSES if row[f"coverage_{c}"] is not None}
    least = min(covered, key=lambda c: covered[c])
    return (
        f"Its probabilities can be believed: on {tier} the calibration error is "
        f"{percent(row['calibration_error_after'])}, and sets of {row['set_size']:.2f} classes on "
        f"average hold the right one for {percent(row['coverage'])} of the stars, for "
        f"{percent(covered[least])} of class {least} at least."
    )


def _rejected(rejected: Row) -> str:
    kinds = ", ".join(
        f"{percent(rejected[name]['by_gate'], 0)} of the {name}s"
        for name in ("white dwarf", "cataclysmic variable", "carbon star")
        if rejected[name]["rows"]
    )
    if not kinds:
        return "The survey holds no white dwarf, cataclysmic variable or carbon star to reject."
    return (
        f"What is no star O to M can be turned away in part: at the price of "
        f"{percent(rejected['stars']['by_gate'])} of the good stars, {kinds}."
    )


def markdown(survey: str, lines: Sequence[str]) -> str:
    """The sentences as a numbered list; a simulated survey is named as such."""
    note = ""
    if survey == "simulated":
        note = "All numbers are from a simulated survey, not from SDSS.\n\n"
    listed = "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1))
    return f"# Hack or hammer?\n\n{note}{listed}\n"


def read_sentences(text: str) -> list[str]:
    """The sentences of what `markdown` made."""
    return re.findall(r"^\d+\. (.*)$", text, flags=re.MULTILINE)
