"""A finding of the audit, and what it can say."""

from __future__ import annotations

from dataclasses import dataclass

VERDICTS = ("clean", "undecided", "suspect", "leaks")
LEVEL = 0.001  # of an audit's tests together: how often chance alone would speak
SURE = 0.999  # a study makes some sixty tests of losses: of one in forty one would always fail
MARGIN = 0.01  # of accuracy: smaller differences are no finding
# Labels copied from templates share the errors of their templates, which no feature predicts: a
# little is always lost on new templates; how much is written beside the verdict.
MARGINS = {"plate": MARGIN, "star": MARGIN, "template": 0.05}
MOST_ROWS = 20_000  # of the sample on which quick learners are trained


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes
    ----------
    verdict : str
        One of `VERDICTS`.
    reason : str
        In words and numbers.
    worth : float, optional
        What it is worth in accuracy, as far as the check tells.
    rows : int, optional
        Labelled rows that it touches, as far as the check tells.
    """

    verdict: str
    reason: str
    worth: float | None = None
    rows: int | None = None
