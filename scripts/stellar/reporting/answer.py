"""The answer in sentences, each made from the run's own numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from stellar import CLASSES
from stellar.evaluation.metrics import TOO_FEW, too_few
from stellar.reporting import published

Row = Mapping[str, Any]

NAMES = {
    "elodie": "the ELODIE library star's type",
    "subclass": "SDSS's own template",
    "hammer": "The Hammer's type",
}
ORIGIN = {
    "independent": "measured apart from the label",
    "same spectrum": "from the label's own spectrum",
    "same library star: circular": "from the label's own library star",
}
NAMED = 0.999  # accuracy from which repeated values identify the class
SURE = 0.95  # posterior probability from which a comparison is decided
RARE = 0.05  # share of the rows under which a class counts as rare


def percent(value: float, digits: int = 1) -> str:
    """A share as percent."""
    return f"{100 * value:.{digits}f} %"


def within(row: Row, name: str) -> str:
    """A score in percent with the half-width of its 95 % interval."""
    half = row[f"{name}_ci95"]
    if too_few(name, half):
        return f"{100 * row[name]:.1f} % ({TOO_FEW})"
    return f"{100 * row[name]:.1f} ± {100 * half:.1f} %"


def points(row: Row, name: str) -> str:
    """The difference of a score in percentage points with the half-width of its 95 % interval."""
    difference, half = (row[f"{name}_difference{end}"] for end in ("", "_ci95"))
    return spread(signed(100 * difference), name, half, f"{100 * half:.1f}")


def spread(value: str, score: str, half: float, shown: str) -> str:
    """A value with the half-width of its 95 % interval, or that there are too few stars to say."""
    return f"{value} ({TOO_FEW})" if too_few(score, half) else f"{value} ± {shown}"


def plain(value: float, digits: int) -> str:
    """A number with a minus where it is negative."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def signed(value: float, digits: int = 1) -> str:
    """A number with its sign; a zero is positive."""
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")


def sentences(label: str, tier: str, results: Mapping[str, Any]) -> list[str]:
    """The answer.

    Parameters
    ----------
    label : str
        The configuration's label scheme.
    tier : str
        The tier on which learners are compared.
    results : mapping
        By name what the study wrote: mappings `pooled` (the study's protocol), `first` (of the
        first network), `rejected`, and `chosen` (by learner, one of its selections); rows of the
        tables `baselines`, `tiers`, `rivals`, `calibration`, of the audit's `verdicts`, and of the
        experiments `memorised`, `absolute_magnitude`, `input_errors` and `suspects`.

    Returns
    -------
    list of str
        Ten sentences.
    """
    tiers, rivals = results["tiers"], results["rivals"]
    of_label = [row for row in tiers if row["label"] == label]
    audited = {v["features"]: v for v in results["verdicts"] if v["label"] == label}
    leaking = [v for v in audited.values() if v["verdict"] == "leaks"]
    # "clean" is the audit's word for a set without a detected leak: none is proven to have none.
    clean = [r for r in of_label if audited.get(r["tier"], {}).get("verdict") == "clean"]
    best = (clean or of_label)[-1 if clean else 0]
    hammer = _hammer(label, tier, rivals, results["pooled"]["survey"] == "simulated")
    return [
        _reproduction(label, results["pooled"]),
        _leak(label, leaking, [r for r in results["baselines"] if r["name"] == "lookup"]),
        _tiers(clean, audited),
        _schemes(label, tier, tiers),
        f"{_mistakes(best)}; {_rare(best)}.",
        f"{_trees(rivals, results['chosen'])}{_both(rivals)}; {hammer}.",
        f"{_calibrated(label, tier, results['calibration'])}; {_rejected(results['rejected'])}.",
        _memory(results["memorised"], leaking, results["first"]),
        _redshift(label, of_label, results["absolute_magnitude"]),
        f"{_errors(results['input_errors'])}; {_suspects(results['suspects'])}.",
    ]


def _reproduction(label: str, pooled: Row) -> str:
    accuracy, f1 = (pooled["over_folds"][name] for name in ("accuracy", "f1_macro"))
    before = published.CROSS_VALIDATION["accuracy"][0]
    return (
        f"By the study's own protocol (label {label}, the configured features, {pooled['folds']} "
        f"folds) the network scores accuracy {percent(accuracy['mean'])} and macro-F1 "
        f"{percent(f1['mean'])}; the study published {percent(before)}."
    )


