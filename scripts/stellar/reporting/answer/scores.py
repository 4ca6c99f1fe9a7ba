"""Findings on scores: of the study, of the leak, and of what is left without it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stellar import CLASSES
from stellar.evaluation.metrics import too_few
from stellar.reporting import published
from stellar.reporting.answer.finding import NO_NUMBER, Finding
from stellar.reporting.answer.opening import HOT, no_o_stars
from stellar.reporting.answer.study import Row, Study
from stellar.reporting.answer.words import apart, differs, listed, percent, points, spread, within
from stellar.reporting.names import TREES

NAMES = {
    "elodie": "the ELODIE library star's type",
    "subclass": "SDSS's own template",
    "hammer": "The Hammer's type",
}
ORIGIN = {
    "independent": "These features are measured apart from the label.",
    "same spectrum": "Some of these features come from the label's own spectrum.",
    "same library star: circular": "Some of these features come from the label's own library star.",
}
# What the audit's number says, as a reader may hold it against an ablation's.
ADDS = [
    "What it adds is accuracy beyond that of other measurements of the star, in a simple model of "
    "the audit's.",
    "An ablation may lose less, as other columns that stay say the same.",
]
OTHER_STARS = [
    "The stars of this run are simulated, and may be easier to tell than SDSS's.",
    "So the two accuracies do not compare: the protocol is the same, the stars are not.",
]
RARE = 0.05  # share of the rows under which a class counts as rare


def headline(study: Study) -> Finding:
    """What the study's own protocol gives."""
    pooled, scores = study.results["pooled"], {}
    for name in ("accuracy", "f1_macro"):
        scores[name] = within(pooled["over_folds"][name]["mean"], pooled["ci95"][name], name)
    before, deviation = published.CROSS_VALIDATION["accuracy"]
    reached = pooled["over_folds"]["accuracy"]["mean"] >= before - deviation
    does = "reaches" if reached else "does not reach"
    claim = f"By the course study's protocol the network {does} the accuracy that was published."
    reaching = (
        "Reached means: below it by its standard deviation over folds at most, "
        f"{percent(deviation)}."
    )
    if study.simulated:
        claim = "The course study's protocol is run again, on simulated stars."
    if too_few("accuracy", pooled["ci95"]["accuracy"]):
        claim = "By the course study's protocol, stars are too few to say how often it is right."
    return Finding(
        id="headline",
        claim=claim,
        number=f"accuracy {scores['accuracy']}",
        of=study.of(study.features),
        more=[
            f"The course study published an accuracy of {percent(before)}, for stars of SDSS.",
            *(OTHER_STARS if study.simulated else [reaching]),
            f"Macro-F1, the mean of F1 over classes, is {scores['f1_macro']}.",
            "Rows that tuned the network are scored, too, as in the course study.",
        ],
        method=(
            f"Cross-validation of the tuned network in {pooled['folds']} folds, with the "
            f"configured features and label {study.label}."
        ),
        figures=["confusion", "recalls", "training"],
        tables=["cv"],
        files=["summary/pooled.json", "summary/cv.csv"],
    )


def leak(study: Study) -> Finding:
    """Which sets of features leak, and what a lookup table makes of them."""
    leaking, number, of = study.judged("leaks"), NO_NUMBER, ""
    own, lookup = study.audited_features, study.row("baselines", name="lookup")
    found = "is found to leak" if study.audited else "was audited, which could leak"
    claim = f"No set of features {found} the label {study.label}."
    more = ["A set without a detected leak may still have one."]
    if leaking:
        whose = study.features if own in _entries(study) else "some features"
        claim = f"{whose[0].upper()}{whose[1:]} leak the label {study.label}."
        more = _evidence(study)
    if study.audited:
        number = f"{len(leaking)} of {len(study.audited)} sets of features leak"
    if lookup:
        score = within(lookup["accuracy_mean"], lookup["accuracy_ci95"])
        more.append(f"A lookup table of ELODIE values, without a network, has accuracy {score}.")
        if own in _entries(study):
            number, of = f"a lookup table has accuracy {score}", "ELODIE values"
    return Finding(
        id="leak",
        claim=claim,
        number=number,
        of=study.of(of),
        more=[*more, *_doubts(study)],
        method="The audit judges by values, folds and the rows used. By their names it knows only "
        "which columns measure the star itself, to hold others against them.",
        figures=["baselines", "ablation"],
        tables=["audit", "baselines"],
        files=[f"audit/{study.label}.json", "summary/baselines.csv"],
    )


