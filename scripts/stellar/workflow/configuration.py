"""The configuration, checked before any job starts.

The form is JSON Schema (config/schema.yaml); what a schema cannot say (a feature exists,
fractions sum to one) is checked here. Each error is one sentence. Imports stay light: every
cluster job parses the workflow, and so this module, again.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellar.crossvalidation.protocol import Protocol
from stellar.errors import UserError
from stellar.sample import features

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


def check(config: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Check a configuration as a whole.

    Raises
    ------
    UserError
        The first mistake, and what to type instead.
    """
    _check_names("", config)
    mistakes = sorted(
        _validator(schema).iter_errors(config),
        # A misspelt key explains the missing one beside it.
        key=lambda e: (e.validator != "additionalProperties", [str(p) for p in e.absolute_path]),
    )
    if mistakes:
        raise UserError(_sentence(mistakes[0]))
    _check_features(config)
    _check_split(config["split"])
    _check_costs(config["costs"])
    _check_protocol(config["cv"])
    _check_learners(config["learners"], schema["$defs"])
    _check_ingredients(config["experiments"]["ingredients"], schema["$defs"]["network"])
    _check_survey(config["survey"])
    if config["real_stars"]["path"]:
        _check_file("real_stars.path", config["real_stars"]["path"])
    _check_space(config["tuning"]["space"], schema["$defs"]["network"]["properties"])


def _check_names(place: str, section: Any) -> None:
    """Whether all names are text: where no file was read, as for a module's configuration."""
    for name, value in section.items() if isinstance(section, Mapping) else ():
        if not isinstance(name, str):
            raise UserError(f"{place or 'the configuration'} has the name {name}; quote it")
        _check_names(f"{place}.{name}" if place else name, value)


def _validator(schema: Mapping[str, Any]) -> Any:
    """JSON Schema, but 5.0 is no integer and .nan no number."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    def integer(_: Any, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)

    def number(_: Any, value: Any) -> bool:
        return integer(_, value) or (isinstance(value, float) and math.isfinite(value))

    types = Draft202012Validator.TYPE_CHECKER.redefine_many({"integer": integer, "number": number})
    return extend(Draft202012Validator, type_checker=types)(schema)  # type: ignore[no-untyped-call]


_LIMITS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "pattern": "of the form",
    "minItems": "a list of a length of at least",
    "maxItems": "a list of a length of at most",
}


_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+")


def _sentence(error: ValidationError) -> str:
    """What is wrong, and what to type instead."""
    while error.validator == "anyOf" and error.context:
        # Of several forms the one that fits best says most: its mistake lies deepest.
        word = isinstance(error.instance, str) and not _is_number(error.instance)
        rank = {"type": 1, "enum": 2 if word else 0}
        error = max(
            error.context, key=lambda e: (len(e.absolute_path), rank.get(str(e.validator), 3))
        )
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
                f"add `{missing}: ...` (see docs/configuration.md)"
            )
        case "enum":
            return f"{place} is {instance!r}; {_nearest(str(instance), map(str, wanted))}"
        case "type":
            kinds = wanted if isinstance(wanted, str) else " or ".join(wanted)
            hint = _hint(instance) or _quoted(kinds, instance)
            return f"{place} is {_shown(instance)}; it must be of type {_plain(kinds)}{hint}"
    if error.validator in _LIMITS:
        return f"{place} is {instance!r}; it must be {_LIMITS[str(error.validator)]} {wanted}"
    return f"{place}: {error.message}"


def _plain(kinds: str) -> str:
    names = {"object": "mapping (key: value)", "array": "list", "integer": "whole number"}
    return " or ".join(names.get(kind, kind) for kind in kinds.split(" or "))


def _hint(value: Any) -> str:
    if not _is_number(value):
        return ""
    if "," in value:
        return f", for example {_number(value):.15g}, without commas"
    return (
        f", for example {_number(value):.15g}; inside --config 'key={{...}}' every number is "
        "text: write it in a file for --configfile"
    )


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, date) else repr(value)


def _quoted(kinds: str, value: Any) -> str:
    """What to do where a name was written that YAML does not read as text."""
    if "string" not in kinds or not isinstance(value, bool | int | float | date):
        return ""
    word = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    return f'; if that is a name, quote it, as in "{word}"'


def _is_number(value: Any) -> bool:
    """Whether a text is a number: YAML takes 1e-3 and 100,000 for text."""
    try:
        return isinstance(value, str) and math.isfinite(_number(value))
    except ValueError:
        return False


def _number(text: str) -> float:
    return float(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)


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
        if variant in config["baselines"]:
            raise UserError(f"ablation.{variant} has the name of a baseline; call it otherwise")
        if choice is None:  # switched off
            continue
        if "features" not in choice:
            raise UserError(f"ablation.{variant} lacks the key features; add `features: ...`")
        _named(f"ablation.{variant}", choice["features"], choice.get("without"))
    for tier, names in config["tiers"].items():
        if names is not None:
            _named(f"tiers.{tier}", names)
    for tier in config["tiers"]:
        if tier in ("position", "features", "own"):
            raise UserError(f"tiers.{tier}: the audit has {tier} already; give another name")
    _check_audited(config)
    if not any(config["tiers"].values()):
        raise UserError("tiers: all are switched off; leave at least one")
    tiers = [name for name, names in config["tiers"].items() if names]
    asked = {
        "calibration": config["calibration"],
        "compare": config["compare"],
        "experiments.input_errors": config["experiments"]["input_errors"],
        "experiments.suspects": config["experiments"]["suspects"],
    }
    for place, section in asked.items():
        tier = section["tier"]
        if tier not in tiers:
            raise UserError(f"{place}.tier {tier} is none of the tiers; {_nearest(tier, tiers)}")


def _check_audited(config: Mapping[str, Any]) -> None:
    own = own_columns(config["survey"])
    known = {*features.FEATURES, *features.FEATURE_SETS}
    for name in own:
        if name in known:
            raise UserError(
                f"survey.table.own: {name} is a feature already, see docs/configuration.md; leave "
                "it out, or rename your column"
            )
    for name, names in config["audit"]["sets"].items():
        if name in ("position", "features", config["features"], *config["tiers"]):
            raise UserError(f"audit.sets.{name}: the audit has {name} already; give another name")
        if names is not None:
            _named(f"audit.sets.{name}", names, own=own)


def own_columns(survey: Mapping[str, Any]) -> dict[str, str]:
    """Columns of a user's table that are features of the audit, and where each comes from."""
    return dict(survey["table"]["own"]) if survey["source"] == "table" else {}


