"""Numbers that stand for "not measured" inside a column's range."""

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from stellar.survey import user_table
from stellar.survey.catalogue import COLUMNS, SCHEMA
from stellar.survey.fillers import FILLERS, LIMITS, without_fillers

ROWS = 60


def table(**columns) -> pa.Table:
    """Of the catalogue; what is not given is not known."""
    rows = len(next(iter(columns.values())))
    return pa.table(
        [pa.array(columns.get(f.name, [None] * rows), f.type) for f in SCHEMA], SCHEMA.names
    )


def cleaned(factors=None, **columns):
    missing, suspects = Counter(), Counter()
    found = without_fillers(table(**columns), factors or {}, missing, suspects)
    return found, dict(missing), dict(suspects)


@pytest.mark.parametrize(
    ("name", "filler", "value"),
    [
        ("redshift", "-1", -0.9),
        ("snMedian", "-99", -2.0),
        ("snMedian", "-9.9", 9.9),
        ("snMedian", "9999", 99.0),
        ("elodieFeH", "-9.99", -2.5),
        ("elodieFeH", "-9.999", -1.0),
        ("elodieLogG", "9.99", 9.0),
        ("elodieBV", "-1", -0.4),
        ("zWarning", "999999", 16),
        ("zWarning", "-9", 0),
        ("u", "-1", 9.0),
        ("err_u", "99.99", 0.1),
        ("extinction_u", "99", 0.1),
        ("mjd", "99999", 52_000),
        ("fiberID", "9999", 640),
        ("plate", "999999", 266),
        ("sppTeff", "99999", 8000.0),
    ],
)
def test_a_filler_that_no_star_has_is_missing_and_counted(name, filler, value):
    number = type(value)(float(filler))
    found, missing, suspects = cleaned(**{name: [value, number, None, number]})
    assert found[name].to_pylist()[1:] == [None] * 3
    assert found[name].to_pylist()[0] == pytest.approx(value)
    assert (missing, suspects) == ({(name, filler): 2}, {})
    assert found.schema.equals(table(u=[1]).schema)


def test_no_column_has_a_filler_among_what_stars_have():
    for column in COLUMNS:
        if column.name in LIMITS:
            low, high = LIMITS[column.name]
            assert column.low is None or low >= column.low
            assert column.high is None or high <= column.high
    assert len(set(FILLERS)) == len(FILLERS)


def test_single_precision_and_units_change_no_filler():
    stored = [float(np.float32(-9.99)), -9.99]
    assert cleaned(elodieFeH=stored)[1] == {("elodieFeH", "-9.99"): 2}
    kelvin = [1000 * 9.99, float(1000 * np.float32(9.99)), 9990.1]
    _, missing, suspects = cleaned({"sppTeff": 1000}, sppTeff=kelvin)
    assert (missing, suspects) == ({}, {("sppTeff", "9.99"): 2})


def text(column: str, values) -> str:
    lines = [f"specObjID,ra,dec,u,g,r,i,z,{column}"]
    lines += [f"{n + 1},{n},{n},19,18,17,16,15,{value}" for n, value in enumerate(values)]
    return "\n".join(lines)


def imported(tmp_path, column, values, rows=25):
    (tmp_path / "a.csv").write_text(text(column, values), encoding="utf-8")
    return pa.concat_tables(user_table.stars(tmp_path / "a.csv", rows=rows))


@pytest.mark.parametrize(
    ("column", "filler", "said"),
    [
        ("redshift", "-1", "column redshift: -1 in 20 of 60 rows, taken as missing"),
        ("snMedian", "-99.0", "column snMedian: -99 in 20 of 60 rows, taken as missing"),
        ("FEH_ADOP", "-9.99", "column FEH_ADOP: -9.99 in 20 of 60 rows, taken as missing"),
        ("ZWARNING", "999999", "column ZWARNING: 999999 in 20 of 60 rows, taken as missing"),
        ("err_u", "-1", "column err_u: below 0 in 20 of 60 rows, taken as missing"),
    ],
)
def test_the_log_names_fillers_and_rows(tmp_path, caplog, column, filler, said):
    found = imported(tmp_path, column, ["0"] * 40 + [filler] * 20)
    names = {"FEH_ADOP": "sppFeH", "ZWARNING": "zWarning"}
    values = found[names.get(column, column)].to_pylist()
    assert values[40:] == [None] * 20
    assert None not in values[:40]
    assert said in caplog.text


def test_a_likely_filler_that_a_star_may_have_is_named_where_it_is_common(tmp_path, caplog):
    values = [str(5000 + n) for n in range(ROWS)]
    found = imported(tmp_path, "sppTeff", ["9999"] * 20 + values[20:])
    assert found["sppTeff"].to_pylist()[0] == 9999
    assert "column sppTeff: 9999 in 20 of 60 rows, taken as it stands; where it" in caplog.text
    caplog.clear()
    imported(tmp_path, "sppTeff", ["9999"] * 19 + values[19:])
    assert "9999" not in caplog.text


def test_a_magnitude_for_what_a_band_does_not_show_is_named_where_it_is_common(tmp_path, caplog):
    lines = text("note", [""] * 60).splitlines()
    for rows, named in ((20, True), (19, False)):
        faint = [line.replace(",19,18", ",30.0,18") for line in lines[1 : rows + 1]]
        written = "\n".join([lines[0], *faint, *lines[rows + 1 :]])
        (tmp_path / "a.csv").write_text(written, encoding="utf-8")
        caplog.clear()
        found = pa.concat_tables(user_table.stars(tmp_path / "a.csv"))
        assert found["u"].to_pylist()[:rows] == [30.0] * rows
        assert (
            "column u: 30 in 20 of 60 rows, taken as it stands; where it" in caplog.text
        ) is named


@pytest.mark.parametrize("filler", ["99.99", "-99", "-999", "999"])
@pytest.mark.parametrize("column", ["u", "redshift", "sppTeff"])
def test_a_filler_outside_the_range_is_missing_too(tmp_path, caplog, filler, column):
    values = {"u": "19", "redshift": "0.001", "sppTeff": "6000"}
    lines = text("redshift,sppTeff", ["0.001,6000"] * 9).splitlines()
    lines[4] = lines[4].replace(values[column], filler)
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    found = pa.concat_tables(user_table.stars(tmp_path / "a.csv"))
    assert [row for row, value in enumerate(found[column].to_pylist()) if value is None] == [3]
    assert f"column {column}: {filler} in 1 of 9 rows, taken as missing" in caplog.text