def _entries(study: Study) -> list[Row]:
    """The audit's entries of sets that leak."""
    return [study.audited[name] for name in study.judged("leaks")]


def _evidence(study: Study) -> list[str]:
    """Which sets leak, and why: of the configured features, if they do."""
    leaking, own = _entries(study), study.audited_features
    worst = own if own in leaking else leaking[-1]
    names = [entry["features"] for entry in leaking]
    number = f"{len(leaking)} of {len(study.audited)}"
    verb = "leaks" if len(leaking) == 1 else "leak"
    return [
        f"By the audit, {number} sets of features {verb}: {listed(names)}.",
        *([] if worst == own else [f"The reason is given for {worst['features']}."]),
        *apart(worst["reason"]),
        *(ADDS if re.search(r"\badds\b", worst["reason"]) else []),
        *_new_library_stars(worst),
    ]


def _doubts(study: Study) -> list[str]:
    """Sets that are neither without a finding nor found to leak."""
    said = {
        "suspect": "Sets of features that are suspect of a leak",
        "undecided": "Sets of features that are undecided, for want of stars",
    }
    return [
        f"{text}: {listed(names)}."
        for verdict, text in said.items()
        if (names := study.judged(verdict))
    ]


def left(study: Study) -> Finding:
    """What the network scores where no leak is detected."""
    row, number, more = study.left, NO_NUMBER, _doubts(study)
    claim = "No set of features is without a detected leak, so that no score can be trusted."
    if row:
        claim = _less(study, row)
        number = f"accuracy {within(row['accuracy'], row['accuracy_ci95'])}"
        more = [
            "Each of these sets has the features of the one before, too.",
            *dict.fromkeys(text for clean in study.clean for text in _tier(clean)),  # each once
            *_new_library_stars(study.audited[row["tier"]]),
            *_ceiling(study.audited[row["tier"]]),
        ]
    return Finding(
        id="left",
        claim=claim,
        number=number,
        of=study.of(f"features {row['tier']}" if row else ""),
        more=more,
        method=(
            "Each scored fold is held out in turn, from networks whose hyperparameters other "
            "folds selected."
        ),
        figures=["tiers"],
        tables=["tiers", "audit"],
        files=["summary/tiers.csv", f"audit/{study.label}.json"],
    )


def _ceiling(entry: Row) -> list[str]:
    """How well the label can be known at all, by repeated spectra."""
    repeats = entry.get("repeats")
    if not repeats:
        return []
    return [
        f"Two spectra of one star have the same label in {percent(repeats['agree'])} of "
        f"{repeats['pairs']:,} pairs.",
        "Features measured apart from the label's spectrum predict at most the root of that "
        f"share, some {percent(repeats['ceiling'], 0)}.",
    ]


def _less(study: Study, row: Row) -> str:
    """A claim on what is left, beside the study's protocol."""
    own, pooled = study.audited_features, study.results["pooled"]
    halves = row["accuracy_ci95"], pooled["ci95"]["accuracy"]
    lost = pooled["over_folds"]["accuracy"]["mean"] - row["accuracy"]
    if any(too_few("accuracy", half) for half in halves):
        return "Without a detected leak, stars are too few to say how often the network is right."
    if own and own["verdict"] == "clean":
        return "In the features of the comparison, too, no leak is detected."
    if lost > sum(half or 0 for half in halves):
        right, not_right = percent(row["accuracy"]), percent(row["accuracy"] + lost)
        return f"Without a detected leak, the network is right for {right}, not {not_right}."
    return "Without a detected leak, the network is not right less often for sure."


