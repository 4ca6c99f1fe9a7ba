import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stellar import BANDS, files
from stellar.errors import UserError
from stellar.survey import catalogue, conversion


def raw(rows: int = 3, **columns) -> pd.DataFrame:
    base = {
        "specObjID": np.arange(1, rows + 1, dtype=np.uint64) + np.uint64(2**63),
        "ra": np.linspace(0, 359, rows),
        "dec": np.linspace(-80, 80, rows),
        **{band: np.full(rows, 17.0) for band in BANDS},
    }
    return pd.DataFrame({**base, **columns})


def test_types_and_order_are_the_schema():
    table = conversion.to_catalogue(raw(), "test")
    assert table.schema.equals(catalogue.SCHEMA)
    assert files.survey_of(table.schema) == "test"
    assert table["specObjID"].to_pylist()[0] == 2**63 + 1


@settings(deadline=None, max_examples=12)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=30, unique=True))
def test_ids_survive_as_text_and_as_integers(ids):
    for column in (pd.Series(ids, dtype="uint64"), pd.Series([str(i) for i in ids])):
        table = conversion.to_catalogue(raw(len(ids), specObjID=column), "test")
        assert table["specObjID"].to_pylist() == ids


def test_an_arrow_table_gives_the_same_as_pandas():
    frame = raw(u=["17", "null", " 18.5 "], plate=[266.0, None, 3.0], subClass=["G2", "", None])
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    assert conversion.to_catalogue(arrow, "a").equals(conversion.to_catalogue(frame, "a"))


def test_rows_count_from_the_files_first():
    with pytest.raises(UserError, match="row 12: id 8 stands twice, first in row 11"):
        conversion.to_catalogue(raw(specObjID=[7, 8, 8]), "test", first_row=10)
    with pytest.raises(UserError, match="column specObjID, row 10: no value"):
        conversion.to_catalogue(raw(specObjID=["", "", "7"]), "test", first_row=10)


def test_rounded_ids_are_refused():
    with pytest.raises(UserError, match="rounds 19-digit ids"):
        conversion.to_catalogue(raw(specObjID=np.array([1e18, 2e18, 3e18])), "test")


def test_marks_for_missing_become_null():
    table = conversion.to_catalogue(
        raw(
            u=[17.0, -9999.0, np.nan],
            bestObjID=[5, 0, -9999],
            elodieSpType=["G2V", " ", None],
            elodieTEff=[5800.0, 0.0, np.nan],
            elodieBV=[0.0, 0.0, 0.0],
            elodieFeH=[0.0, 0.0, 0.0],
            sppTeff=[-9999, 5000, -9999],
            redshiftErr=[-4, 0.0001, -1],
        ),
        "test",
    )
    assert table["u"].to_pylist() == [17.0, None, None]
    assert table["bestObjID"].to_pylist() == [5, None, None]
    assert table["elodieSpType"].to_pylist() == ["G2V", None, None]
    # Zero is a fair B-V and [Fe/H] where a library star was fitted, and only there.
    assert table["elodieFeH"].to_pylist() == [0.0, None, None]
    assert table["elodieBV"].to_pylist() == [0.0, None, None]
    assert table["redshiftErr"].null_count == 2  # SDSS's mark for a failed fit
    assert table["sppTeff"].to_pylist() == [None, 5000.0, None]


def test_elodie_values_without_a_temperature_stand_unless_all_are_zero():
    values = {"elodieBV": [0.0, 0.0, 0.5], "elodieFeH": [-1.0, 0.0, 0.0]}
    table = conversion.to_catalogue(raw(**values), "test")
    assert table["elodieFeH"].to_pylist() == [-1.0, None, 0.0]
    assert table["elodieBV"].to_pylist() == [0.0, None, 0.5]


@pytest.mark.parametrize("form", ["b'{}'", 'b"{}"', "'{}'", '="{}"'])
def test_marks_around_a_text_are_no_part_of_it(form):
    """Python writes b'G2' for the bytes of FITS, spreadsheets ="17" for an id."""
    ids = [form.format(i) for i in (299489677444933632, 5, 6)]
    table = conversion.to_catalogue(raw(specObjID=ids, subClass=[form.format("G2  ")] * 3), "test")
    assert table["specObjID"].to_pylist() == [299489677444933632, 5, 6]
    assert table["subClass"].to_pylist() == ["G2"] * 3


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"ra": [1.0, 400.0, 2.0]}, "column ra, row 2: 400.0 lies outside 0 to 360 deg"),
        ({"dec": [1.0, np.nan, 2.0]}, "column dec, row 2: no value"),
        ({"u": ["17", "bright", "18"]}, "column u, row 2: 'bright' is no number"),
        ({"plate": ["266", "26.5", "1"]}, "column plate, row 2: '26.5' is no whole number"),
        ({"specObjID": [7, 8, 7]}, "id 7 stands twice"),
        ({"elodieRChi2": [1, -0.2, 1], "elodieTEff": [5e3] * 3}, "row 2: -0.2.* outside 0 to any"),
        ({"specObjID": ["1", "18446744073709551616", "3"]}, "row 2: '1844.*' is no whole number"),
        ({"plate": ["1", "99999999999", "3"]}, "row 2: '99999999999' is no whole number"),
        ({"g": [1700.0, 17.0, 17.0]}, "column g, row 1: 1700.0 lies outside"),
        ({"g": [99.99, 17.0, 17.0]}, "column g, row 1: 99.99 lies outside -5 to 40 mag; correct"),
        ({"err_g": [1.0, np.inf, 17.0]}, "column err_g, row 2: inf is no number"),
        ({"g": [1.0, True, "x"]}, "column g, row 2: 'True' is no number"),
        ({"bestObjID": [5.0, 2.0**53, 7.0]}, "row 2: .* stored as floating point, which rounds"),
    ],
)
def test_bad_values_are_named_with_column_and_row(columns, said):
    with pytest.raises(UserError, match=said):
        conversion.to_catalogue(raw(**columns), "test")


@pytest.mark.parametrize("text", ["0x04B0000", "0X10", "+0x1", "1x"])
@pytest.mark.parametrize("kind", [pa.uint64(), pa.int64(), pa.int32(), pa.float32()])
def test_hexadecimal_text_is_no_number(text, kind):
    numbers, wrong = conversion.parsed(pa.array(["12", text, None]), kind)
    assert numbers.to_pylist() == [12, None, None]
    assert wrong.tolist() == [False, True, False]


def test_a_missing_column_is_named():
    with pytest.raises(UserError, match="no column z; say which"):
        conversion.to_catalogue(raw().drop(columns="z"), "test")


@pytest.mark.parametrize("value", ["1,234", "-12,345.6", "1,234,567"])
def test_a_comma_among_thousands_is_no_decimal_comma(value):
    with pytest.raises(UserError, match="has a comma; write thousands without it, and fractions"):
        conversion.to_catalogue(raw(sppTeff=["5000", value, "6000"]), "test")


@pytest.mark.parametrize("sign", ["\u2212", "\u2013", "\u2010"])
@pytest.mark.parametrize("value", ["{}1.5", "1.5e{}3"])
def test_another_minus_sign_is_named(value, sign):
    with pytest.raises(UserError, match="has a minus sign that is none of ASCII's; write - in its"):
        conversion.to_catalogue(raw(redshift=["0", value.format(sign), "0"]), "test")
