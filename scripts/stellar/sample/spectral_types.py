"""From the archive's label strings to a spectral class O B A F G K M, or a reason why not.

SDSS writes spectral types in several styles: its own templates (`F5`, `M0V`, `WDhotter`,
`Carbon_lines`), types of library stars (`F5Ib... (17463)`, `K5 (G_19-24)`, `sd:F0 (G_84-29)`)
and The Hammer's (`dM3`, `K5`, `sdM1`). Other catalogues add types without a subtype (`Ap...`,
`Fm:`, `KIII`), chemical marks (`ApSi`, `ON9`) and Mount Wilson's prefixes (`gK0`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES, LABEL_COLUMN, NO_LABEL

if TYPE_CHECKING:
    import pandas as pd

SCHEMES = tuple(LABEL_COLUMN)
NEGATIVES = ("white dwarf", "cataclysmic variable", "carbon star")  # of SDSS's templates
LABEL_INPUTS = ("class", "elodieTEff")  # columns that `label_rows` needs beside

NO_STAR = "not a star"  # by the column `class`
KIND = "a kind of source, no spectral type"

# Other kinds of objects, in the order in which they are looked for.
_OTHERS = (
    (r"(Carbon|Calcium)?WD|D[ABCOQXZ]|D[0-9]", "white dwarf"),
    (r"CV", "cataclysmic variable"),
    (r"SC|MS|S($|[0-9.:,(])", "S star"),
    (r"Carbon|C($|[-HNRJ0-9 (.:])|[RN]($|[0-9.:])|dC", "carbon star"),
    (r"W[CNOR]", "Wolf-Rayet star"),
    (r"[LTY]([0-9]|dwarf|$)", "brown dwarf"),
    (r"(He-?)?(e|u)?sd:?[\s-]*[OB]", "hot subdwarf"),
    (r"(?i:star|galaxy|qso|quasar)$", KIND),
)
_SUBDWARF = re.compile(r"(e|u|d/)?sd:?\s*")
_LUMINOSITY_PREFIX = re.compile(r"(d|g|sg|c)(?=[OBAFGKM])")  # Mount Wilson: dwarf to supergiant
# An Am star has three types, of its K line, hydrogen and metals; hydrogen's is that of temperature.
_TO_HYDROGEN = re.compile(r"(k[BAFG][0-9](\.[0-9])?)?\s?h(?=[BAFG][0-9])")
# A letter counts with what an MK type has behind it; what follows is free. Without a subtype a
# word such as Binary, Open or Gem is near, so that only known marks, at a mark's end, count.
_LUMINOSITY = r"(?:I{1,3}|IV|VI{0,2})(?:-?ab?|-?b)?\+?"
_MARK = r"(?:nn?|ss?)?(?:pe?|ep?|m|f[p?*+]?|pec|comp|v|var|sh|shell|w[kl]?)?"
_RANGE = r"-(?=$|[\s.:]|[OBAFGKM](?![A-Za-z])|type|dwarf|giant|star)"
_END = r"(?:(?<=[mp])(?=[A-Z][a-z0-9])|(?![A-Za-z0-9_-]|\s?[0-9]))"
_TYPE = re.compile(
    rf"(?:OB|[OBAFGKM])(?:[NC]?\s?(?:10|[0-9])(?:\.[0-9]+)?(?![0-9])|{_RANGE}"
    rf"|(?:\s?{_LUMINOSITY}(?:[-/]{_LUMINOSITY})?)?:?{_MARK}{_END})"
)


@dataclass(frozen=True)
class Parsed:
    """What a label string says: a spectral class, or the reason why it says none."""

    spectral_class: str | None
    reason: str = ""


def parse_type(text: str | None, subdwarfs: bool = True) -> Parsed:
    """Spectral class of one label string.

    Parameters
    ----------
    text : str or None
        As in the archive. Capital letters matter.
    subdwarfs : bool
        Whether a cool subdwarf (`sdF3`, `sdM1`: metal-poor, core hydrogen burning) counts with
        the letter behind its prefix. The study looks at the first letter alone, so it has none.
        A hot subdwarf (sdO, sdB: core helium burning) is never an O or B star.

    Notes
    -----
    `OB`, SDSS's template for hot stars, counts as O, its first letter. Of a range (`G5/G6IVw`)
    the first type counts; of an Am star's three (`kA5hF0mF2`) hydrogen's, if it is given.

    Examples
    --------
    >>> parse_type("F5Ib... (17463)").spectral_class
    'F'
    >>> parse_type("WDhotter")
    Parsed(spectral_class=None, reason='white dwarf')
    >>> parse_type("sdM1").spectral_class, parse_type("sdM1", subdwarfs=False).reason
    ('M', 'subdwarf')
    """
    label = (text or "").strip()
    if not label:
        return Parsed(None, "no spectral type")
    for pattern, reason in _OTHERS:
        if re.match(pattern, label):
            return Parsed(None, reason)
    prefix = _SUBDWARF.match(label)
    if prefix and not subdwarfs:
        return Parsed(None, "subdwarf")
    rest = label[prefix.end() :] if prefix else _LUMINOSITY_PREFIX.sub("", label, count=1)
    if hydrogen := _TO_HYDROGEN.match(rest):
        rest = rest[hydrogen.end() :]
    if _TYPE.match(rest):
        return Parsed(rest[0])
    return Parsed(None, "not a spectral type O to M")


@dataclass(frozen=True)
class Labelled:
    """Labels of a table's rows.

    Attributes
    ----------
    numbers : array of int8, shape (n_rows,)
        Class numbers, which index O B A F G K M; -1: no class.
    reasons : array of str, shape (n_rows,)
        Why a row has no class; empty where it has one.
    """

    numbers: NDArray[np.int8]
    reasons: NDArray[np.object_]


def label_rows(stars: pd.DataFrame, scheme: str) -> Labelled:
    """Label each row of a catalogue.

    Parameters
    ----------
    stars : pandas.DataFrame, shape (n_stars, ...)
        With the scheme's label column, `class`, and `elodieTEff` for the scheme `elodie`.
    scheme : {"elodie", "subclass", "hammer"}
        Which column is the label. `elodie` is the study's: the first letter of elodieSpType
        where elodieTEff is known.

    Returns
    -------
    Labelled
        Arrays of shape (n_stars,).

    Examples
    --------
    >>> import pandas as pd
    >>> stars = pd.DataFrame({"subClass": ["K5 (G_19-24)", "CV", "M0V"], "class": "STAR"})
    >>> label_rows(stars, "subclass").numbers.tolist()
    [5, -1, 6]
    """
    import pandas as pd

    codes, strings = pd.factorize(stars[LABEL_COLUMN[scheme]])
    subdwarfs = scheme != "elodie"
    parsed = [*(parse_type(str(s), subdwarfs) for s in strings), parse_type(None)]
    numbers = np.array(
        [CLASSES.index(p.spectral_class) if p.spectral_class else NO_LABEL for p in parsed],
        np.int8,
    )[codes]
    reasons = np.array([p.reason for p in parsed], object)[codes]
    if scheme == "elodie":
        _reject(numbers, reasons, stars["elodieTEff"].isna().to_numpy(), "no elodieTEff")
    kind = stars["class"]
    _reject(numbers, reasons, (kind.notna() & (kind.str.upper() != "STAR")).to_numpy(bool), NO_STAR)
    return Labelled(numbers, reasons)


def _reject(
    numbers: NDArray[np.int8], reasons: NDArray[np.object_], rows: NDArray[np.bool_], reason: str
) -> None:
    rows = rows & (numbers >= 0)
    numbers[rows] = NO_LABEL
    reasons[rows] = reason