def _tier(row: Row) -> list[str]:
    """Scores of a tier, in sentences."""
    accuracy = within(row["accuracy"], row["accuracy_ci95"])
    said = [
        f"Accuracy on the features {row['tier']} is {accuracy}.",
        f"Macro-F1 on the features {row['tier']} is "
        f"{within(row['f1_macro'], row['f1_macro_ci95'], 'f1_macro')}.",
        ORIGIN[row["shares"]],
    ]
    if row["accuracy_gain"] is not None:
        said.insert(1, f"That is {gain(row)} of accuracy over {row['gain_over']}.")
    return said


def gain(row: Row) -> str:
    """What a tier adds to the accuracy of the tier before."""
    return points(row["accuracy_gain"], row["accuracy_gain_ci95"])


def _new_library_stars(audited: Row) -> list[str]:
    """What is lost where the label's library star is new."""
    loss = audited["losses"].get("template")
    if not loss:
        return []
    changed = points(-loss["loss"], loss["ci95"])
    return [
        f"On stars whose library star is in no training row, the accuracy of a small {TREES} "
        f"on the features {audited['features']} changes by {changed}."
    ]


def labels(study: Study) -> Finding:
    """How well other labels are predicted."""
    rows = [
        row
        for row in study.results["tiers"]
        if row["tier"] == study.tier and row["label"] != study.label
    ]
    others = [
        (
            row["label"],
            NAMES[row["label"]],
            within(row["accuracy"], row["accuracy_ci95"]),
            row["rows"],
        )
        for row in rows
    ]
    claim = f"No label but {study.label} could be scored on the features {study.tier}."
    number = NO_NUMBER
    more: list[str] = []
    if others:
        number = f"accuracy {others[0][2]} by {others[0][1]}"
        claim = "Other labels give other scores, which do not rank the labels."
        more = [
            f"The features are {study.tier}.",
            *(
                f"By {name} (label {scheme}), the accuracy on {stars:,} stars is {score}."
                for scheme, name, score, stars in others
            ),
            *(text for row in rows for text in _lacking(row)),
            f"All scored stars have a label {study.label}, too.",
            "Each score is of other stars, in other shares of classes.",
        ]
    return Finding(
        id="labels",
        claim=claim,
        number=number,
        of=study.of(f"features {study.tier}", others[0][0] if others else ""),
        more=more,
        method="The network is trained and scored anew for each label, on the same folds.",
        figures=["tiers"],
        tables=["tiers", "labels"],
        files=["summary/tiers.csv", "labels.json"],
    )


def _lacking(row: Row) -> list[str]:
    """Classes that a label has not, so that its scores are of fewer."""
    none = [c for c in CLASSES if not row[f"rows_{c}"]]
    if not none:
        return []
    which = " or ".join(listed(none).rsplit(" and ", 1))
    return [
        f"By {NAMES[row['label']]} no scored star is {which}: these scores are of "
        f"{len(CLASSES) - len(none)} classes, not {len(CLASSES)}."
    ]


