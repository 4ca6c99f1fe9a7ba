"""What the answer opens with: a sentence, a picture's bars, three numbers, the audit's verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stellar.evaluation.metrics import too_few
from stellar.reporting.answer.finding import NO_NUMBER
from stellar.reporting.answer.study import Study
from stellar.reporting.answer.words import listed, percent, within

QUESTION = (
    "Can a neural network tell a star's spectral class, O B A F G K M, from catalogue values?"
)
LEAK = "A leak gives the label away, for example by features that were made from it."
MOSTLY = 0.95  # accuracy from which the answer is yes


def answer(study: Study) -> str:
    """The answer in a sentence, for a student."""
    own, left, pooled = study.audited_features, study.left, study.results["pooled"]
    whole = pooled["over_folds"]["accuracy"]["mean"]
    if own and own["verdict"] == "clean":
        half = pooled["ci95"]["accuracy"]
        return _said(study, whole, half, "", ", and the audit detects no leak in its features")
    if left is None:
        return (
            "This study cannot say: on every tier of features the label may leak, so that no "
            "score can be trusted."
        )
    without, instead = "on features without a detected leak, ", ""
    if own and own["verdict"] == "leaks":
        without = f"on tier {left['tier']}, without a detected leak, "
        if whole > left["accuracy"]:
            instead = f", not for {percent(whole)}"
    return _said(study, left["accuracy"], left["accuracy_ci95"], without, instead)


def _said(study: Study, accuracy: float, half: float | None, before: str, behind: str) -> str:
    """Yes, no, or in part: by what always saying the commonest class would give."""
    if too_few("accuracy", half):
        return f"This study cannot say: its {study.stars} are too few."
    right = f"{before}the network is right for {percent(accuracy)} of the {study.stars}"
    if accuracy <= commonest(study)[0] + (half or 0):
        return f"No: {right}, no more than by always saying the commonest class."
    return f"{'Yes' if accuracy >= MOSTLY else 'In part'}: {right}{behind}."


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
        stars) and `kind`: `leak`, `clean` (no leak detected), `trivial` (no network), or
        `unknown` (the audit did not decide).
    """
    pooled, own = study.results["pooled"], study.audited_features
    kinds = {"leaks": "leak", "clean": "clean"}
    found = [
        _bar(
            "network, the study's features and protocol",
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
        _bar(f"network, tier {row['tier']}", row["accuracy"], row["accuracy_ci95"], "clean")
        for row in study.clean
    ]
    return [*found, _bar("always the commonest class", *commonest(study), "trivial")]


def _bar(what: str, accuracy: float, half: float | None, kind: str) -> dict[str, Any]:
    low = high = None
    if half is not None and not too_few("accuracy", half):
        low, high = max(0.0, accuracy - half), min(1.0, accuracy + half)
    return {"what": what, "accuracy": accuracy, "low": low, "high": high, "kind": kind}


def numbers(study: Study) -> list[dict[str, str]]:
    """Three accuracies: of the study's protocol, without a detected leak, and without a network."""
    pooled, left = study.results["pooled"], study.left
    headline = within(pooled["over_folds"]["accuracy"]["mean"], pooled["ci95"]["accuracy"])
    first = "accuracy of the tuned network on the study's features, by the study's protocol"
    second = "accuracy of the network without a detected leak: no tier is left"
    remains = NO_NUMBER
    if left:
        remains = within(left["accuracy"], left["accuracy_ci95"])
        second = f"accuracy of the network on the features of tier {left['tier']}, no leak detected"
    lookup = study.row("baselines", name="lookup")
    without = commonest(study)
    third = "accuracy of always saying the commonest class"
    if lookup:
        without = lookup["accuracy_mean"], lookup["accuracy_ci95"]
        third = "accuracy of a lookup table of ELODIE values, no network at all"
    return [
        {"value": headline, "what": first},
        {"value": within(*without), "what": third},
        {"value": remains, "what": second},
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
        return ["The audit did not look at the study's features."]
    said = {
        "leaks": f"By the audit, the study's features leak the label {label}.",
        "suspect": f"By the audit, the study's features are suspect of leaking the label {label}.",
        "undecided": "The audit cannot decide whether the study's features leak the label.",
        "clean": f"The audit detects no leak of the label {label} in the study's features.",
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
