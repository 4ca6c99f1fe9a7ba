"""The configuration, checked before any job starts.

The form is JSON Schema (config/schema.yaml); what a schema cannot say (a feature exists,
fractions sum to one) is checked here. Each error is one sentence. Imports stay light: every
cluster job parses the workflow, and so this module, again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    _check_space(config["tuning"]["space"], schema["$defs"]["network"]["properties"])


_LIMITS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "pattern": "of the form",
    "minItems": "a list of a length of at least",
}


def _sentence(error: ValidationError) -> str:
    """What is wrong, and what to type instead."""
    while error.validator == "anyOf" and error.context:
        # Of several forms the one that fits best says most: its mistake lies deepest.
        error = max(error.context, key=lambda e: (len(e.absolute_path), e.validator != "type"))
    place = ".".join(str(part) for part in error.absolute_path)
    wanted: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:
        case "additionalProperties":
            return _unknown_key(place, instance, error.schema)
        case "required":
            missing = next(key for key in wanted if key not in instance)
            return (
                f"{place or 'the configuration'} lacks the key {missing}; "
                f"add `{missing}: ...` (see config/README.md)"
            )
        case "enum":
            return f"{place} is {instance!r}; {_nearest(str(instance), map(str, wanted))}"
        case "type":
            kinds = wanted if isinstance(wanted, str) else " or ".join(wanted)
            return f"{place} is {instance!r}; it must be of type {kinds}"
    if error.validator in _LIMITS:
        return f"{place} is {instance!r}; it must be {_LIMITS[str(error.validator)]} {wanted}"
    return f"{place}: {error.message}"


def _unknown_key(place: str, instance: Mapping[str, Any], schema: Any) -> str:
    known = list(schema.get("properties", {}))
    key = next(str(key) for key in instance if key not in known)
    path = f"{place}.{key}" if place else key
    return f"configuration key {path} is unknown; {_nearest(key, known)}"


def _nearest(typed: str, known: Iterable[str]) -> str:
    options = list(known)
    near = get_close_matches(typed, options, n=1)
    return f"did you mean {near[0]}?" if near else f"use one of {', '.join(options)}"


def _check_features(config: Mapping[str, Any]) -> None:
    _named("features", config["features"])
    for variant, choice in config["ablation"].items():
        if choice is None:  # switched off
            continue
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


def _check_space(
    space: Mapping[str, Mapping[str, Any]], network: Mapping[str, Mapping[str, Any]]
) -> None:
    from jsonschema import Draft202012Validator

    for name, choice in space.items():
        if "min" in choice and choice["min"] > choice["max"]:
            raise UserError(
                f"tuning.space.{name}: min {choice['min']:g} is above max {choice['max']:g}; "
                "swap them"
            )
        if choice.get("sampling") == "log" and choice["min"] <= 0:
            raise UserError(f"tuning.space.{name}: sampling log needs a min above 0")
        for value in choice.get("values") or (choice["min"], choice["max"]):
            # A width is checked as a member of `hidden`; the number of layers needs no list.
            form = {"units": network["hidden"]["items"], "layers": {"type": "integer"}}.get(name)
            if not Draft202012Validator(form or network[name]).is_valid(value):
                raise UserError(
                    f"tuning.space.{name}: {value!r} is no value for network.{name}; "
                    "see config/README.md"
                )
    if ("layers" in space) != ("units" in space):
        raise UserError("tuning.space needs layers and units together; give both or neither")
