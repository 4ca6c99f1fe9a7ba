"""The audit of all feature sets of a label, and where their columns come from."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stellar import files
from stellar.errors import MissingFeatureError
from stellar.evaluation.leaks.audit import PLACES, entry, examination, groups_of
from stellar.evaluation.provenance import SHARED, by_origin, disagreement, shared_origin
from stellar.sample.arrays import load_sample
from stellar.sample.features import resolve

log = logging.getLogger("stellar")


@dataclass(frozen=True)
class Sets:
    """What is to be audited, and how.

    Attributes
    ----------
    features : mapping of str to list of str
        Features by the name of their set.
    own : mapping of str to str
        Where columns of the user's come from.
    seed : int
    trees : int
        Boosting rounds of the trees that are scored on disjoint folds.
    """

    features: Mapping[str, list[str]]
    own: Mapping[str, str]
    seed: int
    trees: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Sets:
        """From a rule's slice of the configuration; raises UserError on an unknown feature."""
        sets = {name: resolve(of, own=config["own"]) for name, of in config["features"]}
        return cls(sets, config["own"], config["seed"], config["trees"])


def entries(path: str | Path, scheme: str, sets: Sets) -> list[dict[str, Any]]:
    """An entry for each set whose features the stars have; none without two classes.

    Parameters
    ----------
    path : str or Path
        What the rule `assign_folds` wrote.
    scheme : {"elodie", "subclass", "hammer"}
    sets : Sets

    Returns
    -------
    list of dict
        `label`, `features` (the set's name), its `columns`, the `origins` of what these are made
        of, what label and features share by provenance (`shares`) and whether the data disagree
        (`disagrees`: a sentence, or None), `survey`, and what `audit.entry` says.
    """
    groups = groups_of(files.read_table(path, PLACES))
    found: list[dict[str, Any]] = []
    try:
        whole = examination(path, scheme, sets.features.values(), sets.seed, sets.own)
    except MissingFeatureError as error:
        log.info("label %s is not audited: %s", scheme, error)
        return found
    for name, features in sets.features.items():
        try:
            stars = load_sample(path, scheme, features)
        except MissingFeatureError as error:
            log.info("%s is not audited: %s", name, error)
            continue
        seen = entry(stars, groups, whole, sets.seed, sets.trees)
        shared = shared_origin(scheme, features, sets.own)
        about = {
            "label": scheme,
            "features": name,
            "columns": features,
            "survey": stars.survey,
            "shares": SHARED[shared],
            "origins": by_origin(features, sets.own),
            "disagrees": disagreement(shared, seen["verdict"]),
        }
        found.append({**about, **seen})
        log.info("%s: %s, %s", name, seen["verdict"], seen["reason"])
    return found
