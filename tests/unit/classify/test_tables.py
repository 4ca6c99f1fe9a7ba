import logging
import subprocess
import sys
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy import units
from astropy.table import MaskedColumn, QTable, Table
from hypothesis import given, settings
from hypothesis import strategies as st
from made_models import make_model, star_columns
from project import ROOT
from stellar.classify.commands import SIMULATED, Request
from stellar.classify.commands import classify as classify_file
from stellar.classify.tables import classify
from stellar.errors import UserError

IDS = 3654751994578575360
NEW = ["type", *(f"type_p_{c}" for c in "OBAFGKM"), *(f"type_{n}" for n in ("set", "flag", "tier"))]
NEW += ["type_model"]


def arrays_of(rows: int) -> dict[str, np.ndarray]:
    columns, _, _ = star_columns(rows, seed=9)
    return {"specObjID": IDS + np.arange(rows), **columns}


@pytest.fixture(scope="module")
def from_a_file(models, tmp_path_factory):
    """What the command makes of the same stars."""
    place = tmp_path_factory.mktemp("file")
    pq.write_table(pa.table(arrays_of(60)), place / "in.parquet")
    classify_file(Request(str(place / "in.parquet"), str(place / "out.parquet"), models))
    return pq.read_table(place / "out.parquet")


def cells(table, name) -> list:
    """A column as Python's values, None for what is missing."""
    if isinstance(table, pa.Table):
        return table[name].to_pylist()
    return [None if pd.isna(cell) else cell for cell in table[name].tolist()]


@pytest.mark.parametrize("make", [pa.table, pd.DataFrame, Table])
def test_each_kind_is_typed_as_the_command_types_a_file(models, from_a_file, make):
    table = make(arrays_of(60))
    typed = classify(table, models)
    assert type(typed) is type(table)
    for name in NEW:
        assert cells(typed, name) == from_a_file[name].to_pylist()


CELLS = {
    "whole": st.integers(-(2**63), 2**63 - 1),
    "text": st.text(max_size=8),
    "number": st.floats(),
    "yes": st.booleans(),
    "day": st.dates(),
}


@st.composite
def own_columns(draw):
    """Columns of a user's own, with values missing."""
    rows = draw(st.integers(0, 30))
    names = draw(st.lists(st.sampled_from(list(CELLS)), unique=True))
    return rows, {
        name: draw(st.lists(st.none() | CELLS[name], min_size=rows, max_size=rows))
        for name in names
    }


@settings(max_examples=20, deadline=None)
@given(own=own_columns(), back=st.booleans())
def test_an_arrow_table_is_the_same_but_for_the_new_columns(models, own, back):
    rows, columns = own
    kinds = {"whole": pa.int64(), "text": pa.string(), "number": pa.float64(), "yes": pa.bool_()}
    arrays = {n: pa.array(v, kinds.get(n, pa.date32())) for n, v in columns.items()}
    stars = arrays_of(rows)
    table = pa.table(arrays | stars if back else stars | arrays)
    about = {"made": "here"}
    table = table.replace_schema_metadata(about)
    typed = classify(table, models)
    assert typed.column_names == [*table.column_names, *NEW]
    kept = typed.select(table.column_names)
    assert kept.schema.equals(table.schema, check_metadata=True)
    for name in table.column_names:  # NaN is not equal to itself
        assert repr(kept[name].to_pylist()) == repr(table[name].to_pylist())


