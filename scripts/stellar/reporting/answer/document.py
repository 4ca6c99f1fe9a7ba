"""The whole answer, as a document and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from stellar.evaluation.metrics import TOO_FEW
from stellar.reporting.answer import doubt, experiments, opening, rivals, scores
from stellar.reporting.answer.finding import NO_NUMBER
from stellar.reporting.answer.study import Study

FINDINGS = (
    scores.headline,
    scores.leak,
    scores.left,
    scores.labels,
    scores.mistakes,
    rivals.rivals,
    doubt.calibration,
    experiments.memory,
    experiments.redshift,
    experiments.errors,
)
NOTE = (
    "± is always the half-width of a 95 % interval, for folds that share training rows (Nadeau & "
    "Bengio 2003). Ranges in brackets are Wilson's 95 % intervals, unless they say by chance. "
    "Points are percentage points. "
    "A change not larger than its interval is one that these folds cannot resolve. "
    f"Where an interval is wider than its score's scale, there are {TOO_FEW}."
)
SIMULATED = (
    "All numbers of this run are from a simulated survey, not from SDSS. Unless configured "
    "otherwise, its ELODIE values and types are copied from library stars, as SDSS does: the leak "
    "is simulated, too (how: docs/simulation.md of the project)."
)


def document(study: Study) -> dict[str, Any]:
    """The answer.

    Returns
    -------
    dict
        `survey`, `question`, `answer` (a few short sentences), `bars`, `numbers`, `hot` and
        `verdict` (see `opening`), `findings` (ten, see `Finding`) and `note`.
    """
    return {
        "survey": study.results["pooled"]["survey"],
        "label": study.label,
        "question": opening.QUESTION,
        "answer": opening.answer(study),
        "bars": opening.bars(study),
        "numbers": opening.numbers(study),
        "hot": opening.hot(study),
        "verdict": opening.verdict(study),
        "findings": [asdict(make(study)) for make in FINDINGS],
        "note": f"{SIMULATED} {NOTE}" if study.simulated else NOTE,
    }


def markdown(found: Mapping[str, Any]) -> str:
    """A document of `document` as Markdown."""
    numbers = "\n".join(f"- **{n['value']}** {n['what']} ({n['of']})" for n in found["numbers"])
    parts = [
        "# Hack or hammer?",
        found["question"],
        f"**{found['answer']}**",
        numbers,
        *([found["hot"]] if found["hot"] else []),
        found["verdict"]["text"],
        found["note"],
        *(_finding(n, one) for n, one in enumerate(found["findings"], 1)),
    ]
    return "\n\n".join(parts) + "\n"


def _finding(place: int, found: Mapping[str, Any]) -> str:
    number = [f"**{found['number']}** ({found['of']})", ""]
    number = [] if found["number"] == NO_NUMBER else number
    where = ", ".join(f"`{path}`" for path in found["files"])
    lines = [*found["more"], f"How: {found['method']}", f"Where: {where}"]
    head = [f"## {place}. {found['claim']}", "", *number]
    return "\n".join([*head, *(f"- {line}" for line in lines)])
