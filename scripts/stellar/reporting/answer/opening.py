"""What the answer opens with: short sentences, a picture's bars, three numbers, a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stellar import CLASSES
from stellar.evaluation.metrics import too_few
from stellar.reporting.answer.finding import NO_NUMBER
from stellar.reporting.answer.study import Row, Study
from stellar.reporting.answer.words import listed, percent, within

QUESTION = (
    "Can a neural network tell a star's spectral class, O B A F G K M, from catalogue values?"
)
LEAK = "A leak gives the label away, for example by features that were made from it."
MOSTLY = 0.95  # accuracy from which the answer is yes
HOT = CLASSES[:3]  # which an accuracy hides: they are few, or not what they are called
# What stars labelled O are, as docs/simulation.md knows it.
NO_O_STARS = {
    "elodie": (
        "Stars labelled O by elodie are mostly no O stars, but white dwarfs, hot subdwarfs, "
        "metal-poor A and F stars, and poor spectra."
    ),
    "subclass": (
        "Stars labelled O by subclass are mostly no O stars, but white dwarfs with helium, hot "
        "subdwarfs and poor spectra."
    ),
}
# What a tier of the default configuration knows, for readers who do not know its name.
FEATURES = {"photometry": "magnitudes and colours"}


def answer(study: Study) -> str:
    """The answer in a sentence or a few, each of one claim, for a student."""
    own, left, pooled = study.audited_features, study.left, study.results["pooled"]
    whole, half = pooled["over_folds"]["accuracy"]["mean"], pooled["ci95"]["accuracy"]
    scored = sum(map(sum, pooled["confusion"]))
    if own and own["verdict"] == "clean":
        none = "The audit detects no leak in these features."
        return _said(study, (whole, half, scored), study.features, none)
    if left is None:
        return (
            "This study cannot say: each set of features may give the label away, so that no "
            "score can be trusted."
        )
    instead = ""
    if own and own["verdict"] == "leaks" and whole > left["accuracy"]:
        right = within(whole, half)
        instead = (
            f"On {study.features} it is right for {right}. "
            "But these features leak: they give the label away."
        )
    features = FEATURES.get(left["tier"], f"the features {left['tier']}")
    of_left = left["accuracy"], left["accuracy_ci95"], left["rows"]
    return _said(study, of_left, features, instead)


def _said(study: Study, scored: tuple[float, float | None, int], features: str, behind: str) -> str:
    """Yes, no, in part, or undecided: by what always saying the commonest class would give.

    `scored` is an accuracy, the half-width of its interval and of how many spectra it is.
    """
    accuracy, half, spectra = scored
    if too_few("accuracy", half):
        return f"This study cannot say: its {study.stars} are too few."
    chance, half = commonest(study)[0], half or 0.0
    right = f"from {features}, the network is right for {within(accuracy, half)} of {spectra:,}"
    right = f"{right} {'simulated ' if study.simulated else ''}spectra (label {study.label})."
    always = f"Always saying the commonest class is right for {percent(chance)}"
    if accuracy + half <= chance + study.config["rope"]:
        return f"No: {right} {always}."
    if accuracy - half <= chance:
        said = [f"This study cannot say: {right}", f"{always}, which lies in that interval."]
        return " ".join([*said, *_more_stars(accuracy - chance, half)])
    sure = "Yes" if accuracy - half >= MOSTLY else "In part"
    least = " at least" if sure != "Yes" and accuracy + half >= MOSTLY else ""
    return " ".join([f"{sure}{least}: {right}", *([behind] if behind else [])])


def _more_stars(ahead: float, half: float) -> list[str]:
    """How many stars would decide, as an interval shrinks with the root of their number."""
    if ahead <= 0:
        return []
    times = (half / ahead) ** 2
    shown = f"{times:.1f}" if times < 10 else f"{times:,.0f}"
    return [f"If that score stayed, more than {shown} times as many stars would decide it."]


def hot(study: Study) -> str:
    """What becomes of the stars labelled O, B and A, in sentences; empty where nothing is known."""
    row = study.scored
    known = [c for c in HOT if row and row[f"rows_{c}"]]
    if row is None or not known:
        return ""
    shares = [f"{percent(row[f'recall_{c}'])} of {row[f'rows_{c}']:,} {c}" for c in known]
    of = study.of("features " + row["tier"], row["label"])
    return " ".join(
        [
            "Recall is the share of one class's stars that the network finds.",
            f"By label it finds {listed(shares)} ({of}).",
            *no_o_stars(study, row),
        ]
    )


def no_o_stars(study: Study, row: Row) -> list[str]:
    """What the label O means, where it is SDSS's."""
    if not row["rows_O"] or row["label"] not in NO_O_STARS:
        return []
    return [NO_O_STARS[row["label"]]]