def _named(
    place: str,
    names: str | Sequence[str],
    without: str | Sequence[str] | None = None,
    own: Iterable[str] = (),
) -> None:
    try:
        features.resolve(names, without, list(own))
    except UserError as error:
        raise UserError(f"{place}: {error}") from None


def _check_split(split: Mapping[str, float]) -> None:
    total = sum(split.values())
    if abs(total - 1) > 1e-9:
        raise UserError(
            f"split: train, validation and test sum to {total:g}; they must sum to 1, "
            "for example 0.7, 0.2, 0.1"
        )


def _check_protocol(cv: Mapping[str, Any]) -> None:
    # Two scored folds at least, or there is no interval and nothing to calibrate by; nested,
    # neither a fold nor its calibration fold choose for it.
    most = cv["folds"] - 2
    protocol = Protocol.comparison(cv["folds"], cv["selection"], cv["selection_folds"])
    folds = len(next(iter(protocol.selections.values())))
    if folds > most:
        raise UserError(
            f"with selection {cv['selection']}, {folds} of cv.folds {cv['folds']} cannot choose "
            "hyperparameters: too few are left to be scored; use more folds"
        )


def _check_learners(learners: Mapping[str, Any], forms: Mapping[str, Any]) -> None:
    patience = learners["network"]["fixed"]["patience"]
    if patience is not None:
        raise UserError(
            f"learners.network.fixed.patience is {patience}, but the comparison has "
            "no rows to stop early by; use null"
        )
    for learner, form in (("network", "network"), ("boosted_trees", "trees")):
        for name, values in learners[learner]["space"].items():
            place = f"learners.{learner}.space"
            _check_setting(place, name, values or (), forms[form]["properties"])


def _check_setting(
    place: str, name: str, values: Iterable[Any], forms: Mapping[str, Mapping[str, Any]]
) -> None:
    """Whether a setting of a learner exists in the comparison and takes the values."""
    known = [key for key in forms if key != "patience"]
    if name not in known:
        raise UserError(f"{place} has the key {name}; {_nearest(name, known)}")
    for value in values:
        if not _validator(forms[name]).is_valid(value):
            raise UserError(
                f"{place}.{name}: {value!r} is no value for {name}; see docs/configuration.md"
            )