def mistakes(study: Study) -> Finding:
    """What becomes of rare classes, and how far mistakes go."""
    row = study.scored
    claim, number, more = "No set of features could be scored.", NO_NUMBER, []
    if row:
        rare = _rare(row)
        claim, number = _worst(row, rare)
        saved = differs(-row["cost_saved"], row["cost_saved_ci95"], 4)
        more = [
            *(_recall(row, c) for c in CLASSES if c in rare or (c in HOT and row[f"rows_{c}"])),
            *([] if rare else ["No class is rare in this survey."]),
            *no_o_stars(study, row),
            *_instead(study, row, _hidden(row, rare)),
            *study.doubts(row["tier"]),
            f"Of all {row['rows']:,} stars, "
            f"{within(row['gross_errors'], row['gross_errors_ci95'])} are put three classes off or "
            "more.",
            f"On average a star is {_mean(row, 'steps_off')} classes off.",
            f"The mean cost of a decision is {_mean(row, 'cost')}.",
            f"Deciding by expected cost, not by the most probable class, changes it by {saved}.",
            "Costs are the configuration's: by default, the number of classes off.",
        ]
    return Finding(
        id="mistakes",
        claim=claim,
        number=number,
        of=study.of(f"features {row['tier']}" if row else ""),
        more=more,
        method=(
            f"Rare are classes of less than {percent(RARE, 0)} of the scored stars; distances "
            "are in the order O B A F G K M."
        ),
        figures=["confusion", "brightness"],
        tables=["tiers", "more_scores"],
        files=["summary/tiers.csv", "summary/confusions.csv", "summary/ingredients.csv"],
    )


def _mean(row: Row, score: str) -> str:
    half = row[f"{score}_ci95"]
    return spread(f"{row[score]:.3f}", score, half, f"{half or 0:.3f}")


def _rare(row: Row) -> list[str]:
    """Classes with stars, but few."""
    rows = {c: row[f"rows_{c}"] or 0 for c in CLASSES}
    return [c for c in CLASSES if 0 < rows[c] < RARE * sum(rows.values())]


def _worst(row: Row, rare: Sequence[str]) -> tuple[str, str]:
    """A claim on the rare classes that are found less often, and the recalls of all rare ones."""
    if not rare:
        return "Few mistakes go far.", f"{percent(row['gross_errors'])} three classes off or more"
    hidden = _hidden(row, rare)
    which = f"classes {listed(hidden)} are" if len(hidden) > 1 else f"class {''.join(hidden)} is"
    claim = (  # not that they are for being rare: the rarest is not the one found least
        f"The accuracy hides that {which} found less often."
        if hidden
        else "Rare classes are not found less often than others for sure."
    )
    recalls = [f"{c} {percent(row[f'recall_{c}'])}" for c in rare]
    return claim, f"recall of {listed(recalls)}"


def _hidden(row: Row, rare: Sequence[str]) -> list[str]:
    """Rare classes that are found less often than stars are classified rightly."""
    return [c for c in rare if row[f"high_{c}"] < row["accuracy"]]


def _instead(study: Study, row: Row, hidden: Sequence[str]) -> list[str]:
    """What the network calls stars of classes, and what weights in training change."""
    said = []
    for c in hidden:
        name = f"{row['label']}/{row['tier']}"
        others = [
            r
            for r in study.results["confusions"]
            if (r["name"], r["true"]) == (name, c) and r["predicted"] != c
        ]
        most = max(others, key=lambda r: r["rows"], default=None)
        if most and most["rows"]:
            said.append(
                f"Of {row[f'rows_{c}']:,} stars labelled {c} the network calls {most['rows']:,} "
                f"{most['predicted']}."
            )
    weighted = study.row("ingredients", change="balanced_weights")
    # The experiment is of the configured label and the features of the comparison.
    if not weighted or not hidden or (row["label"], row["tier"]) != (study.label, study.tier):
        return said
    found = [
        f"{within(weighted[f'recall_{c}'], weighted[f'recall_{c}_ci95'])} of {c}"
        for c in hidden
        if weighted[f"recall_{c}"] is not None
    ]
    if not found:
        return said
    change = weighted["accuracy_difference"], weighted["accuracy_difference_ci95"]
    return [
        *said,
        f"With balanced class weights it finds {listed(found)}.",
        f"They change the accuracy by {points(*change)}.",
        "Both are of the folds that selected hyperparameters.",
    ]


def _recall(row: Row, c: str) -> str:
    low, high = 100 * row[f"low_{c}"], percent(row[f"high_{c}"])
    return (
        f"Recall of {c} is {percent(row[f'recall_{c}'])} ({low:.1f}–{high}, of "
        f"{row[f'rows_{c}']:,} stars labelled so)."
    )
