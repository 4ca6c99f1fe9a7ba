"""The configuration, checked before any job starts.

The form is JSON Schema (config/schema.yaml); what a schema cannot say (a feature exists,
fractions sum to one) is checked here. Each error is one sentence. Imports stay light: every
cluster job parses the workflow, and so this module, again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from stellar import features
from stellar.errors import UserError

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


def check(config: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Check a configuration as a whole.

    Raises
    ------
    UserError
        The first mistake, and what to type instead.
    """
    from jsonschema import Draft202012Validator

    mistakes = sorted(
        Draft202012Validator(schema).iter_errors(config),
        # A misspelt key explains the missing one beside it.
        key=lambda e: (e.validator != "additionalProperties", [str(p) for p in e.absolute_path]),
    )
    if mistakes:
        raise UserError(_sentence(mistakes[0]))
    _check_features(config)
    _check_split(config["split"])
    _check_survey(config["survey"])
    _check_space(config["tuning"]["space"])


def _sentence(error: ValidationError) -> str:
    if error.validator == "anyOf" and error.context:
        # The alternative that fits best says most: the one that fails deepest or on a key.
        error = max(error.context, key=lambda e: (len(e.absolute_path), e.validator != "type"))
    place = ".".join(str(part) for part in error.absolute_path) or "the configuration"
    wanted: Any = error.validator_value
    if error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        unknown = next(key for key in error.instance if key not in known)
        near = get_close_matches(str(unknown), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(known)}"
        key = unknown if place == "the configuration" else f"{place}.{unknown}"
        return f"configuration key {key} is unknown; {hint}"
    if error.validator == "required":
        missing = next(key for key in wanted if key not in error.instance)
        return f"{place} lacks the key {missing}; add `{missing}: ...` (see config/README.md)"
    if error.validator == "enum":
        near = get_close_matches(str(error.instance), [str(w) for w in wanted], n=1)
        hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(map(str, wanted))}"
        return f"{place} is {error.instance!r}; {hint}"
    if error.validator == "type":
        kinds = [wanted] if isinstance(wanted, str) else wanted
        return f"{place} is {error.instance!r}; it must be of type {' or '.join(kinds)}"
    limits = {
        "minimum": "at least",
        "maximum": "at most",
        "exclusiveMinimum": "more than",
        "exclusiveMaximum": "less than",
        "pattern": "of the form",
        "minItems": "a list longer than or equal to",
    }
    if error.validator in limits:
        return f"{place} is {error.instance!r}; it must be {limits[str(error.validator)]} {wanted}"
    return f"{place}: {error.message}"


def _check_features(config: Mapping[str, Any]) -> None:
    _named("features", config["features"])
    for variant, choice in config["ablation"].items():
        _named(f"ablation.{variant}", choice["features"], choice.get("without", ()))


def _named(place: str, names: str | Sequence[str], without: str | Sequence[str] = ()) -> None:
    try:
        features.resolve(names, without)
    except UserError as error:
        raise UserError(f"{place}: {error}") from None


def _check_split(split: Mapping[str, float]) -> None:
    total = sum(split.values())
    if abs(total - 1) > 1e-9:
        raise UserError(
            f"split: train, validation and test sum to {total:g}; they must sum to 1, "
            "for example 0.7, 0.2, 0.1"
        )


def _check_survey(survey: Mapping[str, Any]) -> None:
    if survey["source"] == "table" and not survey["table"]["path"]:
        raise UserError(
            "survey.source is table but survey.table.path is empty; give the path of your file"
        )
    if survey["source"] != "table" and survey["n_stars"] < survey["shards"]:
        raise UserError(
            f"survey.n_stars is {survey['n_stars']} but survey.shards is {survey['shards']}; "
            "use at most as many shards as stars"
        )


def _check_space(space: Mapping[str, Mapping[str, Any]]) -> None:
    for name, choice in space.items():
        if "min" in choice and choice["min"] > choice["max"]:
            raise UserError(
                f"tuning.space.{name}: min {choice['min']:g} is above max {choice['max']:g}; "
                "swap them"
            )
        if choice.get("sampling") == "log" and choice["min"] <= 0:
            raise UserError(f"tuning.space.{name}: sampling log needs a min above 0")
    if ("layers" in space) != ("units" in space):
        raise UserError("tuning.space needs layers and units together; give both or neither")
