"""What differs between two runs, as rows of tables: second minus first."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stellar import CLASSES
from stellar.crossvalidation.predictions import Predictions
from stellar.evaluation import metrics, study_tables
from stellar.two_runs.runs import Model, Row, Run

SCORES = ("accuracy", "f1_macro", "log_loss")
Fold = Mapping[str, float]


def models(first: Run, second: Run) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Models that both runs scored, and those that only one did.

    Returns
    -------
    rows : list of dict
        As of `model_row`.
    alone : list of dict
        `kind`, `name`, `run` ("A" or "B": who has it) and `why` the other has not.
    """
    rows, alone = [], []
    for model in dict.fromkeys([*first.models, *second.models]):
        found = {
            name: run.predictions(model)
            for name, run in (("A", first), ("B", second))
            if model in run.models
        }
        there = {name: one for name, one in found.items() if not one.skipped}
        if len(there) == 2:
            rows.append(model_row(model, there["A"], there["B"]))
        for name in there if len(there) == 1 else ():
            reason = next((f"skipped: {one.skipped}" for one in found.values() if one.skipped), "")
            alone.append(
                dict(kind=model[0], name=model[1], run=name, why=reason or "no such model")
            )
    return rows, alone


def model_row(model: Model, first: Predictions, second: Predictions) -> dict[str, Any]:
    """Scores of one model in two runs, and their differences.

    The folds of both are paired if both scored at least two of the same, and each of these holds
    the same stars with the same labels; then only common folds count.

    Parameters
    ----------
    model : tuple of str
    first, second : Predictions

    Returns
    -------
    dict
        `kind` and `name`; `paired`; `same`: the predictions are identical; `folds_a`, `folds_b`,
        `rows_a`, `rows_b`: what is scored. For each of `SCORES` the means over folds `<score>_a`
        and `<score>_b`, `<score>_difference` (second - first) and `_ci95`, the half-width of its
        95 % interval: paired, that of `metrics.corrected_interval` of the folds' differences;
        unpaired, those of both means in quadrature; None where there is only one fold.
    """
    a, b = (_parts(predictions.labelled()) for predictions in (first, second))
    common = sorted(set(a) & set(b))
    paired = len(common) > 1 and all(_same_stars(a[fold], b[fold]) for fold in common)
    if paired:
        a, b = ({fold: parts[fold] for fold in common} for parts in (a, b))
    same = paired and all(
        np.array_equal(a[fold].probabilities, b[fold].probabilities) for fold in common
    )
    folds_a = [_scored(part, fold) for fold, part in a.items()]
    folds_b = [_scored(part, fold) for fold, part in b.items()]
    row: dict[str, Any] = {
        "kind": model[0],
        "name": model[1],
        "paired": paired,
        "same": same,
        "folds_a": len(folds_a),
        "folds_b": len(folds_b),
        "rows_a": sum(int(fold["rows"]) for fold in folds_a),
        "rows_b": sum(int(fold["rows"]) for fold in folds_b),
    }
    for score in SCORES:
        row |= _difference(score, folds_a, folds_b, paired)
    return row


def _parts(predictions: Predictions) -> dict[int, Predictions]:
    """Each fold that has rows; sorted, for equal ones to have equal scores to the last bit."""
    ordered = predictions.of(np.lexsort((predictions.ids, predictions.folds)))
    folds, starts = np.unique(ordered.folds, return_index=True)
    ends = [*starts[1:], len(ordered.ids)]
    return {
        int(fold): ordered.of(np.arange(start, end))
        for fold, start, end in zip(folds, starts, ends, strict=True)
    }


def _same_stars(a: Predictions, b: Predictions) -> bool:
    return np.array_equal(a.ids, b.ids) and np.array_equal(a.labels, b.labels)


def _scored(part: Predictions, fold: int) -> Fold:
    scores = metrics.scores(part.labels, part.classes)
    (about,) = (known for known in part.about["folds"] if known["fold"] == fold)
    return {
        "rows": scores["rows"],
        "train_rows": about["train_rows"],
        "accuracy": scores["accuracy"],
        "f1_macro": scores["f1_macro"],
        "log_loss": metrics.log_loss(part.labels, part.probabilities),
    }


