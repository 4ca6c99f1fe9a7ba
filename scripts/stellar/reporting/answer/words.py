"""Numbers and lists in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stellar.evaluation.metrics import TOO_FEW, too_few

MOST = 30  # words of a sentence
DIGITS = 4  # behind the point, at most


def in_percent(value: float, digits: int) -> str:
    """A share in percent, with digits enough that no part shows as none or as all."""
    while digits < DIGITS and 0 < value < 1 and round(100 * value, digits) in (0, 100):
        digits += 1
    return f"{100 * value:.{digits}f}"


def percent(value: float, digits: int = 1) -> str:
    """A share as percent."""
    return f"{in_percent(value, digits)} %"


def fine(value: float, half: float | None, digits: int) -> int:
    """Digits behind the point that show neither a half-width nor its value as 0, if they can.

    >>> fine(-0.03, 0.27, 1), fine(0.00001, 0.007, 2), fine(0, 0, 1)
    (2, 3, 1)
    """
    for number in (half, value):
        enough = (n for n in range(digits, DIGITS + 1) if number and round(number, n))
        digits = next(enough, digits)
    return digits


def _apart(value: float, half: float | None, digits: int) -> int:
    """Digits behind the point that tell a value from its half-width, if they can: it decides."""
    more = range(digits, DIGITS + 1)
    return next((n for n in more if round(abs(value), n) != round(half or 0, n)), digits)


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
    digits = fine(0, 100 * (half or 0), 1)
    shown = f"{100 * (half or 0):.{digits}f}"
    return spread(f"{100 * value:.{digits}f}", score, half, shown, " %")


def points(value: float, half: float | None, score: str = "accuracy", digits: int = 1) -> str:
    """A difference of shares in percentage points with the half-width of its 95 % interval."""
    return differs(100 * value, 100 * half if half else half, digits, " points", score, half)


def differs(
    value: float,
    half: float | None,
    digits: int,
    unit: str = "",
    score: str = "",
    scaled: float | None = None,
) -> str:
    """A difference with its sign and the half-width of its 95 % interval.

    Parameters
    ----------
    value, half : float
        In units of `unit`.
    digits : int
        Behind the point; more where it would show as 0, or as large as its half-width.
    score : str
        Its name, which tells the width of its scale; `scaled` is the half-width in this scale.
    """
    digits = _apart(value, half, fine(value, half, digits))
    return spread(
        signed(value, digits),
        score,
        half if scaled is None else scaled,
        f"{half or 0:.{digits}f}",
        unit,
    )


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
