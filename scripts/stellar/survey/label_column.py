"""Whether a table has the label that the study wants, and what to type where it has not."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from stellar import LABEL_COLUMN
from stellar.errors import UserError
from stellar.survey.table_file import TableFile

_NO_TEXT = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}  # to YAML
_MOST_NAMES = 60  # of a file's columns in an error
_LOOKED_AT = 1000  # rows that show what a column holds
_MOST = 0.5  # share of its values that makes a column one of types
_TYPE = r"^\s*(sd:?|esd|usd|d)?[OBAFGKM][0-9](\.[0-9])?($|[^0-9])"
_KINDS = r"(?i)^\s*(star|galaxy|qso)\s*$"


def check_label(table: TableFile, found: Mapping[str, str], label: str) -> None:
    """Raise UserError where a table lacks a column of the label scheme.

    Parameters
    ----------
    table : TableFile
    found : mapping
        Catalogue column to column of the table.
    label : str
        Label scheme; `elodie` needs the temperature too.
    """
    needed = [LABEL_COLUMN[label], *(["elodieTEff"] if label == "elodie" else [])]
    absent = [name for name in needed if name not in found]
    if not absent:
        return
    holding = _columns_of(table, _TYPE)
    others = [(scheme, found[name]) for scheme, name in LABEL_COLUMN.items() if name in found]
    others = [(scheme, own) for scheme, own in others if scheme not in (label, "elodie")]
    own = next((name for name in holding if name not in found.values()), None)
    if others:
        advice = f"choose `label: {others[0][0]}`, whose column {others[0][1]} it has"
    elif own and len(needed) == 1:
        advice = f"say `{typed(needed[0], own)}` under survey.table.columns"
    elif own or holding:
        line = typed(LABEL_COLUMN["subclass"], own or holding[0])
        advice = f"choose `label: subclass` and say `{line}` under survey.table.columns"
    else:
        kinds = _columns_of(table, _KINDS)
        which = f" ({kinds[0]} has STAR, GALAXY or QSO, no types)" if kinds else ""
        advice = f"give a table with spectral types such as G2, which no column of it has{which}"
    raise UserError(
        f"{table.path}: no column {' and '.join(absent)}, which label {label} needs; {advice}; "
        f"it has {listed(table.names)}"
    )


def _columns_of(table: TableFile, pattern: str) -> list[str]:
    """Columns of text most of whose first values match."""
    names = [n for n in dict.fromkeys(table.names) if table.names.count(n) == 1]
    batch = next(table.batches([n for n in names if n not in table.refused], _LOOKED_AT), None)
    return [] if batch is None else [n for n in batch.column_names if _mostly(batch[n], pattern)]


def _mostly(values: pa.ChunkedArray, pattern: str) -> bool:
    if pa.types.is_dictionary(values.type):
        values = values.combine_chunks().dictionary_decode()
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return False
    filled = values.filter(pc.not_equal(pc.utf8_trim_whitespace(values), ""))
    count = pc.sum(pc.match_substring_regex(filled, pattern)).as_py() or 0
    return bool(count > _MOST * len(filled))


def typed(name: str, own: str) -> str:
    """A line of the configuration, as YAML needs it.

    Examples
    --------
    >>> typed("ra", "RA2000"), typed("ra", "RA [deg]")
    ('ra: RA2000', 'ra: "RA [deg]"')
    """
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", own) and own.lower() not in _NO_TEXT:
        return f"{name}: {own}"
    escaped = re.sub(r'(["\\])', r"\\\1", own)
    shown = (c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped)
    return f'{name}: "{"".join(shown)}"'


def listed(names: Sequence[str]) -> str:
    """A file's columns in an error."""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
