"""Does a feature set leak its label? Evidence from the values, from the folds, from the files.

Each check gives findings; a verdict is the worst of them. The checks see data alone, not the names
of columns, so that they find a leak that nobody thought of and pass a column with a bad name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import NO_LABEL
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.leaks.across_folds import (
    Predicted,
    scalers_of_training_rows,
    scored_once,
    stars_on_both_sides,
)
from stellar.evaluation.leaks.disjoint_folds import points, quick_findings, quick_scores
from stellar.evaluation.leaks.finding import MARGIN, VERDICTS, Finding
from stellar.evaluation.leaks.values import values_made_of_labels, values_that_name_the_label
from stellar.sample.arrays import Sample


def verdict(
    findings: Sequence[Finding], losses: Mapping[str, Mapping[str, float]]
) -> tuple[str, str]:
    """The worst finding's verdict and reason; of a clean set, what it loses on other templates."""
    if not findings:
        reason = "no value names the label, folds are disjoint, permuted labels stay at chance"
        template = losses.get("template")
        if template and template["loss"] > template["ci95"]:
            reason += f"; stars of new library stars score {points(template)} points less"
        return "clean", reason
    worst = max(findings, key=lambda finding: VERDICTS.index(finding.verdict))
    return worst.verdict, worst.reason


def numbered(names: Sequence[str]) -> NDArray[np.int64]:
    """Names as numbers, shape (n_names,)."""
    return np.asarray(np.unique(np.array(names), return_inverse=True)[1], np.int64)


def entry(
    sample: Sample,
    groups: Mapping[str, NDArray[np.int64]],
    protocol: Protocol,
    predicted: Predicted | None,
    selection: Sequence[Finding],
    seed: int,
    trees: int = 40,
) -> dict[str, Any]:
    """All checks of one feature set.

    Parameters
    ----------
    sample : Sample
        All rows; those without a label have -1.
    groups : mapping of str to array of int64, shape (n_rows,)
        Numbers of `star` (by place and photometric object), `plate` and `template`.
    protocol : Protocol
    predicted : Predicted, optional
        The network's scores on the set, if it was scored.
    selection : sequence of Finding
        What is known of the choice of hyperparameters.
    seed : int
    trees : int
        Boosting rounds of the trees that are scored on disjoint folds.

    Returns
    -------
    dict
        `verdict`, `reason`, `findings`, `values` (evidence from repeated values), and accuracies:
        `network`, `lookup` (the best dictionary from repeated values to the label),
        `nearest_neighbour`, `random`, `star`, `plate`, `template` (means over folds disjoint in
        these), `permuted`, `chance`; and `losses` on disjoint folds.
    """
    has_label = sample.labels != NO_LABEL
    known = _rows_of(sample, has_label)
    findings, values = values_that_name_the_label(known)
    findings += values_made_of_labels(known)
    findings += stars_on_both_sides(groups["star"], sample.folds)
    if predicted:
        findings += [
            *selection,
            *scalers_of_training_rows(sample, predicted.about, protocol),
            *scored_once(sample, predicted, protocol),
        ]
    scores = quick_scores(known, {n: g[has_label] for n, g in groups.items()}, seed, trees)
    findings += quick_findings(scores)
    network = predicted.accuracy if predicted else None
    findings += _very_near(network, scores)
    named, reason = verdict(findings, scores["losses"])
    return {
        "verdict": named,
        "reason": reason,
        "findings": [asdict(finding) for finding in findings],
        "values": values,
        "network": network,
        "lookup": _look_up(values, scores["chance"]),
        **scores,
    }


def _rows_of(sample: Sample, rows: NDArray[np.bool_]) -> Sample:
    return replace(
        sample,
        ids=sample.ids[rows],
        table=sample.table[rows],
        labels=sample.labels[rows],
        folds=sample.folds[rows],
    )


def _very_near(network: float | None, scores: Mapping[str, Any]) -> list[Finding]:
    """Whether the nearest star names the class better than all that learn."""
    nearest, boosted = scores["nearest_neighbour"], scores["star"]
    if network is None or nearest <= max(network, boosted) + MARGIN:
        return []
    return [
        Finding(
            "suspect",
            f"the nearest star's label ({nearest:.3f}) beats the network ({network:.3f}) and "
            f"boosted trees ({boosted:.3f}): rows stand very near each other",
        )
    ]


def _look_up(values: Sequence[Mapping[str, Any]], chance: float) -> float:
    """Accuracy of the best dictionary from repeated values to the label; the rest by chance."""
    scores = [v["repeated"] * v["exact"] + (1 - v["repeated"]) * chance for v in values]
    return max([chance, *scores])
