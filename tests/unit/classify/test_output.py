import csv
import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.table import Table
from stellar.classify import output
from stellar.errors import UserError

TABLE = pa.table(
    {
        "id": pa.array([2**63 + 5, 1, 2], pa.uint64()),
        "name": ["plain", 'a "word", and more', None],
        "u": pa.array([18.25, None, 17.5]),
        "n": pa.array([1, None, 3], pa.int32()),
        "type": pa.array(["G", "K", None]).dictionary_encode(),
    }
)


def write(path, table=TABLE, units=()):
    with output.writer(str(path), table.schema, dict(units)) as add:
        add(table.slice(0, 1))
        add(table.slice(1))
    return path


def test_csv_quotes_only_what_needs_it(tmp_path):
    text = write(tmp_path / "t.csv").read_text(encoding="utf-8")
    assert text.splitlines()[1] == "9223372036854775813,plain,18.25,1,G"
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[1]["name"] == 'a "word", and more'
    assert rows[1]["u"] == rows[1]["n"] == ""


def test_tabs(tmp_path):
    assert write(tmp_path / "t.tsv").read_text(encoding="utf-8").startswith("id\tname\tu")


def test_parquet_is_as_it_was(tmp_path):
    found = pq.read_table(write(tmp_path / "t.parquet"))
    assert found.to_pylist() == TABLE.to_pylist()


@pytest.mark.parametrize("name", ["t.fits", "t.ecsv", "t.vot"])
def test_astropy_reads_it(tmp_path, name):
    found = Table.read(write(tmp_path / name, units={"u": "mag"}))
    assert str(found["u"].unit) == "mag"
    assert found["u"][0] == 18.25
    assert np.ma.is_masked(found["u"][1]) or np.isnan(found["u"][1])
    assert np.ma.is_masked(found["n"][1])
    assert str(found["name"][1]) == 'a "word", and more'
    assert [str(value) for value in found["type"][:2]] == ["G", "K"]
    assert int(found["id"][0]) == 2**63 + 5


def test_ids_without_a_sign_in_a_votable(tmp_path):
    table = pa.table({"id": pa.array([2**63 - 1, 5], pa.uint64())})
    found = Table.read(write(tmp_path / "t.vot", table))["id"]
    assert found.dtype == np.int64
    assert found.tolist() == [2**63 - 1, 5]


def test_nothing_is_left_where_it_fails(tmp_path):
    def fail():
        with output.writer(str(tmp_path / "t.parquet"), TABLE.schema, {}) as add:
            add(TABLE)
            raise UserError("stop")

    with pytest.raises(UserError, match="stop"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_is_there_stays(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match=r"exists.*--force"):
        output.refuse_existing(str(path), False)
    output.refuse_existing(str(path), True)
    with pytest.raises(UserError, match="is a folder"):
        output.refuse_existing(str(tmp_path), True)


def test_an_ending_that_says_nothing():
    assert output.kind_of("-") == "csv"
    with pytest.raises(UserError, match="unknown kind"):
        output.kind_of("typed.xlsx")


def test_lists_are_no_text(tmp_path):
    table = pa.table({"a": [[1, 2]]})
    with pytest.raises(UserError, match="column a holds lists"):
        write(tmp_path / "t.csv", table)


BYTES = pa.array([b"plain", None, b"\xff\xfe"])


@pytest.mark.parametrize(
    "kind", [pa.binary(), pa.large_binary(), pa.dictionary(pa.int32(), pa.binary())]
)
@pytest.mark.parametrize("name", ["t.csv", "t.ecsv", "t.fits", "t.vot"])
def test_bytes_are_text_or_a_sentence(tmp_path, kind, name):
    table = pa.table({"n": [1, 2, 3], "a": BYTES.cast(kind)})
    made = write(tmp_path / name, table.slice(0, 2))
    kinds = {"t.vot": "votable", "t.ecsv": "ascii.ecsv"}
    assert str(Table.read(made, format=kinds.get(name))["a"][0]) == "plain"
    made.unlink()
    with pytest.raises(UserError, match=r"column a holds bytes that are no text; write \.parquet"):
        write(made, table)
    assert list(tmp_path.iterdir()) == []


def test_bytes_stay_in_parquet(tmp_path):
    table = pa.table({"a": BYTES})
    assert pq.read_table(write(tmp_path / "t.parquet", table)).equals(table)


def test_short_numbers_in_a_votable(tmp_path):
    table = pa.table({"a": pa.array([1.5, 2.5], pa.float32()).cast(pa.float16())})
    assert Table.read(write(tmp_path / "t.vot", table))["a"].tolist() == [1.5, 2.5]


@pytest.mark.parametrize(
    ("name", "columns", "why"),
    [
        ("t.fits", {"a": ["x", "é"]}, "column a, row 2: a character other than ASCII in 'é'"),
        ("t.fits", {"é": ["x", "y"]}, "the name 'é' of column 1; rename it"),
        ("t.fits", {"u": ["x", "y"], "a" * 69: ["x", "y"]}, "of column 2; rename it"),
        ("t.fits", {" ": ["x", "y"]}, "the name ' ' of column 1"),
        ("t.vot", {"a": ["x", "y\x01"]}, r"column a, row 2: a control character in 'y\\x01'"),
        ("t.vot", {"a": ["\ufffe", "y"]}, "column a, row 1"),
        ("t.vot", {"a\x01": ["x", "y"]}, "of column 1; rename it"),
        ("t.ecsv", {"": ["x", "y"], "b": ["x", "y"]}, "the name '' of column 1; rename it"),
        ("t.ecsv", {" b": ["x", "y"]}, "of column 1; rename it"),
        ("t.ecsv", {"a": ["x", "y\rz"]}, "column a, row 2: an end of a line"),
    ],
)
def test_what_a_kind_cannot_hold_is_a_sentence_and_leaves_nothing(tmp_path, name, columns, why):
    with pytest.raises(UserError, match=why) as error:
        write(tmp_path / name, pa.table(columns))
    assert str(error.value).endswith("or write .csv or .parquet instead")
    assert list(tmp_path.iterdir()) == []


def test_a_unit_that_fits_cannot_hold(tmp_path):
    with pytest.raises(UserError, match="cannot be written as fits"):
        write(tmp_path / "t.fits", pa.table({"u": [1.0, 2.0]}), {"u": "größe"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["t.fits", "t.vot", "t.ecsv"])
def test_what_a_kind_can_hold_is_read_again(tmp_path, name):
    table = pa.table({"a" * 68: ["x\ny", 'a "b"'], "b [mag]": [1, 2]})
    found = Table.read(write(tmp_path / name, table))
    assert [str(cell) for cell in found["a" * 68]] == ["x\ny", 'a "b"']


@pytest.mark.parametrize("prefix", ["", "é", "my type", "a" * 41, "a-b", "a\n", "٣"])
def test_a_prefix_that_names_no_column(prefix):
    with pytest.raises(UserError, match=r"1 to 40 letters of ASCII.*--prefix my_type"):
        output.refuse_prefix(prefix)
    output.refuse_prefix("Type_2")
