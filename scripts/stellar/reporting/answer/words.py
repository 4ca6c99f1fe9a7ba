"""Numbers and lists in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stellar.evaluation.metrics import TOO_FEW, too_few

MOST = 30  # words of a sentence
NARROW = 0.0005  # half-width that a digit behind the point would show as 0


def percent(value: float, digits: int = 1) -> str:
    """A share as percent."""
    return f"{100 * value:.{digits}f} %"


def plain(value: float, digits: int) -> str:
    """A number with a minus where it is negative."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def signed(value: float, digits: int = 1) -> str:
    """A number with its sign; what is rounded to zero has none."""
    rounded = round(value, digits) + 0.0
    return f"{rounded:{'+' if rounded else ''}.{digits}f}".replace("-", "−")


def spread(value: str, score: str, half: float | None, shown: str, unit: str = "") -> str:
    """A value with the half-width of its 95 % interval, or that there are too few stars to say."""
    if half is None:
        return f"{value}{unit}"
    if too_few(score, half):
        return f"{value}{unit} ({TOO_FEW})"
    return f"{value} ± {shown}{unit}"


def within(value: float, half: float | None, score: str = "accuracy") -> str:
    """A score in percent with the half-width of its 95 % interval.

    Parameters
    ----------
    value, half : float
        Shares; a half-width of None is left out.
    score : str
        Its name, which tells the width of its scale.
    """
    digits = 2 if half is not None and half < NARROW else 1
    shown = f"{100 * (half or 0):.{digits}f}"
    return spread(f"{100 * value:.{digits}f}", score, half, shown, " %")


def points(value: float, half: float | None, score: str = "accuracy", digits: int = 1) -> str:
    """A difference of shares in percentage points with the half-width of its 95 % interval."""
    shown = f"{100 * (half or 0):.{digits}f}"
    return spread(signed(100 * value, digits), score, half, shown, " points")


def listed(names: Sequence[str], most: int = 8) -> str:
    """Names as in a sentence; of many the first.

    >>> listed(["O", "B", "A"]), listed(["O", "B", "A"], most=2)
    ('O, B and A', 'O, B and 1 more')
    """
    if len(names) > most:
        names = [*names[:most], f"{len(names) - most} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def apart(text: str, most: int = MOST) -> list[str]:
    """What one says at length, such as a reason of the audit, as sentences of so many words.

    Parameters
    ----------
    text : str
        Parts of a sentence, with colons, semicolons and commas between them; no full stop.
    most : int
        Words of a sentence.

    Returns
    -------
    list of str
        Sentences.

    Examples
    --------
    >>> apart("equal values identify the class: they are names; zBV is one")
    ['Equal values identify the class.', 'They are names.', 'zBV is one.']
    """
    parts = re.split(r"; |: (?=\D)", text)
    return [f"{_capital(short)}." for part in parts for short in _shorter(part, most)]


def _shorter(part: str, most: int) -> list[str]:
    """A part, or where it is too long, what stands between some of its commas."""
    if _words(part) <= most:
        return [part]
    for mark in (": ", ", "):
        ends = [found.start() for found in re.finditer(mark, part)]
        fit = [end for end in ends if _words(part[:end]) <= most]
        if fit:
            return [part[: fit[-1]], *_shorter(part[fit[-1] + 2 :], most)]
    return ["the rest stands in the audit's file"]


def _words(text: str) -> int:
    return len(text.split())


def _capital(text: str) -> str:
    """A sentence's beginning; names of columns such as elodieTEff stay as they are."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.islower() and first.isalpha() else text
