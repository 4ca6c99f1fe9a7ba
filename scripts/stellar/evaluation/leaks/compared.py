"""Models that stand beside the network of a feature set: what each saw against what it may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol, chosen_settings
from stellar.errors import MissingFeatureError
from stellar.evaluation.leaks.across_folds import scalers_of_training_rows, scored_once
from stellar.evaluation.leaks.allowed_rows import Hashed, untold
from stellar.evaluation.leaks.finding import Finding
from stellar.sample.arrays import Sample

CALLED = {"cv": "the cross-validation", "ablation": "variant"}


@dataclass(frozen=True)
class Compared:
    """A model whose score stands beside another's.

    Attributes
    ----------
    kind : {"rival", "baseline", "ablation", "cv"}
    name : str
        What a finding calls it.
    predicted : Predictions
    protocol : Protocol
    folds : sequence of int
        Those that it must be scored on.
    """

    kind: str
    name: str
    predicted: Predictions
    protocol: Protocol
    folds: Sequence[int]


def beside_network(
    config: Mapping[str, Any], settings: Sequence[Path], paths: Iterable[Path]
) -> list[Compared]:
    """What is compared with the networks of the study's own label.

    Parameters
    ----------
    config : mapping
        `cv` of the comparison, and `ablation_folds`.
    settings : sequence of Path
        The file of the rule `tune`; without it there is nothing to compare.
    paths : iterable of Path
        As of `models`.
    """
    if not settings:
        return []
    stops_early = chosen_settings(settings)["tuned"]["patience"] is not None
    never, network = (
        Protocol.study(config["cv"]["folds"], stops_early=stops) for stops in (False, stops_early)
    )
    protocols = {
        "rival": Protocol.comparison(**config["cv"]),
        "baseline": never,
        "ablation": network,
        "cv": network,
    }
    return models(paths, protocols, config["ablation_folds"])


def models(
    paths: Iterable[Path], protocols: Mapping[str, Protocol], ablation_folds: int | None
) -> list[Compared]:
    """Models of a study, from files of predictions; without those that its survey cannot feed.

    Parameters
    ----------
    paths : iterable of Path
        Each in a folder of the model's name, in one of its kind; those of `cv` are one model's.
    protocols : mapping of str to Protocol
        By kind.
    ablation_folds : int, optional
        On so many of the folds variants are scored; by default on all.
    """
    parts: dict[tuple[str, str], list[Predictions]] = {}
    for path in paths:
        kind, name = path.parts[-3:-1]
        called = CALLED.get(kind, kind)
        predicted = Predictions.read(path)
        if not predicted.skipped:
            whole = (kind, called if kind == "cv" else f"{called} {name}")
            parts.setdefault(whole, []).append(predicted)
    found = []
    for (kind, name), several in parts.items():
        folds = protocols[kind].scored
        folds = folds[:ablation_folds] if kind == "ablation" else folds
        found.append(Compared(kind, name, Predictions.together(several), protocols[kind], folds))
    return found


def findings_on(
    compared: Sequence[Compared], sample_of: Callable[[Sequence[str]], Sample]
) -> list[Finding]:
    """What each of some models saw that it should not have seen.

    Parameters
    ----------
    compared : sequence of Compared
    sample_of : callable
        From features to all rows; it raises MissingFeatureError on features that they have not.
    """
    found = []
    rows: dict[Any, Hashed] = {}  # of the features and rows of several models
    for model in compared:
        features = tuple(model.predicted.about["features"])
        # The study's own folds are of labelled rows alone.
        alone = model.protocol.kept_out != "for calibration"
        if (features, alone) not in rows:
            try:
                sample = sample_of(features)
            except (KeyError, MissingFeatureError):
                found.append(named(model.name, untold("its training")))
                continue
            rows[features, alone] = Hashed(sample.labelled() if alone else sample)
        found += [named(model.name, one) for one in _apart(model, rows[features, alone])]
    return found


def _apart(model: Compared, rows: Hashed) -> list[Finding]:
    about: Mapping[str, Any] = model.predicted.about
    return [
        *scalers_of_training_rows(rows, about, model.protocol, model.folds),
        *scored_once(rows.sample, model.predicted, model.folds),
    ]


def named(name: str, finding: Finding) -> Finding:
    """A finding that says which model it is of."""
    return replace(finding, reason=f"{name}: {finding.reason}")
