"""Tables in files, read in batches."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stellar.errors import UserError
from stellar.survey.table_readers import opened

ROWS = list(range(10))


@pytest.fixture(params=["csv", "csv.gz", "parquet"])
def path(request, tmp_path):
    """A table of ten rows, in columns a and b."""
    import gzip

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
    path.write_text('#Table1\nid, note\n007,"two\nlines"\n\n1e3,x\n')
    with opened(path) as table:
        (batch,) = table.batches(["id"])
        assert batch["id"].to_pylist() == ["007", "1e3"]
        assert [table.line(row) for row in (1, 2, 3)] == [3, 6, None]


def test_a_name_that_stands_twice_matters_where_it_is_needed(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b,b\n1,2,3\n")
    with opened(path) as table:
        assert next(table.batches(["a"])).num_rows == 1
        with pytest.raises(UserError, match="column 'b' stands twice"):
            next(table.batches(["b"]))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.doc", b"", "unknown kind of table; use .csv"),
        ("none.csv", None, "there is no file .*; correct survey.table.path"),
        ("a.parquet", b"no such thing", "cannot be read as parquet"),
        ("a.csv", b"a;b\n1;2\n", "separate them by commas"),
        ("a.csv.gz", b"a,b\n", "cannot be read as csv"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=said), opened(path):
        pass
