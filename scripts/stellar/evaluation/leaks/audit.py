"""Does a feature set leak its label? Evidence from the values, from the folds, from the files.

Each check gives findings; a verdict is the worst of them. The checks see data alone, not the names
of columns, so that they find a leak that nobody thought of and pass a column with a bad name. No
finding is no proof: an entry says what was tested and what was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import NO_LABEL, files
from stellar.evaluation.leaks.across_folds import stars_on_both_sides
from stellar.evaluation.leaks.columns import Examination, Examined
from stellar.evaluation.leaks.disjoint_folds import points, quick_findings, quick_scores
from stellar.evaluation.leaks.finding import VERDICTS, Finding
from stellar.evaluation.leaks.near_copies import near_copies
from stellar.evaluation.leaks.repeats import above_the_ceiling, ceiling
from stellar.evaluation.leaks.values import (
    labels_cut_from_values,
    values_made_of_labels,
    values_that_name_the_label,
)
from stellar.evaluation.provenance import NOTHING
from stellar.sample.arrays import Sample, load_sample, measured
from stellar.sample.columns import arrays_of
from stellar.sample.features import FEATURE_SETS, columns_needed, matrix
from stellar.sample.identity import stars_of

WORDS = {"star": "star", "plate": "plate", "template": "library star"}
PLACES = ["ra", "dec", "bestObjID", "plate", "elodieObject"]


def verdict(findings: Sequence[Finding], unless: str) -> tuple[str, str]:
    """The worst finding's verdict and reason; `unless` there is one, clean and why."""
    if not findings:
        return "clean", unless
    worst = max(findings, key=lambda finding: VERDICTS.index(finding.verdict))
    return worst.verdict, worst.reason


def as_numbers(names: Sequence[str]) -> NDArray[np.int64]:
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
        "template": as_numbers(places["elodieObject"].fill_null("").to_pylist()),
    }


def examination(
    path: str | Path,
    scheme: str,
    sets: Iterable[Sequence[str]],
    seed: int,
    own: Mapping[str, str] = NOTHING,
) -> Examination:
    """All columns of some feature sets held against each other, and against photometry.

    Parameters
    ----------
    path : str or Path
        What the rule `assign_folds` wrote.
    scheme : {"elodie", "subclass", "hammer"}
    sets : iterable of sequence of str
        Features; those that no star has are left out.
    seed : int
    own : mapping of str to str
        Where the user's columns come from.
    """
    listed = dict.fromkeys(
        [*FEATURE_SETS["photometry"], *FEATURE_SETS["colours"], *chain.from_iterable(sets)]
    )
    table = files.read_table(path, list(dict.fromkeys(columns_needed(list(listed)))))
    seen = measured(matrix(arrays_of(table, columns_needed(list(listed))), list(listed)))
    features = [name for name, known in zip(listed, seen, strict=True) if known]
    return Examination(load_sample(path, scheme, features).labelled(), seed, own)


def entry(
    sample: Sample,
    groups: Mapping[str, NDArray[np.int64]],
    examination: Examination | None = None,
    seed: int = 0,
    trees: int = 12,
) -> dict[str, Any]:
    """All checks of one feature set.

    Parameters
    ----------
    sample : Sample
        All rows; those without a label have -1.
    groups : mapping of str to array of int64, shape (n_rows,)
        Numbers of `star` (by place and photometric object), and perhaps `plate` and `template`.
    examination : Examination, optional
        Of a table that has the set's columns and others to hold them against; else the set's own.
    seed, trees : int
        `trees` are the boosting rounds of the trees that are scored on disjoint folds.

    Returns
    -------
    dict
        `verdict`, `reason`, `findings`; `rows` and `decisive` (see `Examined`); `tested` and
        `not_tested` (sentences); `values` (evidence from repeated values); `repeats` (see
        `ceiling`); accuracies `network` (see `with_run`), `lookup` (the best dictionary from
        repeated values to the label), and those and `losses` of `quick_scores`.
    """
    known = sample.labelled()
    of_known = {name: group[sample.labels != NO_LABEL] for name, group in groups.items()}
    examination = examination or Examination(known, seed)
    scores = quick_scores(known, of_known, seed, trees)
    repeats = ceiling(known.labels, of_known["star"])
    of_values, values, not_tested = _of_values(known, of_known["star"], seed)
    findings = [
        *stars_on_both_sides(groups["star"], sample.folds),
        *examination.of_set(sample.feature_names),
        *of_values,
        *quick_findings(scores),
        *above_the_ceiling(scores["random"], len(known.labels), repeats),
    ]
    examined = examination.examined
    tested, untested = _scope(examined, values, scores, repeats)
    return {
        **_judged(findings, examined, _unless(tested, scores["losses"])),
        "tested": tested,
        "not_tested": [*not_tested, *untested],
        "values": values,
        "repeats": repeats,
        "network": None,
        "lookup": _look_up(values, scores["chance"]),
        **scores,
    }


