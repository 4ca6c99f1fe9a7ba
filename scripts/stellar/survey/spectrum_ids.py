"""specObjID where a table's own is missing or broken.

SDSS's id is plate, fibre, night since 50000 and reduction in 64 bits (DR18's glossary). SDSS-V's,
of up to 29 digits, is sdss_id, then field, night, coadd and reduction in 7, 5, 2 and 6 digits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar.survey.conversion import ValueProblem, parsed

NIGHTS = (50_000, 50_000 + 2**14)
# SDSS-V calls a field's number its plate; it has six digits.
PARTS = {"plate": (0, 10**6), "mjd": NIGHTS, "fiberID": (0, 2**12)}
_PLATES = 2**14  # that SDSS's own layout has room for
_REDUCTION = np.uint64(24)  # bits that plate, mjd and fiberID do not determine
_ROUND = np.uint64(10**9)  # a multiple of it is no id of SDSS: nine digits are lost
_NEAR = np.uint64(100)  # an id within a hundredth of the right one is that one rounded
# What is written for "none", and where a number of fewer bits ends.
_FILLERS = np.array([0, 999_999, *(2**bits - 1 for bits in (31, 32, 63, 64))], np.uint64)
_SDSS_V = re.compile(r"(\d{1,9})(\d{7})(\d{5})\d{8}")

Columns = Mapping[str, pa.ChunkedArray]


def from_parts(columns: Columns, survey: str, first_row: int) -> pa.Array:
    """Ids from plate, mjd and fiberID, with an unknown reduction.

    Parameters
    ----------
    columns : mapping of str to array, shape (n_rows,)
    survey : str
        For error texts.
    first_row : int
        Number of the first row in its file.

    Returns
    -------
    pyarrow.Array of uint64, shape (n_rows,)

    Raises
    ------
    ValueProblem
        A row lacks one of the three, or it lies outside its range.
    """
    for name, (low, high) in PARTS.items():
        wrong = ~_inside(columns[name], low, high)
        if wrong.any():
            row = int(wrong.argmax())
            value = columns[name][row].as_py()
            shown = repr(str(value)) if value not in (None, "") else "a blank"
            what = (
                f"{shown} gives no specObjID; it must be a whole number from {low} to {high - 1}; "
                "correct it, or number the rows by `specObjID: null` under survey.table.columns"
            )
            raise ValueProblem(survey, name, first_row + row, what)
    return pa.array(_composed(columns))


def mended(columns: Columns, notes: Counter[str]) -> pa.Array:
    """The ids of a table, and others in the place of those that are no exact ids.

    Rounded, blank, negative and longer ids are taken from plate, mjd and fiberID where a row has
    the three; ids of SDSS-V keep their sdss_id, field and night.

    Parameters
    ----------
    columns : mapping of str to array, shape (n_rows,)
        With specObjID.
    notes : Counter of str
        Told how many ids were mended, by the way.

    Returns
    -------
    pyarrow.Array, shape (n_rows,)
        Of uint64; the table's own values where some cannot be mended.
    """
    ids, _ = parsed(columns["specObjID"], pa.uint64())
    broken = ids.is_null().to_numpy(False)
    values = ids.fill_null(0).to_numpy().copy()
    if set(PARTS) <= set(columns):
        known = np.logical_and.reduce([_inside(columns[n], *PARTS[n]) for n in PARTS])
        right = np.where(known, _composed(columns), 0).astype(np.uint64)
        taken = known & (broken | _is_rounded(values, right))
        values[taken] = right[taken]
        broken &= ~taken
        notes["plate, mjd and fiberID"] += int(taken.sum())
    rows = np.flatnonzero(broken)
    if len(rows):
        short = [_shortened(columns["specObjID"][int(row)].as_py()) for row in rows]
        if None in short:
            return columns["specObjID"]
        values[rows] = np.array(short, np.uint64)
        notes["SDSS-V's sdss_id, field and night"] += len(rows)
    return pa.array(values)


def _inside(values: pa.ChunkedArray, low: int, high: int) -> NDArray[np.bool_]:
    numbers, _ = parsed(values, pa.int64())
    inside = pc.and_(pc.greater_equal(numbers, low), pc.less(numbers, high)).fill_null(False)
    return np.asarray(inside.to_numpy(zero_copy_only=False))


def _composed(columns: Columns) -> NDArray[np.uint64]:
    """Ids of rows whose three numbers lie inside; without meaning elsewhere.

    A field of SDSS-V has no room in SDSS's layout: it stands below all plates' ids.
    """
    plate, mjd, fiber = (
        parsed(columns[name], pa.int64())[0].fill_null(PARTS[name][0]).to_numpy() for name in PARTS
    )
    night = (mjd - NIGHTS[0]).astype(np.uint64)
    plate, fiber = plate.astype(np.uint64), fiber.astype(np.uint64)
    wide = plate << 26 | fiber << 14 | night
    return np.where(plate < _PLATES, plate << 50 | fiber << 38 | night << 24, wide)


def _is_rounded(ids: NDArray[np.uint64], right: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Where an id differs from that of plate, mjd and fiberID as one does that lost digits."""
    differs = (ids >> _REDUCTION) != (right >> _REDUCTION)
    apart = np.where(ids > right, ids - right, right - ids)
    near = apart < right // _NEAR
    night = (right >> _REDUCTION) % 256
    wrapped = (ids < 2**32) & (ids >> _REDUCTION == night) & (night > 0)  # to 32 bits
    filler = np.isin(ids, _FILLERS)
    return np.asarray(differs & (near | (ids % _ROUND == 0) | wrapped | filler))


def _shortened(value: object) -> int | None:
    """SDSS-V's id in 64 bits; None if it is none."""
    found = _SDSS_V.fullmatch(str(value).strip())
    if not found:
        return None
    star, field, night = map(int, found.groups())
    if not (0 < star < 2**30 and field < 2**20 and NIGHTS[0] <= night < NIGHTS[1]):
        return None
    return star << 34 | field << 14 | (night - NIGHTS[0])