def _check_ingredients(
    ingredients: Mapping[str, Mapping[str, Any] | None], network: Mapping[str, Any]
) -> None:
    for name, change in ingredients.items():
        place = f"experiments.ingredients.{name}"
        if name == "none":
            raise UserError(f"{place}: none is the unchanged network; give another name")
        if change is None:  # switched off
            continue
        if not change:
            raise UserError(f"{place} changes nothing; give features, network, or null")
        if "features" in change:
            _named(place, change["features"])
        for key, value in change.get("network", {}).items():
            _check_setting(f"{place}.network", key, [value], network["properties"])


def _check_costs(costs: Sequence[Sequence[float]]) -> None:
    for number, row in enumerate(costs):
        if row[number]:
            raise UserError(
                f"costs: a right answer costs {row[number]:g} in row {number + 1}; give 0 there"
            )


def _check_survey(survey: Mapping[str, Any]) -> None:
    if survey["source"] == "table" and not survey["table"]["path"]:
        raise UserError(
            "survey.source is table but survey.table.path is empty; give the path of your file"
        )
    if survey["source"] == "table":
        _check_file("survey.table.path", survey["table"]["path"])
    for band, limits in survey["sdss"]["magnitudes"].items():
        if limits and limits[0] >= limits[1]:
            raise UserError(
                f"survey.sdss.magnitudes.{band} is {limits}; give the brighter limit first, "
                f"for example [{min(limits)}, {max(limits)}]"
            )
    if survey["n_stars"] == "all":
        if survey["source"] == "simulated":
            raise UserError(
                "survey.n_stars is all, but a simulated survey has no end; give a number"
            )
    elif survey["source"] != "table" and survey["n_stars"] < survey["shards"]:
        raise UserError(
            f"survey.n_stars is {survey['n_stars']} but survey.shards is {survey['shards']}; "
            "use at most as many shards as stars"
        )


def _check_file(key: str, path: str) -> None:
    try:
        os.fsencode(path)  # or it would be called missing
    except UnicodeEncodeError:
        raise UserError(
            f"{key}: the locale cannot name the file {path}; type "
            "export PYTHONUTF8=1, then the same command"
        ) from None
    if not Path(path).is_file() or set("{}<>") & set(path):
        raise UserError(
            f"{key}: there is no file {path}, or its name has one of {{}}<>; "
            "correct the path or rename the file"
        )


def _check_space(
    space: Mapping[str, Mapping[str, Any] | None], network: Mapping[str, Mapping[str, Any]]
) -> None:
    searched = {name: choice for name, choice in space.items() if choice}
    for name, choice in searched.items():
        # A width is checked as a member of `hidden`; the number of layers has no key there.
        form = {
            "units": network["hidden"]["items"],
            "layers": {"type": "integer", "minimum": 1},
        }.get(name, network.get(name, {}))
        _check_choice(name, {k: v for k, v in choice.items() if v is not None}, form)
    if ("layers" in searched) != ("units" in searched):
        raise UserError("tuning.space needs layers and units together; give both or neither")


def _check_choice(name: str, choice: Mapping[str, Any], form: Mapping[str, Any]) -> None:
    place = f"tuning.space.{name}"
    given = set(choice) - {"step", "sampling"}
    if given not in ({"values"}, {"min", "max"}):
        raise UserError(
            f"{place} needs either values, or min and max; set the others to null "
            "(a file of your own adds its keys to config.yaml's)"
        )
    values = choice.get("values") or [choice["min"], choice["max"]]
    whole = "integer" in form.get("type", "")
    for value in [*values, *([choice["step"]] if whole and "step" in choice else [])]:
        if value is None or not _validator(form).is_valid(value):
            raise UserError(f"{place}: {value!r} is no value for {name}; see docs/configuration.md")
    if "values" in choice:
        return
    if choice["min"] > choice["max"]:
        raise UserError(f"{place}: min {choice['min']:g} is above max {choice['max']:g}; swap them")
    if choice.get("sampling") == "log" and (choice["min"] <= 0 or "step" in choice):
        raise UserError(f"{place}: sampling log needs a min above 0, and no step")
