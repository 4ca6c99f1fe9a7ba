"""Which jobs a configuration asks for, and what they are told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from stellar.crossvalidation.protocol import Protocol
from stellar.sample import features
from stellar.workflow.configuration import own_columns

SCHEMES = ("elodie", "subclass", "hammer")
LEARNERS = ("network", "boosted_trees")
PROTOCOL = ("folds", "selection", "selection_folds")  # keys of `cv` that the comparison depends on

Tiers = Mapping[str, Any]  # features by the name of their tier


def tiers_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The tiers that are not null, in the order of how much they know."""
    # That of the configuration's keys says nothing.
    found = [(name, names) for name, names in config["tiers"].items() if names]
    return dict(sorted(found, key=lambda tier: (len(features.resolve(tier[1])), tier[0])))


def comparison_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """What `Protocol.comparison` takes."""
    return {key: config["cv"][key] for key in PROTOCOL}


def values_of(config: Mapping[str, Any]) -> dict[str, list[str]]:
    """Values of each wildcard in the names of files."""
    shards, baselines = config["survey"]["shards"], list(config["baselines"])
    return {
        "shard": [f"{number:0{len(str(shards - 1))}d}" for number in range(shards)],
        "fold": [f"{number:02d}" for number in range(config["cv"]["folds"])],
        "name": baselines,
        "variant": sorted(name for name, choice in config["ablation"].items() if choice),
        "tier": list(tiers_of(config)),
        "scheme": list(SCHEMES),
        "rival": ["boosted_trees", *baselines],
        "learner": list(LEARNERS),
        "selection": list(Protocol.comparison(**comparison_of(config)).selections),
    }


def combined(values: Mapping[str, Iterable[str]]) -> list[dict[str, str]]:
    """A rule's jobs, each by the values of its wildcards, from all values of each."""
    return [dict(zip(values, job, strict=True)) for job in product(*values.values())]


def name_of(rule: str, files: Sequence[str], wildcards: Iterable[str]) -> str:
    """A rule's jobs by one name: the rule's, and its wildcards as they stand in its first file."""
    ordered = sorted(wildcards, key=lambda wildcard: files[0].index(f"{{{wildcard}"))
    job = "-".join(f"{{{wildcard}}}" for wildcard in ordered)
    return f"{rule}/{job}" if job else rule


def for_models(tiers: Tiers) -> list[str]:
    """Tiers of which a model is made: those without an ELODIE value."""
    elodie = {*features.FEATURE_SETS["elodie"]}
    return [name for name, names in tiers.items() if not elodie & _columns(names)]


def for_page(tiers: Tiers) -> list[str]:
    """The tier of the report's own network, if there is one: magnitudes, which a reader can set."""
    magnitudes = {*features.FEATURE_SETS["photometry"]}
    return [name for name in for_models(tiers) if _columns(tiers[name]) <= magnitudes][:1]


def with_last(names: str | Sequence[str], last: str) -> list[str]:
    """Features in their order, with one of them, or one more, at the end."""
    return [*(name for name in features.resolve(names) if name != last), last]


def _columns(names: Any) -> set[str]:
    return {*features.columns_needed(features.resolve(names))}


def studied(config: Mapping[str, Any], tiers: Tiers) -> str:
    """What the audit calls the study's features: by their set's name, unless a tier has it."""
    names = config["features"]
    return names if isinstance(names, str) and names not in tiers else "features"


def audit_of(config: Mapping[str, Any], tiers: Tiers) -> dict[str, Any]:
    """What is audited, and how: `features` by the names of their sets, the user's `own` columns."""
    own, study = own_columns(config["survey"]), {studied(config, tiers): config["features"]}
    audited = {"position": "position", **study, **tiers}
    if own:
        audited["own"] = ["photometry", "colours", *sorted(own)]
    audited |= {name: of for name, of in sorted(config["audit"]["sets"].items()) if of}
    trees, seed = config["audit"]["trees"], config["seed"]
    return {"features": list(audited.items()), "own": own, "trees": trees, "seed": seed}


def options(wildcards: Any, input: Any, output: Any) -> list[str]:
    """A job's files as options of its script, by the names that its rule gives them.

    The names of the parameters are those by which Snakemake gives a job's own.
    """
    words: list[str] = []
    for files in (input, output):
        for name, given in files.items():
            if name != "code":
                words += [f"--{name.replace('_', '-')}", *_several(given)]
    return words


def _several(given: str | Iterable[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)
