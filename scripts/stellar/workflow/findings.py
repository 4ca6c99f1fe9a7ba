"""What was found, in the few lines that end `make study` and `make audit`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stellar import files

Row = Mapping[str, Any]


def findings(config: Row, results: Path) -> list[str]:
    """The answer's three numbers and the audit's verdict, as the report says them.

    Parameters
    ----------
    config : mapping
        The run's configuration.
    results : Path
        Where the study's answer is.

    Returns
    -------
    list of str
        Lines for a terminal.
    """
    answer = files.read_json(results / "summary" / "answer.json")
    of_stars = "simulated stars" if answer["survey"] == "simulated" else "stars"
    wide = max(len(number["value"]) for number in answer["numbers"])
    return [
        f"Found on {of_stars} (label {config['label']}, ± is a 95 % interval):",
        *(f"  {number['value']:>{wide}}  {number['what']}" for number in answer["numbers"]),
        answer["verdict"]["text"],
    ]


def verdicts(config: Row, results: Path) -> list[str]:
    """The verdict on each feature set, from an audit without networks.

    Parameters
    ----------
    config : mapping
        The run's configuration.
    results : Path
        Where the audit's files are.

    Returns
    -------
    list of str
        Lines for a terminal.
    """
    label = config["label"]
    entries = files.read_json(results / "audit_alone" / f"{label}.json")
    if not entries:
        return [f"No feature set of label {label} could be audited; see the log."]
    of_stars = "simulated stars" if entries[0]["survey"] == "simulated" else "stars"
    return [
        f"Do the features of {of_stars} leak the label {label}?",
        *(f"  {_WORDS.get(e['verdict'], e['verdict']):<16} {e['features']}" for e in entries),
    ]


_WORDS = {"clean": "no leak detected"}
