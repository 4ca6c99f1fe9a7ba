"""What BINARY2, a form of VOTable, marks as missing: a bit for each field before each row.

Astropy applies the marks to numbers, and not to texts, where it gives back what lies below.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

# Bytes of a value: VOTable 1.5, section 2.1.
_BYTES = {
    **{"boolean": 1, "unsignedByte": 1, "char": 1, "short": 2, "unicodeChar": 2},
    **{"int": 4, "float": 4, "long": 8, "double": 8, "floatComplex": 8, "doubleComplex": 16},
}


def marks(content: bytes, fields: Sequence[Mapping[str, str]]) -> NDArray[np.bool_]:
    """Where a value is marked as missing.

    Parameters
    ----------
    content : bytes
        Of the rows.
    fields : sequence of mapping
        Attributes of the table's FIELD elements.

    Returns
    -------
    array of bool, shape (n_rows, n_fields)

    Raises
    ------
    ValueError
        The rows end elsewhere than the content.
    """
    width = math.ceil(len(fields) / 8)
    steps = _steps(width, fields)
    starts, place = [], 0
    while place < len(content):
        starts.append(place)
        for fixed, item in steps:
            place += fixed
            if item:
                count = int.from_bytes(content[place : place + 4], "big")
                place += 4 + math.ceil(count * item)
    if place != len(content):
        raise ValueError("its rows do not end where its content does")
    rows = np.frombuffer(content, np.uint8)[np.add.outer(starts, np.arange(width)).astype(int)]
    return np.unpackbits(rows, axis=1)[:, : len(fields)].astype(bool)


def _steps(width: int, fields: Sequence[Mapping[str, str]]) -> list[tuple[int, float]]:
    """Bytes to leap over, and then those of one item of a field whose length stands before it."""
    steps: list[tuple[int, float]] = [(width, 0)]
    for field in fields:
        size = _BYTES.get(field["datatype"], 1 / 8)  # bit
        *inner, last = field.get("arraysize", "1").split("x")
        size *= math.prod(map(int, inner))
        if last.endswith("*"):
            steps.append((0, size))
        else:
            fixed, item = steps[-1]
            length = math.ceil(size * int(last))
            steps[-1:] = [(fixed + length, 0)] if not item else [(fixed, item), (length, 0)]
    return steps
