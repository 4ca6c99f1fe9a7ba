"""What to type where a table lacks a band: its own likely columns, or a query of SDSS's."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping, Sequence

from stellar import BANDS
from stellar.classify.hints import is_corrected
from stellar.classify.output import STANDARD_INPUT
from stellar.survey.label_column import typed
from stellar.survey.matching import FAMILIES, similar
from stellar.survey.table_file import TableFile

# What tables have for each band beside magnitudes.
_OTHER = re.compile(
    "ivar|err|unc|sig|mask|^e_|snr|s_?n_|flag|type|prob|rad|ext|^a_|^n|nobs|size|depth|fwhm|sky",
    re.IGNORECASE,
)


def advice(table: TableFile, absent: Sequence[str], known: Mapping[str, str]) -> str:
    """What to do where bands are absent, as a part of a sentence.

    Parameters
    ----------
    table : TableFile
    absent : sequence of str
        Columns of the catalogue that every model needs.
    known : mapping of str to str
        Columns of the catalogue that the table has, to its own.
    """
    alike = [of for of in _alike(table.names) if not any(map(_OTHER.search, of.values()))]
    fluxes = [of for of in alike if re.search("flux", of["g"], re.IGNORECASE)]
    magnitudes = [of for of in alike if of not in fluxes and set(BANDS) <= set(of)]
    observed = [of for of in magnitudes if not is_corrected(of["u"])]
    if observed:
        best = next((of for of in observed if "mag" in of["u"].lower()), observed[0])
        pairs = ", ".join(typed(band, best[band]) for band in BANDS)
        others = [best[band] for band in "vy" if band in best]
        doubt = f", if they are SDSS's magnitudes: {others[0]} beside them is not" if others else ""
        queried = query_for(table, known) if others else ""
        return f"{queried}name yours under survey.table.columns, for example `{pairs}`{doubt}"
    if magnitudes:
        own = magnitudes[0]["u"]
        return f"{own} is corrected for dust, the models want magnitudes as observed"
    if any("u" in of for of in fluxes):
        own = next(of["u"] for of in fluxes if "u" in of)
        return (
            f"{own} is a flux, the models want magnitudes: 22.5 - 2.5 log10(flux) of nanomaggies, "
            "31.4 - 2.5 log10(flux) of nJy"
        )
    first, spare = absent[0], [name for name in table.names if name not in known.values()]
    for own in spare:
        if own.lower() in [magnitude.format(first) for magnitude, _ in FAMILIES]:
            return (
                f"{own} has another case than the others, as Gaia's G and Johnson's U R I have; "
                f"if it is SDSS's {first}, name it under survey.table.columns, for example "
                f"`{typed(first, own)}`"
            )
    close = {band: [n for n in similar(band, spare, False) if _may_be(n)] for band in absent}
    if all(close.values()):
        pairs = ", ".join(typed(band, names[0]) for band, names in close.items())
        return f"name yours under survey.table.columns, for example `{pairs}`"
    queried = query_for(table, known) if first == "u" else ""
    return f"{queried}name yours under survey.table.columns, for example `{first}: my_{first}`"


def _may_be(name: str) -> bool:
    """Whether a column may be one of magnitudes as observed: no error, no colour."""
    colour = re.search("[ugriz](mag)?[^a-z0-9_]+[ugriz]", name, re.IGNORECASE)
    return not (colour or _OTHER.search(name) or is_corrected(name))


def query_for(table: TableFile, known: Collection[str]) -> str:
    """The command that asks SDSS for the magnitudes of a file's stars, "" if none can."""
    option = "--positions" if {"ra", "dec"} <= set(known) else ""
    option = "--ids" if "specObjID" in known else option
    if not option or not table.path.is_file() or table.path.name == STANDARD_INPUT:
        return ""
    file = shlex.quote(str(table.path))
    return f"type stellar-types query {option} {file} -o sdss.csv where SDSS has these stars, or "


def beside(names: Sequence[str], columns: Mapping[str, str]) -> tuple[str, ...]:
    """Bands that SDSS has not, v and y, of the same names as those that are read of a table.

    `x` beside `y` makes them a place.
    """
    own, known = {columns[band] for band in BANDS if band in columns}, set(names)
    bands = [of for of in _alike(names) if own and {*of.values()} >= own]
    found = (of[band] for of in bands for band in "vy" if band in of)
    return tuple(dict.fromkeys(n for n in found if n.lower() != "y" or not known & {"x", "X"}))


def _alike(names: Sequence[str]) -> list[dict[str, str]]:
    """Columns whose names differ in the band's letter alone, those of g, r and z at least."""
    known, found = set(names), []
    for name in names:
        for place in (place for place, letter in enumerate(name) if letter in "gG"):
            letters = {b: b if name[place] == "g" else b.upper() for b in (*BANDS, "v", "y")}
            of = {b: name[:place] + c + name[place + 1 :] for b, c in letters.items()}
            of = {b: own for b, own in of.items() if own in known}
            if {"g", "r", "z"} <= set(of):
                found.append(of)
    return found
