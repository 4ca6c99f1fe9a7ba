"""Scores with their intervals, as figures hold them and say them.

Apart from `style`: diagrams of stars need no score.
"""

from __future__ import annotations

from typing import Any

from stellar.reporting.answer.words import points, within
from stellar.reporting.figures.style import rounded


def bounded(value: float, half: float | None, least: float = 0, most: float = 1) -> dict[str, Any]:
    """A score with the ends of its interval, as far as the score goes, and in words."""
    ends = (value, value) if half is None else (max(least, value - half), min(most, value + half))
    shown = (points if least < 0 else within)(value, half)
    return {
        "value": rounded(value),
        "low": rounded(ends[0]),
        "high": rounded(ends[1]),
        "with_interval": shown,
    }
