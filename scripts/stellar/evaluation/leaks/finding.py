"""A finding of the audit, and what it can say."""

from __future__ import annotations

from dataclasses import dataclass

VERDICTS = ("clean", "suspect", "leaks")
MARGIN = 0.01  # of accuracy: smaller differences are no finding
# Labels copied from templates have their templates' whims, which no feature foretells: a little is
# always lost on new templates; how much is written beside the verdict.
MARGINS = {"plate": MARGIN, "star": MARGIN, "template": 0.05}
MOST_ROWS = 20_000  # of the sample on which quick learners are trained


@dataclass(frozen=True)
class Finding:
    """What a check says, how bad it is, and the numbers behind it."""

    verdict: str
    reason: str
