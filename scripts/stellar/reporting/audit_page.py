"""The audit's page: verdicts in one glance, then what stands behind each; text is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stellar import LABEL_COLUMN
from stellar.evaluation.leaks.finding import LEVEL, MARGIN, MARGINS, SURE, VERDICTS
from stellar.reporting.page.page import environment

WORDS = {
    "leaks": "leaks",
    "suspect": "suspect",
    "undecided": "undecided",
    "clean": "no leak detected",
}
ORIGINS = {
    "image": "measured on images",
    "spectrum": "measured on the star's spectrum, or fitted to it",
    "template": "of the library star or template that carries the label",
    "unknown": "not known: the configuration does not say",
}
NEVER = 10**9  # rows: as many as would decide where none would


def render(template: str, config: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> str:
    """The page as HTML.

    Parameters
    ----------
    template : str
        Jinja2 template.
    config : mapping
        `label`, whose sets come first, and `seed`.
    entries : sequence of mapping
        What the audit found: entries of `stellar.evaluation.leaks.audit`.

    Returns
    -------
    str
        HTML that refers to no other file.

    Raises
    ------
    jinja2.UndefinedError
        The template names what an entry lacks.
    """
    labels = dict.fromkeys([config["label"], *(entry["label"] for entry in entries)])
    by_label = {
        label: sorted(
            (entry for entry in entries if entry["label"] == label),
            key=lambda entry: -VERDICTS.index(entry["verdict"]),
        )
        for label in labels
    }
    survey = entries[0]["survey"] if entries else ""
    page = environment()
    page.filters["decides"] = decides
    return page.from_string(template).render(
        by_label={label: of for label, of in by_label.items() if of},
        config=config,
        survey=survey,
        simulated=survey == "simulated",
        columns=LABEL_COLUMN,
        words=WORDS,
        origins=ORIGINS,
        level=LEVEL,
        margin=MARGIN,
        margins=MARGINS,
        chance=1 - SURE,
    )


def decides(entry: Mapping[str, Any]) -> str:
    """How many rows show a label that a column knows to within a class, in words."""
    rows, decisive = entry["rows"], entry["decisive"]
    if not decisive:
        return "The columns could not be held against others, so that no number of rows is known."
    if decisive >= NEVER:
        return "No number of rows of this mix would show a label that is known to within a class."
    enough = "enough" if rows >= decisive else "too few"
    return (
        f"Some {max(decisive, 100):,} rows of this mix show a column that knows the label to "
        f"within a class; these {rows:,} are {enough}."
    )
