"""Findings of the experiments: memorising, redshift, errors of inputs and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stellar.reporting import published
from stellar.reporting.answer.finding import NO_NUMBER, Finding
from stellar.reporting.answer.scores import gain
from stellar.reporting.answer.study import Row, Study
from stellar.reporting.answer.words import differs, percent, points
from stellar.reporting.names import TREES

MEANINGLESS = "Permuted labels say nothing of their stars: to learn them is to memorise them."
NEARLY = 0.9  # training accuracy from which labels are nearly memorised
NAMED = 0.999  # accuracy from which repeated values identify the class


def memory(study: Study) -> Finding:
    """How many weights it takes to memorise labels."""
    rows = study.results["memorised"]
    permuted = [row for row in rows if row["labels"] == "permuted"]
    learnt = [row for row in permuted if row["epochs"] is not None]
    claim, number, more = (
        _memorised(learnt, rows) if learnt else _not_memorised(permuted, study.config["epochs"])
    )
    whole = published.PARAMETERS / published.TRAINING_STARS
    return Finding(
        id="memory",
        claim=claim,
        number=number,
        of=study.of(f"features {study.tier}"),
        more=[
            *more,
            f"The course study's first network had {published.PARAMETERS:,} parameters, as "
            "published.",
            f"It was trained on {published.TRAINING_STARS:,} stars of SDSS: {whole:.2f} parameters "
            "per star.",
            *_library(study),
        ],
        method=(
            "Networks of several widths are trained on real and on permuted labels of the same "
            "stars, until they reach an accuracy of 99 % on these."
        ),
        figures=["memorise"],
        tables=["memorise"],
        files=["memorise/memorise.csv", "first_network/metrics.json"],
    )


def _memorised(learnt: Sequence[Row], rows: Sequence[Row]) -> tuple[str, str, list[str]]:
    least = min(learnt, key=lambda row: row["parameters"])
    real = next(r for r in rows if r["labels"] == "real" and r["width"] == least["width"])
    number = f"{least['parameters']:,} parameters for {least['stars']:,} stars"
    return (
        "Networks can memorise labels that mean nothing.",
        number,
        [
            MEANINGLESS,
            f"It takes {least['parameters_per_star']:.0f} parameters per star to learn them.",
            f"It takes {least['epochs']:.0f} epochs.",
            "No smaller network of those tried learns them.",
            "Trained on the real labels, the same network is right for "
            f"{percent(real['held_out_accuracy'])} of held-out stars.",
        ],
    )


def _not_memorised(permuted: Sequence[Row], epochs: int) -> tuple[str, str, list[str]]:
    widest = max(permuted, key=lambda row: row["width"])
    best = widest["training_accuracy"]
    return (
        "The widest network all but memorises labels that mean nothing."
        if best >= NEARLY
        else "No network of those tried memorises labels that mean nothing.",
        f"{percent(best)} of the permuted labels by the widest network",
        [
            MEANINGLESS,
            f"The widest has {widest['parameters']:,} parameters for {widest['stars']:,} stars.",
            "Of each width one network is trained, so that no interval is known.",
            "On permuted labels none reached the 99 % that count as memorised, in "
            f"{epochs:,} epochs.",
            *([f"All but means at least {percent(NEARLY, 0)}."] if best >= NEARLY else []),
        ],
    )


def _library(study: Study) -> list[str]:
    """How little would do where values identify the label, and what a small network makes of it."""
    leaking = [study.audited[name] for name in study.judged("leaks")]
    sets = [v["values"] for entry in leaking for v in entry["values"] if v["exact"] >= NAMED]
    if not sets:
        return []
    said = [
        f"Where values leak the label, a list of {min(sets):,} of them, or of sets of them, "
        "would say it."
    ]
    first = study.results["first"]
    reached = first["validation"]["accuracy"]
    if reached < NAMED:
        said += [
            f"In this run the first network, trained on {first['train_rows']:,} rows of training, "
            f"has {first['parameters']:,} parameters and {study.features}.",
            "It has not learnt that list.",
            f"It is right for {percent(reached)} of the validation rows.",
        ]
    return said


def redshift(study: Study) -> Finding:
    """Whether redshift helps to tell the class, and the absolute magnitude."""
    rows = study.results["absolute_magnitude"]
    claim, number = "The survey has no redshifts to add to the magnitudes.", NO_NUMBER
    of, more = f"features {study.tier} and redshift", []
    if rows:
        given = rows[1]
        most, number = given, _accuracy_of(given)
        tier = next((row for row in study.tiers if row["tier"] == "redshift"), None)
        if tier and tier["accuracy_gain"] is not None:  # all scored folds tell more than a few
            most, number = _gained(tier), gain(tier)
            of = f"features redshift against {tier['gain_over']}"
            more = [
                f"That is what the features redshift gain over {tier['gain_over']} on all "
                f"{tier['folds']} scored folds."
            ]
        claim = f"For the class, redshift beside the magnitudes {effect(most)}."
        number = f"accuracy {number}"
        if given["rmse"] is not None:
            claim = f"{claim[:-1]}; the error of the absolute magnitude {_on_error(given)}."
            number += f"; error {_magnitudes(given)}"
        more += _experiment(rows)
    return Finding(
        id="redshift",
        claim=claim,
        number=number,
        of=study.of(of),
        more=more,
        method=(
            f"Does redshift help? Networks predict the label {study.label}, {TREES} the absolute "
            "magnitude: without redshift, with it, and with a permuted one."
        ),
        figures=["tiers"],
        tables=["absolute_magnitude", "tiers"],
        files=["absolute_magnitude/absolute_magnitude.csv", "summary/tiers.csv"],
    )


def _gained(row: Row) -> dict[str, float]:
    return {f"accuracy_difference{end}": row[f"accuracy_gain{end}"] for end in ("", "_ci95")}


def _accuracy_of(row: Row) -> str:
    return points(row["accuracy_difference"], row["accuracy_difference_ci95"])


def _f1_of(row: Row) -> str:
    return points(row["f1_macro_difference"], row["f1_macro_difference_ci95"], "f1_macro")


def effect(row: Row) -> str:
    """What a change does to accuracy, if the difference exceeds its interval."""
    change, half = row["accuracy_difference"], row["accuracy_difference_ci95"]
    if abs(change) <= half:
        return "changes nothing that these folds can resolve"
    return "helps" if change > 0 else "harms"


def _on_error(row: Row) -> str:
    """What redshift does to the error of the absolute magnitude, if it exceeds its interval."""
    change, half = row["rmse_difference"], row["rmse_difference_ci95"]
    if abs(change) <= half:
        return "stays the same within its interval"
    return "gets smaller" if change < 0 else "gets larger"


def _experiment(rows: Sequence[Row]) -> list[str]:
    """Class and absolute magnitude with redshift, and with permuted redshift."""
    without, given, permuted = rows
    said = [
        "These redshifts are velocities of stars, no distances.",
        f"In an experiment with {given['folds']} of the folds it adds {_accuracy_of(given)} of "
        "accuracy.",
        f"Permuted redshift adds {_accuracy_of(permuted)} there.",
    ]
    if without["rmse"] is None:
        return said
    return [
        *said,
        "The bolometric absolute magnitude, by the SSPP's temperature and gravity for one solar "
        f"mass, is predicted to {without['rmse']:.2f} mag.",
        f"The stars spread by {given['spread']:.2f} mag.",
        f"Redshift changes that error by {_magnitudes(given)}.",
        f"Permuted redshift changes it by {_magnitudes(permuted)}.",
    ]


def _magnitudes(row: Row) -> str:
    return differs(row["rmse_difference"], row["rmse_difference_ci95"], 2, " mag")


def errors(study: Study) -> Finding:
    """What the inputs' errors do, and which labels are suspect."""
    rows = study.results["input_errors"]
    claim, number = "The survey lacks the inputs to which noise was to be added.", NO_NUMBER
    more: list[str] = []
    if rows:
        changed = rows[1:]
        best = max(changed, key=lambda row: row["accuracy_difference"])
        number = f"accuracy {_accuracy_of(best)} at best"
        claim = f"Adding noise drawn from the inputs' own errors {effect(best)}."
        more = _noise(best, changed)
    return Finding(
        id="errors",
        claim=claim,
        number=number,
        of=study.of(f"features {study.config['input_errors']}"),
        more=[*more, *_suspects(study.results["suspects"], study.config["suspects"])],
        method=(
            "Noise is added to measured values, which have some already: in training, in "
            "prediction, or in both."
        ),
        tables=["input_errors", "suspects"],
        files=["input_errors/input_errors.csv", "summary/suspects.csv"],
    )


def _noise(best: Row, changed: Sequence[Row]) -> list[str]:
    of_f1, worst = (
        choose(changed, key=lambda row: row["f1_macro_difference"]) for choose in (max, min)
    )
    return [
        f"The best accuracy is that of {_way(best)}.",
        f"Macro-F1 changes by {_f1_of(of_f1)} at best ({_way(of_f1)}).",
        f"Macro-F1 changes by {_f1_of(worst)} at worst ({_way(worst)}).",
        f"Best and worst are of {len(changed)} ways; the intervals do not allow for this choice.",
    ]


def _way(row: Row) -> str:
    return f"{row['training']} training, {row['prediction']} prediction"


def _suspects(rows: Sequence[Mapping[str, Any]], tier: str) -> list[str]:
    if not rows:
        return ["No label is suspect."]
    return [
        f"{rows[0]['of']:,} labels contradict the cross-validated probabilities on the features "
        f"{tier}.",
        f"If labels were drawn from these very probabilities, {rows[0]['expected']:,.0f} would.",
        "So the table of suspects ranks labels to check, and does not count wrong ones.",
    ]