@pytest.mark.long
@settings(max_examples=20, deadline=None)
@given(own=own_columns(), turn=st.integers(0, 29))
def test_a_dataframe_is_the_same_but_for_the_new_columns(models, own, turn):
    rows, columns = own
    frame = pd.DataFrame(arrays_of(rows))
    for name, cells in columns.items():
        kind = {"whole": "Int64", "yes": "boolean", "text": "string"}.get(name, object)
        frame[name] = pd.Series(cells, dtype=kind)
    frame.index = np.roll(np.arange(rows) // 2, turn)  # labels that stand twice
    frame.attrs["made"] = "here"
    before = frame.copy(deep=True)
    typed = classify(frame, models)
    pd.testing.assert_frame_equal(typed[list(before.columns)], before)
    pd.testing.assert_frame_equal(frame, before)
    assert list(typed.columns) == [*before.columns, *NEW]
    assert typed.attrs == {"made": "here"}
    expected = classify(pa.table(arrays_of(rows)), models)
    assert typed["type_p_G"].tolist() == expected["type_p_G"].to_pylist()


@settings(max_examples=20, deadline=None)
@given(own=own_columns(), kind=st.sampled_from([Table, QTable]))
def test_an_astropy_table_is_the_same_but_for_the_new_columns(models, own, kind):
    rows, columns = own
    table = kind(arrays_of(rows), meta={"made": "here"})
    table["u"].unit = units.mag
    for name, cells in columns.items():
        filled = [date(2000, 1, 1) if c is None else c for c in cells] if name == "day" else cells
        blank = {"whole": 0, "text": "", "number": 0.0, "yes": False}.get(name)
        mask = [c is None for c in filled]
        filled = [blank if c is None else c for c in filled]
        kind_of = {"text": str, "day": object, "whole": np.int64, "number": float, "yes": bool}
        table[name] = MaskedColumn(filled, mask=mask, dtype=kind_of[name])
    before = table.copy()
    typed = classify(table, models)
    assert type(typed) is kind
    assert typed.colnames == [*before.colnames, *NEW]
    assert typed.meta == {"made": "here"}
    for name in before.colnames:
        for found in (typed[name], table[name]):
            assert found.unit == before[name].unit
            assert found.dtype == before[name].dtype
            assert repr(list(found)) == repr(list(before[name]))


def test_units_of_astropy_are_converted(models):
    plain = Table(arrays_of(20))
    table = QTable(plain)
    for band in "ugriz":
        table[band] = (table[band] * 1000) * units.mmag
    typed = classify(table, models)
    assert typed["u"].unit == units.mmag
    np.testing.assert_allclose(
        typed["type_p_G"], classify(plain, models)["type_p_G"], rtol=1e-4, atol=1e-6
    )
    with pytest.raises(UserError, match="does not convert to mag"):
        table["u"] = np.ones(20) * units.K
        classify(table, models)


def test_what_is_masked_or_missing_has_no_type(models):
    table = Table(arrays_of(4), masked=True)
    table["g"].mask = [True, False, False, False]
    typed = classify(table, models)
    assert typed["type"].mask.tolist() == [True, False, False, False]
    assert typed["type_flag"][0].startswith("no type")
    frame = pd.DataFrame(arrays_of(4)).astype({"g": "Float64"})
    frame.loc[1, "g"] = pd.NA
    typed = classify(frame, models)
    assert typed["type"].isna().tolist() == [False, True, False, False]


def test_arrays_of_five_are_magnitudes(models):
    columns = arrays_of(10)
    table = Table({"modelMag": np.column_stack([columns[band] for band in "ugriz"])})
    typed = classify(table, models)
    assert typed["type_tier"].tolist() == ["photometry"] * 10
    assert typed["modelMag"].shape == (10, 5)


def test_text_in_a_frame_is_flagged_row_by_row(models):
    frame = pd.DataFrame(arrays_of(3)).astype({"r": object})
    frame.loc[1, "r"] = "faint"
    typed = classify(frame, models)
    assert typed["type"].isna().tolist() == [False, True, False]
    assert "r: no value that can be" in typed.loc[1, "type_flag"]


def test_columns_units_mix_and_prefix(models):
    frame = pd.DataFrame(arrays_of(70)).rename(columns={"u": "mine", "redshift": "kms"})
    frame["kms"] *= 299_792.458
    typed = classify(
        frame,
        models,
        columns={"u": "mine", "redshift": "kms"},
        units={"redshift": "km/s"},
        mix={**dict.fromkeys("OBAFKM", 0), "G": 1},
        prefix="mine_is",
    )
    assert set(typed["mine_is_tier"]) == {"redshift"}
    assert (typed["mine_is"] == "G").mean() > 0.9


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop(columns="u"), r'no column u.*by columns, for example \{"u": "my_u"\}'),
        (lambda f: f.assign(type="G"), 'column type already.*prefix="my_type"'),
        (lambda f: pd.concat([f, f[["u"]]], axis=1), "column 'u' stands twice"),
        (lambda f: f.to_numpy(), "a ndarray is no table; give a DataFrame"),
    ],
)
def test_a_mistake_is_a_sentence_in_words_of_python(models, change, said):
    with pytest.raises(UserError, match=said):
        classify(change(pd.DataFrame(arrays_of(5))), models)
    with pytest.raises(UserError, match="mix: it should hold shares"):
        classify(pd.DataFrame(arrays_of(5)), models, mix={"X": 1})