def commonest(study: Study) -> tuple[float, float | None]:
    """Accuracy of always saying the commonest class, and the half-width of its interval."""
    row = study.row("baselines", name="majority")
    if row:
        return row["accuracy_mean"], row["accuracy_ci95"]
    return max((entry["chance"] for entry in study.audited.values()), default=0.0), None


def bars(study: Study) -> list[dict[str, Any]]:
    """Bars of the opening picture.

    Returns
    -------
    list of dict
        `what`, `accuracy`, `low` and `high` (95 % interval; None where there is none, or too few
        stars), `shown` (the accuracy in words, with the digits that it has elsewhere) and `kind`:
        `leak`, `clean` (no leak detected), `trivial` (no network), or
        `unknown` (the audit did not decide).
    """
    pooled, own = study.results["pooled"], study.audited_features
    kinds = {"leaks": "leak", "clean": "clean"}
    found = [
        _bar(
            f"network, {study.features}{' and protocol' if study.of_course else ''}",
            pooled["over_folds"]["accuracy"]["mean"],
            pooled["ci95"]["accuracy"],
            kinds.get(own["verdict"] if own else "", "unknown"),
        )
    ]
    if lookup := study.row("baselines", name="lookup"):
        kind = "leak" if study.judged("leaks") else "trivial"
        what = "lookup table of ELODIE values, no network"
        found.append(_bar(what, lookup["accuracy_mean"], lookup["accuracy_ci95"], kind))
    found += [
        _bar(f"network, {_features(row)}", row["accuracy"], row["accuracy_ci95"], "clean")
        for row in study.clean
    ]
    return [*found, _bar("always the commonest class", *commonest(study), "trivial")]


def _features(row: Row) -> str:
    """A tier, and what it knows if its name may say nothing."""
    known = FEATURES.get(row["tier"])
    return f"{known} (features {row['tier']})" if known else f"features {row['tier']}"


def _bar(what: str, accuracy: float, half: float | None, kind: str) -> dict[str, Any]:
    low = high = None
    if half is not None and not too_few("accuracy", half):
        low, high = max(0.0, accuracy - half), min(1.0, accuracy + half)
    found = {"what": what, "accuracy": accuracy, "low": low, "high": high, "kind": kind}
    return found | {"shown": within(accuracy, half)}


def numbers(study: Study) -> list[dict[str, str]]:
    """Three accuracies: of the study's protocol, without a detected leak, and without a network."""
    pooled, left = study.results["pooled"], study.left
    headline = within(pooled["over_folds"]["accuracy"]["mean"], pooled["ci95"]["accuracy"])
    first = f"accuracy of the tuned network on {study.features}, by the course study's protocol"
    second = "accuracy of the network without a detected leak: no set of features is left"
    remains = NO_NUMBER
    if left:
        remains = within(left["accuracy"], left["accuracy_ci95"])
        second = f"accuracy of the network on {_features(left)}; no leak detected"
    lookup = study.row("baselines", name="lookup")
    without = commonest(study)
    third = "accuracy of always saying the commonest class"
    if lookup:
        without = lookup["accuracy_mean"], lookup["accuracy_ci95"]
        third = "accuracy of a lookup table of ELODIE values, no network at all"
    of = f"{study.of()}; ± is a 95 % interval"
    return [
        {"value": headline, "what": first, "of": of},
        {"value": within(*without), "what": third, "of": of},
        {"value": remains, "what": second, "of": of},
    ]


def verdict(study: Study) -> dict[str, Any]:
    """What the audit says: sets by verdict, and in words."""
    return {
        "leaking": study.judged("leaks"),
        "clean": study.judged("clean"),
        "text": " ".join([LEAK, *_of_own(study), *_of_others(study)]),
    }


def _of_own(study: Study) -> Sequence[str]:
    """The verdict on the configured features; finding 2 has its reason."""
    own, label = study.audited_features, study.label
    if own is None:
        return [f"The audit did not look at {study.features}."]
    features = study.features
    said = {
        "leaks": f"By the audit, {features} leak the label {label}.",
        "suspect": f"By the audit, {features} are suspect of leaking the label {label}.",
        "undecided": f"The audit cannot decide whether {features} leak the label.",
        "clean": f"The audit detects no leak of the label {label} in {features}.",
    }[own["verdict"]]
    return [said]


def _of_others(study: Study) -> Sequence[str]:
    """Where no leak is detected, and what that means."""
    clean, own = study.judged("clean"), study.audited_features or {}
    others = [name for name in clean if name != own.get("features")]
    if not clean:
        return ["The audit passes no set of features."]
    return [
        *(
            [f"The audit detects no leak in these sets of features: {listed(others)}."]
            if others
            else []
        ),
        "What is not detected may still be there.",
    ]
