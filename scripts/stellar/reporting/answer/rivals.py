"""The finding on the network's rivals: LightGBM, the mean of both, The Hammer."""

from __future__ import annotations

from collections.abc import Mapping

from stellar import CLASSES
from stellar.reporting.answer.finding import NO_NUMBER, Finding
from stellar.reporting.answer.study import Row, Study
from stellar.reporting.answer.words import differs, listed, percent, points, within
from stellar.reporting.names import TREES, called

SURE = 0.95  # posterior probability from which a comparison is decided


def decided(same: float, better: float, worse: float) -> str:
    """What posterior probabilities say of the network in a comparison, in words."""
    for chance, words in (
        (same, "is practically equal to"),
        (better, "is better than"),
        (worse, "is worse than"),
        (same + better, "is not worse than"),
        (same + worse, "is not better than"),
    ):
        if chance >= SURE:
            return words
    return "is neither better nor worse for sure than"


def rivals(study: Study) -> Finding:
    """The network against LightGBM's boosted trees, and against The Hammer."""
    trees = study.row("rivals", name="boosted_trees")
    claim, number = f"{TREES} could not be scored on these features.", NO_NUMBER
    more: list[str] = []
    if trees:
        change = trees["f1_macro_difference"], trees["f1_macro_difference_ci95"]
        number = f"macro-F1 {points(*change, 'f1_macro')}"
        words = decided(*(trees[f"f1_macro_{p}"] for p in ("p_same", "p_network", "p_rival")))
        claim = f"In macro-F1 the network {words} {called('boosted_trees')}; {_by_log_loss(trees)}."
        number += f"; log-loss {_log_loss(trees)}"
        more = [
            *study.doubts(study.tier),
            *_chances(trees, study.config["rope"]),
            *_most(trees),
            *_settings(study.results["chosen"]),
            *_other_scores(trees),
            *_best(study),
        ]
    return Finding(
        id="rivals",
        claim=claim,
        number=number,
        of=study.of(f"features {study.tier}"),
        more=[*more, *_both(study), *_hammer(study)],
        method=(
            f"Differences are network minus rival, paired by fold (label {study.label}, features "
            f"{study.tier}); probabilities are a correlated t-test's."
        ),
        figures=["learning_curves", "importance"],
        tables=["rivals", "ingredients"],
        files=["summary/rivals.csv", "summary/jobs.csv"],
    )


def _chances(trees: Row, rope: float) -> list[str]:
    same, better, worse = (trees[f"f1_macro_{p}"] for p in ("p_same", "p_network", "p_rival"))
    return [
        f"The posterior probability that they are practically equal is {same:.2f}.",
        f"Practically equal means that macro-F1 differs by less than {100 * rope:g} "
        f"{'point' if rope == 0.01 else 'points'}.",
        f"The network is better with probability {better:.2f}, and worse with {worse:.2f}.",
        f"A comparison is decided from a probability of {SURE} on.",
    ]


def _most(rival: Row) -> list[str]:
    """The verdict that posterior probabilities give most to, where none is sure by itself."""
    chances = {
        words: rival[f"f1_macro_{p}"]
        for words, p in (
            ("practically equal", "p_same"),
            ("better", "p_network"),
            ("worse", "p_rival"),
        )
    }
    if any(chance is None or chance >= SURE for chance in chances.values()):
        return []
    most = max(chances, key=lambda words: chances[words])
    return [f"No verdict alone reaches {SURE}: {most} has most, {chances[most]:.2f}."]


def _settings(chosen: Mapping[str, Row]) -> list[str]:
    ours, theirs = (len(chosen[name]["trials"]) for name in ("network", "boosted_trees"))
    return [f"{TREES} has the best of {theirs} settings, the network the best of {ours}."]


def _other_scores(trees: Row) -> list[str]:
    """Differences from the trees in other scores."""
    accuracy = points(trees["accuracy_difference"], trees["accuracy_difference_ci95"])
    return [
        f"In accuracy the network differs from {TREES} by {accuracy}.",
        f"In log-loss it differs by {_log_loss(trees)}; less is better.",
    ]


def _by_log_loss(rival: Row) -> str:
    """How the network does in log-loss, if the difference exceeds its interval."""
    change, half = rival["log_loss_difference"], rival["log_loss_difference_ci95"]
    if abs(change) <= half:
        return "in log-loss these folds resolve no difference"
    return f"in log-loss it is {'better' if change < 0 else 'worse'}"


def _log_loss(rival: Row) -> str:
    """The network's log-loss minus a rival's."""
    change, half = rival["log_loss_difference"], rival["log_loss_difference_ci95"]
    return differs(change, half, 4, score="log_loss")


def _best(study: Study) -> list[str]:
    """The rival of the network's own features that has the highest macro-F1, if it is higher."""
    known = [
        row
        for row in study.results["rivals"]
        if row["n_features"] == study.results["rivals"][0]["n_features"]
        and row["name"] not in ("network", "network_and_trees", "boosted_trees", "hammer")
        and row["f1_macro_difference"] is not None
    ]
    best = min(known, key=lambda row: row["f1_macro_difference"], default=None)
    if best is None or best["f1_macro_difference"] >= 0:
        return []
    change = points(best["f1_macro_difference"], best["f1_macro_difference_ci95"], "f1_macro")
    return [
        f"The highest macro-F1 on these features is that of {called(str(best['name']))}.",
        f"From it the network differs by {change}.",
        *_most(best),
    ]


def _both(study: Study) -> list[str]:
    both = study.row("rivals", name="network_and_trees")
    if both is None:
        return []
    return [
        f"The mean of network and {TREES} has log-loss {both['log_loss']:.3f}.",
        f"From it the network differs by {_log_loss(both)}.",
    ]


def _hammer(study: Study) -> list[str]:
    """The Hammer on the stars that it types, and what limits the comparison."""
    row = study.row("rivals", name="hammer")
    if row is None or not row["rows"]:
        return ["The survey has no types by The Hammer to compare with."]
    ours = percent(row["accuracy"] + row["accuracy_difference"])
    accuracy, f1 = (
        points(row[f"{score}_difference"], row[f"{score}_difference_ci95"], score)
        for score in ("accuracy", "f1_macro")
    )
    return [
        f"The Hammer itself agrees with the label {study.label} for "
        f"{within(row['accuracy'], row['accuracy_ci95'])} of the {row['rows']:,} stars that it "
        "types.",
        "It reads the spectrum, but was not made for this label.",
        f"The network was trained on that label, and knows the features {study.tier} alone.",
        f"It is right for {ours} of the same stars, a difference of {accuracy}.",
        f"In macro-F1 the network differs from The Hammer by {f1}.",
        *_never(row, study.simulated),
    ]


def _never(row: Row, simulated: bool) -> list[str]:
    """Classes that The Hammer never finds, and what they do to the comparison."""
    never = [c for c in CLASSES if row[f"rows_{c}"] and not row[f"recall_{c}"]]
    if not never:
        return []
    them = "it" if len(never) == 1 else "them"
    as_simulated = [f"As simulated, it cannot say {them}."] if simulated else []
    return [
        f"The Hammer never finds {listed(never)}.",
        *as_simulated,
        "A class never found counts 0 in macro-F1: that part of the difference is built in.",
    ]