def test_mostly_flagged_is_said(models, caplog):
    frame = pd.DataFrame(arrays_of(5)).assign(g=10.0)
    with caplog.at_level(logging.WARNING, "stellar"):
        classify(frame, models)
    assert "many rows are flagged" in caplog.text


def test_a_table_of_arrow_needs_no_other_library(models):
    program = (
        "import sys; from stellar.classify import program; "
        "sys.meta_path.insert(0, program._WithoutPandas()); sys.modules['astropy.table'] = None; "
        "import pyarrow as pa; from stellar.classify.tables import classify; "
        f"classify(pa.table({{b: [18.0 - k] for k, b in enumerate('ugriz')}}), {str(models)!r})"
    )
    run = [sys.executable, "-c", program]
    subprocess.run(run, env={"PYTHONPATH": str(ROOT / "scripts")}, check=True)


def test_a_parquet_file_needs_no_astropy(models, tmp_path):
    """Which would take a third of the time from start to end."""
    pq.write_table(pa.table(arrays_of(60)), tmp_path / "in.parquet")
    program = (
        "import sys; from stellar.classify import program; "
        "sys.meta_path.insert(0, program._WithoutPandas()); sys.modules['astropy'] = None; "
        f"program.main(['classify', {str(tmp_path / 'in.parquet')!r}, '-o', "
        f"{str(tmp_path / 'out.parquet')!r}, '--model', {str(models)!r}])"
    )
    run = [sys.executable, "-c", program]
    subprocess.run(run, env={"PYTHONPATH": str(ROOT / "scripts")}, check=True)
    assert pq.read_metadata(tmp_path / "out.parquet").num_rows == 60


def test_a_redshift_called_z_is_refused_as_the_command_does(models):
    table = pa.table(arrays_of(60)).rename_columns({"z": "zmag", "redshift": "z"})
    with pytest.raises(
        UserError, match=r'a redshift, no z band; name that by columns.*"z": "zmag"'
    ):
        classify(table, models)
    assert set(classify(table, models, columns={"z": "zmag"})["type_tier"].to_pylist()) == {
        "redshift"
    }


def test_exchanged_bands_are_flagged_and_said(models, caplog):
    given = pa.table(arrays_of(60))
    names = {"g": "r", "r": "g"}
    with caplog.at_level(logging.WARNING):
        typed = classify(
            given.rename_columns([names.get(n, n) for n in given.column_names]), models
        )
    assert all("bands look exchanged" in flag for flag in typed["type_flag"].to_pylist())
    assert "columns={'g': 'r', 'r': 'g'}" in caplog.text


def test_shifted_magnitudes_are_said(models, caplog):
    given = arrays_of(60)
    with caplog.at_level(logging.WARNING):
        classify(pa.table(given), models)
        assert "shifted" not in caplog.text
        classify(pa.table(given | {b: given[b] + 4 for b in "ugriz"}), models)
    assert "with all magnitudes some 4 mag brighter" in caplog.text


def test_models_of_simulated_stars_are_said_to_be(models, caplog):
    with caplog.at_level(logging.WARNING):
        classify(pa.table(arrays_of(60)), models)
    assert [record.message for record in caplog.records] == [SIMULATED]


def test_corrected_magnitudes_are_said(models, caplog):
    given = arrays_of(60)
    names = {f"{band}_0": given.pop(band) for band in "ugriz"}
    with caplog.at_level(logging.WARNING):
        classify(pa.table(given | names), models, columns={b: f"{b}_0" for b in "ugriz"})
    assert "u_0" in caplog.text


def test_models_without_the_u_band_type_tables_without_it(tmp_path):
    make_model(tmp_path, "griz", ("g", "r", "i", "z"))
    given = pa.table(arrays_of(60)).drop_columns(["u"])
    for table in (given, given.append_column("class", pa.array(["STAR"] * 59 + ["GALAXY"]))):
        typed = classify(table, tmp_path)
        assert typed["type"].null_count < 10
    assert "no star" in typed["type_flag"][59].as_py()