def _leak(label: str, leaking: Sequence[Row], lookup: Sequence[Row]) -> str:
    if not leaking:
        return f"The audit detects no leak of the label {label} in any set of features."
    worst = leaking[-1]
    known = ""
    if lookup:
        known = (
            f"; a lookup table of the ELODIE values, without any network, scores "
            f"{percent(lookup[0]['accuracy_mean'])}"
        )
    names = ", ".join(sorted({v["features"] for v in leaking}))
    return (
        f"But these sets of features leak the label {label}: {names}; in {worst['features']}, "
        f"{worst['reason']}{known}."
    )


def _tiers(clean: Sequence[Row], audited: Mapping[str, Row]) -> str:
    if not clean:
        return "No tier of features is without a detected leak, so that no score can be trusted."
    scores = "; ".join(
        f"{within(row, 'accuracy')} on {row['tier']} (macro-F1 {within(row, 'f1_macro')}, "
        f"{ORIGIN[row['shares']]}{_gain(row)})"
        for row in clean
    )
    loss = audited[clean[0]["tier"]]["losses"].get("template")
    new = ""
    if loss:
        half = f"{100 * loss['ci95']:.1f}"
        new = (
            "; on stars whose library star is in no training row, small boosted trees lose "
            f"{spread(plain(100 * loss['loss'], 1), 'accuracy', loss['ci95'], half)} points of "
            f"accuracy on {clean[0]['tier']}"
        )
    return (
        "Without a detected leak, on folds that selected no hyperparameters and with tiers that "
        f"each add features to those before, accuracies are {scores}{new}."
    )


def _gain(row: Row) -> str:
    if row["accuracy_gain"] is None:
        return ""
    gain, half = (row[f"accuracy_gain{end}"] for end in ("", "_ci95"))
    found = spread(signed(100 * gain, 2), "accuracy", half, f"{100 * half:.2f}")
    return f", {found} points over {row['gain_over']}"


def _schemes(label: str, tier: str, tiers: Sequence[Row]) -> str:
    others = ", ".join(
        f"{within(row, 'accuracy')} by {NAMES[row['label']]} ({row['rows']:,} stars)"
        for row in tiers
        if row["tier"] == tier and row["label"] != label
    )
    return (
        f"For the stars that have a label {label}, other labels are predicted from {tier} with "
        f"accuracies of {others}; these scores do not rank the labels, for each is of other stars, "
        "in other shares of classes."
    )


def _mistakes(row: Row) -> str:
    return (
        f"On tier {row['tier']} a star is {row['steps_off']:.2f} classes off on average, "
        f"{percent(row['gross_errors'])} are three classes off or more, and deciding by expected "
        "cost instead of by the most probable class "
        f"saves {plain(row['cost_saved'], 4)} ± {row['cost_saved_ci95']:.4f} of a mean cost of "
        f"{row['cost']:.3f} (key costs; by default the number of classes off)"
    )


def _rare(row: Row) -> str:
    rows = {c: row[f"rows_{c}"] or 0 for c in CLASSES}
    rare = [c for c in CLASSES if 0 < rows[c] < RARE * sum(rows.values())]
    if not rare:
        return "no class is rare in this survey"
    parts = ", ".join(
        f"{c} {percent(row[f'recall_{c}'])} ({100 * row[f'low_{c}']:.1f}–"
        f"{percent(row[f'high_{c}'])}, {rows[c]:,} stars)"
        for c in rare
    )
    return f"recall of the rare classes is {parts}"


def _trees(rivals: Sequence[Row], chosen: Mapping[str, Row]) -> str:
    trees = next(row for row in rivals if row["name"] == "boosted_trees")
    same, better, worse = (trees[f"f1_macro_{name}"] for name in ("p_same", "p_network", "p_rival"))
    ours, theirs = (len(chosen[name]["trials"]) for name in ("network", "boosted_trees"))
    return (
        f"Against boosted trees (the best of {theirs} settings; of the network, the best of "
        f"{ours}) the network is {decided(same, better, worse)}: macro-F1 differs by "
        f"{points(trees, 'f1_macro')} points, practically equal with probability {same:.2f}, "
        f"better {better:.2f}, worse {worse:.2f}"
    )


def _both(rivals: Sequence[Row]) -> str:
    both = next((row for row in rivals if row["name"] == "network_and_trees"), None)
    if both is None:
        return ""
    half = both["log_loss_difference_ci95"]
    less = spread(plain(both["log_loss_difference"], 4), "log_loss", half, f"{half:.4f}")
    return f"; the mean of both has log-loss {both['log_loss']:.4f}, {less} less than the network"


