"""A model's card: what it is for, what it learnt from, how good it is, where it fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellar import CLASSES

_USE = (
    "Spectral classes O B A F G K M for tables of stars with catalogue values, where no spectrum "
    "has been typed; a first look at which stars are worth one."
)
_LIMITS = (
    "Magnitudes are SDSS's u g r i z, as observed, not corrected for interstellar dust.",
    "It types stars. Galaxies, quasars and double stars get a class too, unless they are flagged.",
    "Probabilities hold for the mix of classes that it was trained on; `--mix` adapts them.",
    "A flag says that a row is unlike what the model learnt from; no flag is no promise.",
    "Rare classes are typed worst: see their recall before you rely on them.",
)
_SIMULATED = (
    "The stars that it learnt from are simulated, not observed: their colours are close to real "
    "ones, but every number below is of simulated stars."
)
_BY_CLASS = ("recall", "precision", "coverage_by_class", "flagged_by_class")


def card(document: Mapping[str, Any], scores: Mapping[str, Any]) -> dict[str, Any]:
    """The card as data, from what `model.json` says and the scores of held-out stars."""
    limits = [_SIMULATED] if document["simulated"] else []
    limits += [*_LIMITS, *unpromised(document)]
    return {
        "name": f"{document['label']}/{document['tier']}",
        "intended_use": _USE,
        "training_data": {
            "survey": document["survey"],
            "simulated": document["simulated"],
            "label": document["label"],
            "training_rows": document["training_rows"],
            "calibration_rows": document["calibration_rows"],
            "calibration_rows_by_class": document["calibration_rows_by_class"],
            "shares": document["shares"],
        },
        "needs": [feature for feature in document["features"] if len(feature["made_of"]) == 1],
        "held_out": dict(scores),
        "limits": limits,
        "versions": document["versions"],
    }


def unpromised(document: Mapping[str, Any]) -> list[str]:
    """A sentence on classes of which conformal sets promise nothing, if there are such."""
    names = document.get("unpromised", ())
    if not names:
        return []
    by_class = document["calibration_rows_by_class"]
    counts = ", ".join(f"{name} ({by_class[name]})" for name in names)
    return [
        f"Sets promise nothing of {counts}: so few stars calibrate that these classes have the "
        "threshold of all stars together. A star of theirs is often missing from its set."
    ]


def card_text(data: Mapping[str, Any]) -> str:
    """The card in Markdown."""
    training, scores = data["training_data"], data["held_out"]
    source = "simulated stars" if training["simulated"] else f"stars of {training['survey']}"
    lines = [
        f"# Model {data['name']}",
        "",
        data["intended_use"],
        "",
        f"- Trained on {training['training_rows']} {source}, label `{training['label']}`; "
        f"calibrated by {training['calibration_rows']} others.",
        f"- Needs {', '.join(_needed(feature) for feature in data['needs'])}.",
        "",
        f"## Of {scores['rows']} stars that it has not seen",
        "",
    ]
    if scores["rows"]:
        lines += _scores(scores)
    lines += ["## Limits", "", *(f"- {limit}" for limit in data["limits"]), ""]
    made = ", ".join(f"{name} {version}" for name, version in sorted(data["versions"].items()))
    return "\n".join([*lines, f"Made by {made}.", ""])


def _needed(feature: Mapping[str, Any]) -> str:
    unit = f" ({feature['unit']})" if feature["unit"] else ""
    return f"`{feature['name']}`{unit}"


def _scores(scores: Mapping[str, Any]) -> list[str]:
    lines = [
        f"Accuracy {_percent(scores['accuracy'])}, macro-F1 {_percent(scores['f1_macro'])}, "
        f"log-loss {scores['log_loss']:.3f}, calibration error "
        f"{_percent(scores['calibration_error'])}. The conformal sets hold the true class of "
        f"{_percent(scores['coverage'])} and have {scores['set_size']:.2f} classes on average; "
        f"{_percent(scores['flagged'])} of the stars are flagged.",
        "",
        "| class | stars | recall | precision | in its set | flagged |",
        "|---|---|---|---|---|---|",
    ]
    for name in CLASSES:
        shares = (scores[key][name] for key in _BY_CLASS)
        rows = scores["rows_by_class"][name]
        lines.append(f"| {name} | {rows} | {' | '.join(map(_percent, shares))} |")
    lines += ["", "Objects that are no stars O to M, and how many of them are flagged:", ""]
    for kind, found in sorted(scores["negatives"].items()):
        lines.append(f"- {kind}: {found['rows']}, {_percent(found['flagged'])}")
    return [*lines, ""]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
