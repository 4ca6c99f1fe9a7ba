"""Does a feature set leak its label? Evidence from the values, from the folds, from the files.

Each check gives findings; a verdict is the worst of them. The checks see data alone, not the names
of columns, so that they find a leak that nobody thought of and pass a column with a bad name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import NO_LABEL
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.leaks.across_folds import (
    scalers_of_training_rows,
    scored_once,
    stars_on_both_sides,
)
from stellar.evaluation.leaks.disjoint_folds import points, quick_findings, quick_scores
from stellar.evaluation.leaks.finding import MARGIN, VERDICTS, Finding
from stellar.evaluation.leaks.values import values_made_of_labels, values_that_name_the_label
from stellar.evaluation.provenance import SHARED, shared_origin
from stellar.sample.arrays import Sample
from stellar.sample.identity import stars_of

PLACES = ["ra", "dec", "bestObjID", "plate", "elodieObject"]


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


def groups_of(places: pa.Table) -> dict[str, NDArray[np.int64]]:
    """Which rows are one star (identified anew), of one plate, labelled by one library star.

    Parameters
    ----------
    places : pyarrow.Table
        The columns `PLACES` of all rows.

    Returns
    -------
    dict of str to array of int64, shape (n_rows,)
        `star`, `plate` and `template`.
    """
    return {
        "star": stars_of(places),
        "plate": places["plate"].fill_null(-1).to_numpy(),
        "template": numbered(places["elodieObject"].fill_null("").to_pylist()),
    }


def named(scheme: str, name: str, features: Sequence[str]) -> dict[str, Any]:
    """What was audited: `label`, `features` (the set's name), its `columns`, what they share."""
    shares = SHARED[shared_origin(scheme, features)]
    return {"label": scheme, "features": name, "columns": features, "shares": shares}


def entry(
    sample: Sample,
    groups: Mapping[str, NDArray[np.int64]],
    protocol: Protocol,
    predicted: Predictions | None,
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
    predicted : Predictions, optional
        The network's, if it was scored on the set.
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
    known = sample.labelled()
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
    worst, reason = verdict(findings, scores["losses"])
    return {
        "verdict": worst,
        "reason": reason,
        "findings": [asdict(finding) for finding in findings],
        "values": values,
        "network": network,
        "lookup": _look_up(values, scores["chance"]),
        **scores,
    }


def _very_near(network: float | None, scores: Mapping[str, Any]) -> list[Finding]:
    """Whether the nearest star predicts the class better than all that learn."""
    nearest, boosted = scores["nearest_neighbour"], scores["star"]
    if network is None or nearest <= max(network, boosted) + MARGIN:
        return []
    return [
        Finding(
            "suspect",
            f"the nearest star's label ({nearest:.3f}) beats the network ({network:.3f}) and "
            f"boosted trees ({boosted:.3f}): rows are nearly equal to others",
        )
    ]


def _look_up(values: Sequence[Mapping[str, Any]], chance: float) -> float:
    """Accuracy of the best dictionary from repeated values to the label; the rest by chance."""
    scores = [v["repeated"] * v["exact"] + (1 - v["repeated"]) * chance for v in values]
    return max([chance, *scores])