def with_run(
    entry: Mapping[str, Any], found: Sequence[Finding], network: float | None
) -> dict[str, Any]:
    """An entry with what is known of a run.

    Parameters
    ----------
    entry : mapping
        Of the data, as `entry` gives it.
    found : sequence of Finding
        Of the training and the scores of the network, and of what is compared with it.
    network : float, optional
        The network's accuracy, if it was scored on the set.
    """
    if not found:
        return {**entry, "network": network}
    of_data = [Finding(**finding) for finding in entry["findings"]]
    findings = [*found, *(f for f in of_data if f.verdict != "undecided")]
    return {**entry, "network": network, **_worst(findings, entry["reason"])}


def _of_values(
    known: Sample, stars: NDArray[np.int64], seed: int
) -> tuple[list[Finding], list[dict[str, Any]], list[str]]:
    """Findings of values alone, the evidence of repeated ones, and what was not tested."""
    named_by, values = values_that_name_the_label(known)
    copies, not_tested = near_copies(known, stars, seed)
    made = values_made_of_labels(known)
    return [*named_by, *made, *labels_cut_from_values(known, seed), *copies], values, not_tested


def _judged(findings: Sequence[Finding], examined: Examined, unless: str) -> dict[str, Any]:
    said = _worst(findings or _too_few(examined), unless)
    return {**said, "rows": examined.rows, "decisive": examined.decisive}


def _worst(findings: Sequence[Finding], unless: str) -> dict[str, Any]:
    worst, reason = verdict(findings, unless)
    told = [asdict(finding) for finding in findings]
    return {"verdict": worst, "reason": reason, "findings": told}


def _too_few(examined: Examined) -> list[Finding]:
    if examined.rows >= examined.decisive:
        return []
    return [
        Finding(
            "undecided",
            f"{examined.rows:,} rows are too few to tell a column made of the label from a "
            f"measurement; some {max(examined.decisive, 100):,} of this mix of classes would",
        )
    ]


def _scope(
    examined: Examined,
    values: Sequence[Mapping[str, Any]],
    scores: Mapping[str, Any],
    repeats: Mapping[str, float] | None,
) -> tuple[list[str], list[str]]:
    """What was tested and what was not, in words."""
    tested, untested = ["thresholds in single columns"], []
    if examined.together:
        tested.append(f"columns held against {len(examined.together)} that measure the star")
    else:
        untested.append("columns held against others: no three measure the star together")
    if values:
        tested.append("look-up of repeated values")
    else:
        untested.append("look-up of values: none repeat")
    for name in ("plate", "template"):
        told = f"folds disjoint in {WORDS[name]}"
        if name in scores["losses"]:
            tested.append(told)
        else:
            untested.append(f"{told}: not known")
    if repeats:
        tested.append(f"agreement of repeated spectra ({repeats['pairs']:,} pairs)")
    else:
        untested.append("agreement of repeated spectra: too few")
    return tested, untested


def _unless(tested: Sequence[str], losses: Mapping[str, Mapping[str, float]]) -> str:
    """Why a set without a finding is called clean."""
    reason = f"no leak found by: {'; '.join(tested)}"
    template = losses.get("template")
    if template and template["loss"] > template["ci95"]:
        reason += f"; stars of new library stars score {points(template)} points less"
    return reason


def _look_up(values: Sequence[Mapping[str, Any]], chance: float) -> float:
    """Accuracy of the best dictionary from repeated values to the label; the rest by chance."""
    scores = [v["repeated"] * v["exact"] + (1 - v["repeated"]) * chance for v in values]
    return max([chance, *scores])
