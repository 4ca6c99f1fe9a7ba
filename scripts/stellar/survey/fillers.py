"""What is written for "not measured" and lies inside a column's range: -1, -9.99, 999999."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar import BANDS
from stellar.survey.catalogue import SCHEMA

_NINES = ["9" * n + "." + "9" * k for n in range(1, 7) for k in range(4)]
_WRITTEN = ["-1", *(sign + nines.rstrip(".") for nines in _NINES for sign in ("", "-"))]
FILLERS = np.array([float(text) for text in _WRITTEN])
# So many nines are seldom a measured value, wherever they lie.
_UNLIKELY = np.array([text.count("9") > 2 for text in _WRITTEN])
FAINT = 30.0  # mag, written by some for an object that a band does not show

# What stars, their spectra and their photometry can have. A filler outside stands for no value.
LIMITS: dict[str, tuple[float, float]] = {
    "plate": (0, 900_000),
    "mjd": (15_000, 90_000),
    "fiberID": (0, 5000),
    "redshift": (-0.5, 8.5),
    "redshiftErr": (0, 5),
    "zWarning": (0, 2**10 - 1),  # ten bits: SDSS's bitmask ZWARNING
    "snMedian": (-5, 900),
    **dict.fromkeys(BANDS, (-0.9, 35)),
    **dict.fromkeys((f"err_{band}" for band in BANDS), (0, 8.5)),
    **dict.fromkeys((f"extinction_{band}" for band in BANDS), (-0.1, 90)),
    "elodieBV": (-0.9, 8.5),
    "elodieTEff": (1000, 90_000),
    "elodieLogG": (-0.9, 9.8),
    "elodieFeH": (-8, 4),
    "elodieRChi2": (0, 900),
    "sppTeff": (1000, 90_000),
    "sppTeffUnc": (0, 9000),
    "sppLogG": (-0.9, 9.8),
    "sppLogGUnc": (0, 8.5),
    "sppFeH": (-8, 4),
    "sppFeHUnc": (0, 8.5),
    "sppSNR": (-5, 900),
}

Notes = Counter[tuple[str, str]]


def without_fillers(
    stars: pa.Table, factors: Mapping[str, float], missing: Notes, suspects: Notes
) -> pa.Table:
    """The table with fillers that no star can have as missing.

    Parameters
    ----------
    stars : pyarrow.Table
        Columns of the catalogue.
    factors : mapping of str to float
        From a file's unit to the catalogue's: fillers are those of the file.
    missing, suspects : Counter
        Told, by column and filler, how many were taken as missing, and how many may be values.

    Returns
    -------
    pyarrow.Table, shape (n_rows, n_columns)
    """
    for band in BANDS:
        if faint := pc.sum(pc.equal(stars[band], FAINT)).as_py():
            suspects[band, f"{FAINT:g}"] += faint
    for name, (low, high) in LIMITS.items():
        values, factor = stars[name].combine_chunks(), factors.get(name, 1.0)
        place = pc.index_in(values, value_set=_as_stored(name, factor), skip_nulls=True)
        if place.null_count == len(place):
            continue
        filler = place.is_valid().to_numpy(False)
        number = place.fill_null(0).to_numpy() % len(FILLERS)
        scaled = FILLERS * factor
        hidden = filler & ((scaled < low) | (scaled > high))[number]
        _count(name, number[hidden], missing)
        _count(name, number[filler & ~hidden & _UNLIKELY[number]], suspects)
        if hidden.any():
            at, kept = stars.column_names.index(name), pc.if_else(pa.array(hidden), None, values)
            stars = stars.set_column(at, stars.field(at), kept)
    return stars


@functools.cache
def _as_stored(name: str, factor: float) -> pa.Array:
    """The fillers as a column has them, of numbers in double and then in single precision."""
    written = np.concatenate([FILLERS, FILLERS.astype(np.float32)]) * factor
    kind = SCHEMA.field(name).type
    if pa.types.is_integer(kind):
        return pa.array([None if value % 1 else int(value) for value in written], kind)
    return pa.array(written.astype(np.float32), kind)


def _count(name: str, number: NDArray[np.int64], notes: Notes) -> None:
    for filler, count in zip(*np.unique(number, return_counts=True), strict=True):
        notes[name, _WRITTEN[filler]] += int(count)