def _difference(
    score: str, first: Sequence[Fold], second: Sequence[Fold], paired: bool
) -> dict[str, Any]:
    a, b = ([fold[score] for fold in folds] for folds in (first, second))
    shares = [study_tables.test_share(folds) for folds in (first, second)]
    half: float | None = None
    if paired:  # trained on fewer rows in one run: by its share, the wider interval
        by_fold = [y - x for x, y in zip(a, b, strict=True)]
        half = metrics.corrected_interval(by_fold, max(shares))[0]
    elif min(len(a), len(b)) > 1:
        means = [
            metrics.corrected_interval(values, share)[0]
            for values, share in zip((a, b), shares, strict=True)
        ]
        half = math.hypot(*means)
    return {
        f"{score}_a": float(np.mean(a)),
        f"{score}_b": float(np.mean(b)),
        f"{score}_difference": float(np.mean(b) - np.mean(a)),
        f"{score}_difference_ci95": half,
    }


def tells(row: Row, score: str) -> bool:
    """Whether the interval of a row's difference is without 0, and says something at all."""
    half = row[f"{score}_difference_ci95"]
    return half is not None and not few(row, score) and abs(row[f"{score}_difference"]) > half


def few(row: Row, score: str) -> bool:
    """Whether there are too few folds or stars to say anything of a row's difference."""
    half = row[f"{score}_difference_ci95"]
    return half is None or metrics.too_few(f"{score}_difference", half)


def configurations(first: Run, second: Run) -> list[dict[str, str]] | None:
    """`key`, `a` and `b` of all settings that differ, keys joined by dots; an unset one is "".

    None where a run did not write its configuration.
    """
    if first.configuration is None or second.configuration is None:
        return None
    a, b = flat(first.configuration), flat(second.configuration)
    return [
        {"key": key, "a": a.get(key, ""), "b": b.get(key, "")}
        for key in dict.fromkeys([*a, *b])
        if a.get(key) != b.get(key)
    ]


def flat(part: Any, prefix: str = "") -> dict[str, str]:
    """Settings by keys joined by dots, as JSON; a list is one value.

    >>> flat({"cv": {"folds": 20}, "costs": [0, 1]})
    {'cv.folds': '20', 'costs': '[0, 1]'}
    """
    if not isinstance(part, Mapping) or not part:
        return {prefix: json.dumps(part, ensure_ascii=False, sort_keys=True, default=str)}
    found: dict[str, str] = {}
    for key, value in part.items():
        found |= flat(value, f"{prefix}.{key}" if prefix else str(key))
    return found


def verdicts(first: Run, second: Run) -> list[dict[str, Any]]:
    """Verdicts of the audit by `label` and `features`, where they differ first.

    `a` and `b` are verdicts, `reason_a` and `reason_b` what they rest on; None where that run did
    not audit the set.
    """
    a, b = (
        {(entry["label"], entry["features"]): entry for entry in run.audits}
        for run in (first, second)
    )
    rows = [
        {
            "label": label,
            "features": features,
            **{
                f"{name}{of}": found.get((label, features), {}).get(key)
                for of, found in (("a", a), ("b", b))
                for name, key in (("", "verdict"), ("reason_", "reason"))
            },
        }
        for label, features in dict.fromkeys([*a, *b])
    ]
    return sorted(rows, key=lambda row: row["a"] == row["b"])


def classes(first: Run, second: Run) -> list[dict[str, Any]]:
    """Labelled stars by class, and all: `class`, `a`, `b`; nothing where a run lacks its counts."""
    if not first.labels or not second.labels:
        return []
    a, b = first.labels, second.labels
    rows = [
        {"class": name, "a": a["classes"].get(name, 0), "b": b["classes"].get(name, 0)}
        for name in CLASSES
    ]
    for name, key in (("all with a class", "labelled"), ("all", "rows")):
        rows.append({"class": name, "a": a[key], "b": b[key]})
    return rows


def times(first: Run, second: Run) -> list[dict[str, Any]]:
    """Seconds of CPU by rule, the dearest of the first run first: `rule`, `a`, `b`, `ratio` b / a.

    None where a run lacks the rule; nothing where a run lacks its costs.
    """
    if not first.costs or not second.costs:
        return []
    a, b = ({row["rule"]: row["cpu_s"] for row in run.costs} for run in (first, second))
    return [
        {
            "rule": rule,
            "a": a.get(rule),
            "b": b.get(rule),
            "ratio": b[rule] / a[rule] if a.get(rule) and rule in b else None,
        }
        for rule in sorted(dict.fromkeys([*a, *b]), key=lambda rule: rule == "all jobs")
    ]