def decided(same: float, better: float, worse: float) -> str:
    """What posterior probabilities say of a comparison, in words."""
    for chance, word in (
        (same, "practically equal"),
        (better, "better"),
        (worse, "worse"),
        (same + better, "not worse"),
        (same + worse, "not better"),
    ):
        if chance >= SURE:
            return word
    return "neither better nor worse for sure"


def _hammer(label: str, tier: str, rivals: Sequence[Row], simulated: bool) -> str:
    hammer = [row for row in rivals if row["name"] == "hammer" and row["rows"]]
    if not hammer:
        return "the survey has no types by The Hammer to compare with"
    row = hammer[0]
    ours = row["accuracy"] + row["accuracy_difference"]
    never = [c for c in CLASSES if row[f"rows_{c}"] and not row[f"recall_{c}"]]
    silent = built_in = ""
    if never:
        silent = f" and never finds {', '.join(never)}"
        silent += ", which as simulated it cannot say" if simulated else ""
        built_in = ", where a class that it never finds counts 0: that part is built in"
    return (
        "The Hammer itself, which reads the spectrum but was not made for this label, agrees with "
        f"the label {label} for {percent(row['accuracy'])} of the {row['rows']:,} stars that it "
        f"types{silent}; the network, trained on that label, from {tier} alone, for "
        f"{percent(ours)} of the same (differences: {points(row, 'accuracy')} points of accuracy, "
        f"{points(row, 'f1_macro')} of macro-F1{built_in})"
    )


def _calibrated(label: str, tier: str, calibration: Sequence[Row]) -> str:
    row = next(r for r in calibration if (r["label"], r["tier"]) == (label, tier))
    covered = {c: row[f"coverage_{c}"] for c in CLASSES if row[f"coverage_{c}"] is not None}
    least = min(covered, key=lambda c: covered[c])
    return (
        f"The network's calibration error (label {label}, tier {tier}) is "
        f"{100 * row['calibration_error_after']:.1f} points, and conformal sets of "
        f"{row['set_size']:.2f} classes on average hold the true class of "
        f"{percent(row['coverage'])} of the stars, and of at least "
        f"{percent(covered[least])} of each class ({least})"
    )


def _rejected(rejected: Row) -> str:
    names = ("white dwarf", "cataclysmic variable", "carbon star")
    kinds = [name for name in names if rejected[name]["rows"]]
    if not kinds:
        return "the survey holds no white dwarf, cataclysmic variable or carbon star to reject"

    def shares(test: str) -> str:
        given = ", ".join(f"{percent(rejected[name][test], 0)} of the {name}s" for name in kinds)
        return f"{given} and {percent(rejected['stars'][test])} of the stars O to M"

    return (
        f"objects that are no star O to M (label {rejected['label']}, tier {rejected['tier']}) are "
        "rejected by a separate gate, boosted trees trained on such objects: "
        f"{shares('by_gate')}; the network's own doubt rejects {shares('unsure')}"
    )


def _memory(memorised: Sequence[Row], leaking: Sequence[Row], first: Row) -> str:
    learnt = [r for r in memorised if r["labels"] == "permuted" and r["epochs"] is not None]
    widest = max(memorised, key=lambda r: r["width"])
    if not learnt:
        most = max(r["training_accuracy"] for r in memorised if r["labels"] == "permuted")
        return (
            f"Networks of up to {widest['parameters']:,} parameters do not memorise the permuted "
            f"labels of {widest['stars']:,} stars (accuracy {percent(most)} at best)."
        )
    least = min(learnt, key=lambda r: r["parameters"])
    real = next(r for r in memorised if r["labels"] == "real" and r["width"] == least["width"])
    return (
        "Networks can memorise data: permuted labels of "
        f"{least['stars']:,} stars are learnt to 99 % by the network of {least['parameters']:,} "
        f"parameters ({least['parameters_per_star']:.0f} per star, {least['epochs']:.0f} epochs) "
        "and by no smaller one of those tried; trained on the real labels, the same network is "
        f"right for {percent(real['held_out_accuracy'])} of held-out stars; the study's "
        f"{published.PARAMETERS:,} parameters for {published.TRAINING_STARS:,} stars are "
        f"{published.PARAMETERS / published.TRAINING_STARS:.2f} per star{_library(leaking, first)}."
    )


