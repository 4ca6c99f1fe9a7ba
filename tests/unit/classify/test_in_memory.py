import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import Table
from stellar.classify.in_memory import table_of, with_columns
from stellar.errors import UserError


def read(given, *names) -> dict[str, list]:
    (batch,) = table_of(given).batches(names)
    return batch.to_pydict()


def test_what_is_asked_for_is_converted_alone():
    frame = pd.DataFrame({"a": [1.5, np.nan], "b": [object(), 2]})
    assert read(frame, "a") == {"a": [1.5, None]}


@pytest.mark.parametrize(
    ("series", "cells"),
    [
        (pd.Series([1, None], dtype="Int64"), [1, None]),
        (pd.Series([2**63 + 5], dtype="uint64"), [2**63 + 5]),
        (pd.Series(["18.5", 17.25, None], dtype=object), ["18.5", "17.25", None]),
        (pd.Series(["18.5", None], dtype="category"), ["18.5", None]),
        (pd.Series(["a", None], dtype="string[pyarrow]"), ["a", None]),
        (pd.Series([1.0, 0.0], dtype=pd.SparseDtype(float)), [1.0, 0.0]),
    ],
)
def test_series_of_any_type(series, cells):
    assert read(pd.DataFrame({"a": series}), "a") == {"a": cells}


def test_units_and_masks():
    table = Table({"u": [18.0, 99.0]}, masked=True, units={"u": "mag"})
    table["u"].mask = [False, True]
    assert table_of(table).units == {"u": "mag"}
    assert read(table, "u") == {"u": [18.0, None]}
    field = pa.field("u", pa.float64(), metadata={"unit": "mmag"})
    assert table_of(pa.table([[18_000.0]], schema=pa.schema([field]))).units == {"u": "mmag"}


def test_bytes_of_astropy_are_text_and_stay_bytes():
    table = Table({"u": np.array([b"18.5"])})
    assert read(table, "u") == {"u": ["18.5"]}
    assert table["u"].dtype.kind == "S"


def test_a_position_is_refused_where_it_is_asked_for():
    table = Table({"where": SkyCoord([1], [2], unit="deg")})
    assert "where" in table_of(table).refused


def test_new_columns_stand_behind():
    new = pa.table({"type": pa.array(["G", None])})
    frame = pd.DataFrame({"u": [1, 2]}, index=["b", "a"])
    made = with_columns(frame, new)
    assert made.loc["b", "type"] == "G"
    assert made["type"].isna().tolist() == [False, True]
    assert list(frame.columns) == ["u"]


def test_what_is_no_table():
    with pytest.raises(UserError, match="a dict is no table"):
        table_of({"u": [1]})
