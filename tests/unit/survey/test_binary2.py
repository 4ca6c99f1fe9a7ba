"""The marks for missing values in BINARY2."""

import base64
import io
import re

import numpy as np
import pytest
from astropy.table import MaskedColumn, Table
from stellar.survey.binary2 import marks

ROWS = 6


def written(table) -> tuple[bytes, list[dict[str, str]]]:
    """The rows in BINARY2 as astropy writes them, and the attributes of its fields."""
    content = io.BytesIO()
    table.write(content, format="votable", tabledata_format="binary2")
    text = content.getvalue().decode()
    fields = [dict(re.findall(r'(\w+)="([^"]*)"', f)) for f in re.findall("<FIELD[^>]*>", text)]
    return base64.b64decode(re.search("<STREAM[^>]*>(.*)</STREAM>", text, re.DOTALL)[1]), fields


def test_a_bit_for_each_field_of_each_row():
    """Of fixed and other length, and more fields than a byte has bits."""
    values = {
        "fixed": ["F5", "K5 (G_19-24)", "M0", "", "A0", "B5"],
        "free": np.array(["x", "yy", "", "zzz", "a", "b"], object),
        "long": np.arange(ROWS),
        "short": np.arange(ROWS, dtype=np.int16),
        "truth": np.arange(ROWS) % 2 == 0,
        "array": np.ones((ROWS, 5), np.float32),
        **{f"more{n}": np.ones(ROWS) for n in range(4)},
        "last": np.array(["x", "yy", "", "zzz", "a", "b"], object),
    }
    masks = {name: np.arange(ROWS) == n % ROWS for n, name in enumerate(values)}
    masks["array"] = np.repeat(masks["array"][:, None], 5, axis=1)
    table = Table({n: MaskedColumn(v, mask=masks[n]) for n, v in values.items()}, masked=True)
    content, fields = written(table)
    found = marks(content, fields)
    for n, name in enumerate(values):
        assert found[:, n].tolist() == (np.arange(ROWS) == n % ROWS).tolist(), name
    with pytest.raises(ValueError, match="do not end where"):
        marks(content[:-1], fields)


def test_no_rows_have_no_marks():
    assert marks(b"", [{"datatype": "char", "arraysize": "*"}]).shape == (0, 1)