def _library(leaking: Sequence[Row], first: Row) -> str:
    """How little would do where values identify the label, and what a small network makes of it."""
    sets = [v["values"] for entry in leaking for v in entry["values"] if v["exact"] >= NAMED]
    if not sets:
        return ""
    text = f"; a list of {min(sets):,} values or sets of values would say the label"
    reached = first["validation"]["accuracy"]
    if reached >= NAMED:
        return text
    return (
        f"{text}, which is not what the first network, of {first['parameters']:,} parameters, has "
        f"learnt: it is right for {percent(reached)} of the validation stars"
    )


def _redshift(label: str, of_label: Sequence[Row], rows: Sequence[Row]) -> str:
    if not rows:
        return "The survey has no redshifts to add to the magnitudes."
    without, given, permuted = rows
    tier = [r for r in of_label if r["tier"] == "redshift" and r["accuracy_gain"] is not None]
    most, on_all = given, ""
    if tier:  # all scored folds tell more than the few of the experiment
        names = ("accuracy_difference", "accuracy_difference_ci95")
        gain = (tier[0]["accuracy_gain"], tier[0]["accuracy_gain_ci95"])
        most = dict(zip(names, gain, strict=True))
        on_all = f"{_gain(tier[0])[2:]} on all {tier[0]['folds']} scored folds, "
    text = (
        f"m + z ⇒ M, with redshifts that are no distances: beside the magnitudes, "
        f"redshift {_effect(most)} for the class (label {label}), {on_all}"
        f"{points(given, 'accuracy')} points of accuracy on {given['folds']} folds "
        f"(permuted redshift {points(permuted, 'accuracy')})"
    )
    if without["rmse"] is None:
        return f"{text}."
    return (
        f"{text}; the error of the bolometric absolute magnitude (by the SSPP's temperature and "
        f"gravity, for one solar mass), {without['rmse']:.2f} mag where stars spread by "
        f"{given['spread']:.2f} mag, changes by {signed(given['rmse_difference'], 2)} ± "
        f"{given['rmse_difference_ci95']:.2f} mag (permuted redshift "
        f"{signed(permuted['rmse_difference'], 2)} ± {permuted['rmse_difference_ci95']:.2f})."
    )


def _errors(rows: Sequence[Row]) -> str:
    if not rows:
        return "The survey lacks the inputs to which noise was to be added"
    best, of_f1 = (
        max(rows[1:], key=lambda r: r[f"{name}_difference"]) for name in ("accuracy", "f1_macro")
    )
    worst = min(rows[1:], key=lambda r: r["f1_macro_difference"])
    return (
        "Adding noise drawn from the inputs' own errors "
        f"{_effect(best)}: at best {points(best, 'accuracy')} points of accuracy "
        f"({_way(best)}) and {points(of_f1, 'f1_macro')} of macro-F1 ({_way(of_f1)}), at worst "
        f"{points(worst, 'f1_macro')} of macro-F1 ({_way(worst)})"
    )


def _way(row: Row) -> str:
    return f"{row['training']} training, {row['prediction']} prediction"


def _effect(row: Row) -> str:
    """What a change does to accuracy, if the difference exceeds its interval."""
    gain, half = row["accuracy_difference"], row["accuracy_difference_ci95"]
    if abs(gain) <= half:
        return "changes nothing that these folds can resolve"
    return "helps" if gain > 0 else "harms"


def _suspects(rows: Sequence[Row]) -> str:
    if not rows:
        return "no label is suspect"
    return (
        f"{rows[0]['of']:,} labels contradict the cross-validated probabilities, where labels "
        f"drawn from these very probabilities would {rows[0]['expected']:,.0f} times, so that the "
        "table of suspects ranks labels to check and does not count wrong ones"
    )


def markdown(survey: str, lines: Sequence[str]) -> str:
    """The sentences as a numbered list; a simulated survey is named as such."""
    note = ""
    if survey == "simulated":
        note = "All numbers are from a simulated survey, not from SDSS.\n\n"
    note += (
        "± is the half-width of a 95 % interval for folds that share training rows (Nadeau & "
        "Bengio 2003); ranges in brackets are Wilson's 95 % intervals; points are percentage "
        f"points; where an interval is wider than its score's scale, there are {TOO_FEW}.\n\n"
    )
    listed = "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1))
    return f"# Hack or hammer?\n\n{note}{listed}\n"


def read_sentences(text: str) -> list[str]:
    """The sentences of what `markdown` made."""
    return re.findall(r"^\d+\. (.*)$", text, flags=re.MULTILINE)
