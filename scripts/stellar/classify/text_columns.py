"""What columns of text hold, where an output has types: whole numbers, numbers, or text."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from stellar.errors import UserError
from stellar.survey.table_file import TableFile

_WHOLE = r"^[+-]?(0|[1-9][0-9]*)$"
_DIGITS = r"^[+-]?[0-9]{16,}$"  # more digits than a floating-point number keeps
_NUMBER = r"(?i)^[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?$|^nan$"
_ORDER: tuple[pa.DataType, ...] = (pa.int64(), pa.uint64(), pa.float64(), pa.string())


def kinds_of(table: TableFile) -> dict[str, pa.DataType]:
    """Type of each column of a text table, that loses nothing of any cell; by reading all of it.

    Where the file says a column's type, that is it. A number that begins with 0, such as 007, is a
    name; a whole number of too many digits for a column of floating-point numbers makes text of it.
    """
    names = [name for name in table.names if name not in table.kinds]
    place = dict.fromkeys(names, 0)
    digits = dict.fromkeys(names, False)
    filled = dict.fromkeys(names, False)
    for batch in table.batches(names) if names else ():
        for name in names:
            if place[name] == len(_ORDER) - 1 or not pa.types.is_string(batch[name].type):
                continue
            cells = _cells(batch[name])
            filled[name] |= len(cells) > 0
            digits[name] |= bool(pc.any(pc.match_substring_regex(cells, _DIGITS)).as_py())
            while not _fits(cells, _ORDER[place[name]]):
                place[name] += 1
    kinds = {name: _ORDER[number] for name, number in place.items()}
    found = {
        name: pa.string() if not filled[name] or (digits[name] and kind == pa.float64()) else kind
        for name, kind in kinds.items()
    }
    return {name: found.get(name, table.kinds.get(name, pa.string())) for name in table.names}


def _cells(column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = pc.utf8_trim_whitespace(column)
    return text.filter(pc.not_equal(text, ""))


def _fits(cells: pa.ChunkedArray, kind: pa.DataType) -> bool:
    if kind == pa.string():
        return True
    pattern = _NUMBER if kind == pa.float64() else _WHOLE
    if pc.all(pc.match_substring_regex(cells, pattern)).as_py() is False:
        return False
    try:
        cells.cast(kind)
    except pa.ArrowInvalid:
        return False
    return True


def cast_to(batch: pa.Table, kinds: Mapping[str, pa.DataType]) -> pa.Table:
    """A batch with columns of text cast to their types; a blank is null.

    Raises
    ------
    UserError
        A cell is not of the type that its file says.
    """
    for place, name in enumerate(batch.column_names):
        kind = kinds.get(name, pa.string())
        if kind != pa.string() and pa.types.is_string(batch[name].type):
            text = pc.utf8_trim_whitespace(batch[name])
            try:
                values = pc.if_else(pc.equal(text, ""), None, text).cast(kind)
            except pa.ArrowInvalid as error:
                raise UserError(
                    f"column {name} is no column of type {kind}, as the table says: {error}; "
                    "correct its type or that cell, or write .csv instead"
                ) from None
            batch = batch.set_column(place, name, values)
    return batch
