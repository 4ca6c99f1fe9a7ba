"""Tables in files, read in batches."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from made_tables import star_table
from stellar.errors import UserError
from stellar.survey.table_readers import opened

ROWS = list(range(10))


@pytest.fixture(params=["csv", "csv.gz", "parquet"])
def path(request, tmp_path):
    """A table of ten rows, in columns a and b."""
    found = tmp_path / f"a.{request.param}"
    if request.param == "parquet":
        pq.write_table(pa.table({"a": ROWS, "b": ROWS}), found)
        return found
    text = "a,b\n" + "".join(f"{n},{n}\n" for n in ROWS)
    packed = text.encode() if request.param == "csv" else gzip.compress(text.encode())
    found.write_bytes(packed)
    return found


@pytest.mark.parametrize("rows", [1, 3, 10, 99])
def test_batches_have_so_many_rows_in_order(path, rows):
    with opened(path) as table:
        assert table.names == ["a", "b"]
        batches = list(table.batches(["b"], rows))
    assert all(batch.num_rows == rows for batch in batches[:-1])
    assert batches[0].column_names == ["b"]
    assert [int(n.as_py()) for batch in batches for n in batch["b"]] == ROWS


def test_a_csv_is_text_as_it_stands_with_its_lines(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text('#Table1\nid, note\n007,"two\nlines"\n\n1e3,x\n', encoding="utf-8")
    with opened(path) as table:
        (batch,) = table.batches(["id"])
        assert batch["id"].to_pylist() == ["007", "1e3"]
        assert [table.line(row) for row in (1, 2, 3)] == [3, 6, None]


def test_a_name_that_stands_twice_matters_where_it_is_needed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b,b\n1,2,3\n", encoding="utf-8")
    with opened(path) as table:
        assert next(table.batches(["a"])).num_rows == 1
        with pytest.raises(UserError, match="column 'b' stands twice"):
            next(table.batches(["b"]))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.doc", b"", "unknown kind of table; use .csv"),
        ("none.csv", None, "there is no file .*; correct survey.table.path"),
        ("a.parquet", b"no such thing", "cannot be read as parquet: it is damaged, cut short"),
        ("a.parquet", b"", "cannot be read as parquet: it is empty; copy it again"),
        ("a.fits", b"", "cannot be read as fits: it is empty; copy it again"),
        ("a.csv.gz", b"\x1f\x8b\x08", "cannot be read as csv"),
        (
            "a.csv.gz",
            gzip.compress(gzip.compress(b"a,b\n", mtime=0), mtime=0),
            "is packed twice; unpack it once",
        ),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=said), opened(path):
        pass


@pytest.mark.parametrize("name", ["a.csv", "a.fits", "a.vot", "a.parquet", "a"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04...", "is a zip archive or an Excel file; unpack it"),
        (b"\xd0\xcf\x11\xe0...", "is an Excel file; save the sheet as .csv"),
        (b"\x89HDF\r\n", "is HDF5; save"),
        (b"ARROW1..", "is Feather; save"),
        (b"SQLite format 3\0", "is an SQLite database; save"),
        (b"\x93NUMPY\x01", "is a NumPy array; save"),
        (b"\x80\x04\x95...", "is a pickle; save"),
        (b"\x28\xb5\x2f\xfd...", "is an archive; unpack it"),
        (b'[{"TableName":"Table1"}]', "is JSON; save"),
        (b"<!DOCTYPE html>\n<html>", "is a page of the web; save"),
        (b'<?xml version="1.0"?><root><Answer/></root>', "is XML, but no VOTable; save"),
    ],
)
def test_other_files_are_named_for_what_they_are(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UserError, match=said), opened(path):
        pass


@pytest.mark.parametrize("kind", ["fits", "votable", "parquet"])
def test_a_misleading_ending_does_not_matter(tmp_path, kind):
    star_table().write(tmp_path / "right", format=kind)
    path = (tmp_path / "right").rename(tmp_path / "a.csv")
    with opened(path) as table:
        (batch,) = table.batches(["specObjID"])
    assert int(batch["specObjID"][6].as_py()) == 299489677444933638


def test_a_fits_table_packed_by_fpack_is_named(tmp_path):
    hdu = fits.BinTableHDU(star_table())
    hdu.header["ZTABLE"] = True
    hdu.writeto(tmp_path / "a.fits")
    with pytest.raises(UserError, match="is packed by fpack"), opened(tmp_path / "a.fits"):
        pass


@pytest.mark.parametrize("kind", ["tabledata", "binary", "binary2"])
def test_a_votable_that_the_server_cut_is_named(tmp_path, caplog, kind):
    path = tmp_path / "a.vot"
    star_table().write(path, format="votable", tabledata_format=kind)
    text = path.read_text(encoding="utf-8")
    for status, warned in (("OK", False), ("OVERFLOW", True)):
        info = f'</TABLE><INFO name="QUERY_STATUS" value="{status}"/>'
        path.write_text(text.replace("</TABLE>", info), encoding="utf-8")
        caplog.clear()
        with opened(path) as table:
            (batch,) = table.batches(["u"])
        assert batch.num_rows == 7
        assert ("the server cut the table (OVERFLOW)" in caplog.text) is warned


def test_tnull_is_the_number_that_is_stored_whatever_its_scale(tmp_path):
    """In `w` a stored 15 is the value 3, and a stored 3 is none."""
    stored = {
        "u": ("I", [19000, -32768, 0, 17500], -32768, 0.001, 0),
        "w": ("J", [1, 3, 15, 15], 3, 1, -12),
        "k": ("K", [1, 9, 7, 8], 9, 1, 2**63),
        "n": ("J", [1, -9, 7, 8], -9, 1, 0),
    }
    made = [fits.Column(n, kind, array=a, null=null) for n, (kind, a, null, *_) in stored.items()]
    hdu = fits.BinTableHDU.from_columns(made)
    hdu.writeto(tmp_path / "a.fits")
    with fits.open(tmp_path / "a.fits", mode="update") as hdus:
        for number, (*_, scale, zero) in enumerate(stored.values(), 1):
            hdus[1].header[f"TSCAL{number}"], hdus[1].header[f"TZERO{number}"] = scale, zero
    with opened(tmp_path / "a.fits") as table:
        (batch,) = table.batches(table.names)
    assert batch.to_pydict() == {
        "u": [19.0, None, 0.0, 17.5],
        "w": [-11, None, 3, 3],
        "k": [2**63 + 1, None, 2**63 + 7, 2**63 + 8],
        "n": [1, None, 7, 8],
    }


def test_units_in_the_votable_of_topcats_parquet(tmp_path):
    about = '<VOTABLE><FIELD name="ra" unit="deg"/><FIELD name="id"/></VOTABLE>'
    table = pa.table({"ra": [1.0], "id": [1]})
    table = table.replace_schema_metadata({"IVOA.VOTable-Parquet.content": about})
    pq.write_table(table, tmp_path / "a.parquet")
    with opened(tmp_path / "a.parquet") as found:
        assert found.units == {"ra": "deg"}
