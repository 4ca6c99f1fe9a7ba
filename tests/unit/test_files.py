"""Files are whole or not there, and damaged ones are named."""

import errno
import os
import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar import files
from stellar.errors import UserError


def test_nothing_partial_is_left_behind(tmp_path):
    path = tmp_path / "a.json"
    with pytest.raises(ZeroDivisionError), files.replacing(path) as temporary:
        temporary.write_text("half", encoding="utf-8")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_link_to_a_file_stays_and_its_file_is_replaced(tmp_path):
    (tmp_path / "disk").mkdir()
    link, target = tmp_path / "a.txt", tmp_path / "disk/b.txt"
    target.write_text("old", encoding="utf-8")
    link.symlink_to("disk/b.txt")
    files.write_text(link, "new")
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "new"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.txt", "b.txt", "disk"]
    with pytest.raises(ZeroDivisionError), files.replacing(link) as temporary:
        temporary.write_text("half", encoding="utf-8")
        raise ZeroDivisionError
    assert target.read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize("target", ["/dev/null", "none/there", "a.txt"])
def test_a_link_to_no_file_is_replaced(tmp_path, target):
    link = tmp_path / "a.txt"
    link.symlink_to(target)  # to a device, to nothing, to itself
    files.write_text(link, "new")
    assert not link.is_symlink()
    assert link.read_text(encoding="utf-8") == "new"


def test_errors_name_the_file_and_not_the_temporary_one(tmp_path):
    with pytest.raises(UserError, match=r"the name of .*/a{252} is too long") as end:
        files.write_text(tmp_path / ("a" * 252), "")
    assert ".part" not in str(end.value)
    with pytest.raises(FileNotFoundError) as gone, files.replacing(tmp_path / "a") as temporary:
        temporary.with_name("b").replace(temporary)  # not there
    assert gone.value.filename == str(tmp_path / "b")
    with pytest.raises(FileNotFoundError) as gone, files.replacing(tmp_path / "a"):
        pass  # nothing is written
    assert (gone.value.filename, gone.value.filename2) == (str(tmp_path / "a"), None)


def test_json_is_the_same_bytes_whatever_the_order(tmp_path):
    files.write_json(tmp_path / "a", {"b": 0.1 + 0.2, "a": [1, None]})
    files.write_json(tmp_path / "b", {"a": [1, None], "b": 0.3})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_damaged_files_are_named(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("{", encoding="utf-8")
    reads = (files.read_json, files.read_table, files.read_schema, files.number_of_rows)
    for read in (*reads, lambda path: list(files.read_pieces(path))):
        with pytest.raises(UserError, match=r"a\.json is damaged; delete it"):
            read(path)


@pytest.mark.parametrize("cut", [1, 3, 7])
def test_a_csv_that_is_cut_short_is_damaged(tmp_path, cut):
    text = "name,rows\na,1\nbcd,23\n"
    (tmp_path / "a.csv").write_text(text[:-cut], encoding="utf-8")
    if cut == 7:  # between rows, where nothing shows it
        assert files.read_csv(tmp_path / "a.csv") == [{"name": "a", "rows": 1}]
        return
    with pytest.raises(UserError, match=r"a\.csv is damaged; delete it and run snakemake again"):
        files.read_csv(tmp_path / "a.csv")


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(), st.booleans()), min_size=1))
def test_csv_round_trip(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    written = [{"x": x, "n": n, "none": None} for x, n, _ in rows]
    path.write_text(files.csv_text(written), encoding="utf-8")
    read = files.read_csv(path)
    np.testing.assert_allclose([r["x"] for r in read], [r["x"] for r in written], atol=1e-6)
    assert [r["n"] for r in read] == [r["n"] for r in written]
    assert all(r["none"] is None for r in read)


def test_a_file_is_read_by_its_ending(tmp_path):
    files.write_json(tmp_path / "a.json", {"n": 1})
    files.write_text(tmp_path / "a.csv", files.csv_text([{"n": 1}]))
    assert files.read(tmp_path / "a.json") == {"n": 1}
    assert files.read(tmp_path / "a.csv") == [{"n": 1}]


@pytest.mark.long
@given(st.lists(st.integers(0, 40), max_size=12), st.integers(1, 50))
def test_pieces_are_the_same_bytes_however_they_are_cut(tmp_path_factory, sizes, row_group):
    folder = tmp_path_factory.mktemp("pieces")
    n = sum(sizes)
    texts = [f"K{i % 5}" if i % 7 else None for i in range(n)]
    table = pa.table({"id": pa.array(range(n), pa.int64()), "type": pa.array(texts, pa.string())})
    table = table.replace_schema_metadata({"survey": "mine"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "ROW_GROUP", row_group)
        files.write_table(folder / "whole", table)
        with files.table_writer(folder / "pieces", table.schema) as write:
            for start, size in zip(np.cumsum([0, *sizes]), sizes, strict=False):
                write(table.slice(start, size))
        read = list(files.read_pieces(folder / "pieces", ["type", "id"]))
    assert (folder / "pieces").read_bytes() == (folder / "whole").read_bytes()
    assert max(piece.num_rows for piece in read) <= row_group
    assert pa.concat_tables(read).equals(table.select(["type", "id"]), check_metadata=True)
    assert files.number_of_rows(folder / "pieces") == n


def test_half_a_table_is_not_left_behind(tmp_path):
    table = pa.table({"id": [1, 2]})
    with (
        pytest.raises(ZeroDivisionError),
        files.table_writer(tmp_path / "a", table.schema) as write,
    ):
        write(table)
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_job_left_vanishes(tmp_path):
    left_over = tmp_path / ".a[1].json.123.part"
    left_over.write_text("{", encoding="utf-8")
    (tmp_path / ".a[1].json.123.part.keras").write_text("{", encoding="utf-8")
    other = tmp_path / ".b.json.123.part"
    other.write_text("{", encoding="utf-8")
    files.write_json(tmp_path / "a[1].json", {})
    assert sorted(p.name for p in tmp_path.iterdir()) == [".b.json.123.part", "a[1].json"]


def test_missing_files_are_named(tmp_path):
    for read in (files.read_json, files.read_table, files.read_schema, files.number_of_rows):
        with pytest.raises(FileNotFoundError) as error:
            read(tmp_path / "none")
        assert error.value.filename == str(tmp_path / "none")


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]


def test_a_flipped_bit_is_never_read_as_data(tmp_path):
    rng = np.random.default_rng(1)
    table = pa.table({"x": rng.normal(size=3000), "type": rng.choice(["K1", "F5"], 3000)})
    path = tmp_path / "a.parquet"
    files.write_table(path, table)
    whole = path.read_bytes()
    seen = []
    for place in rng.integers(4, len(whole) - 8 - int.from_bytes(whole[-8:-4], "little"), 200):
        path.write_bytes(flipped(whole, place))
        for read in (files.read_table, lambda path: pa.concat_tables(files.read_pieces(path))):
            try:
                assert read(path).equals(table)
            except UserError as error:
                seen.append(str(error))
    assert set(seen) == {f"{path} is damaged; delete it and run snakemake again"}
    assert len(seen) > 390  # a few bits of a page's header mean nothing


def test_a_table_without_checksums_is_read(tmp_path):
    table = pa.table({"x": [1.0, 2.0]})
    pq.write_table(table, tmp_path / "a.parquet")
    assert files.read_table(tmp_path / "a.parquet").equals(table)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "no space is left for {}; free some, and give the same command again"),
        (errno.EROFS, "{} lies on a read-only file system; mount it writable, and"),
        (errno.EACCES, "you have no permission for {}; run chmod"),
        (errno.EIO, "the disk fails at {}; check it"),
    ],
)
def test_what_the_system_refuses_is_not_called_damaged(tmp_path, number, said):
    path = tmp_path / "a.json"
    for context in (files.replacing(path), files.allowed(path), files._readable(path)):
        with pytest.raises(UserError, match=re.escape(said.format(path))), context:
            raise OSError(number, os.strerror(number))
    assert list(tmp_path.iterdir()) == []


def test_a_defect_of_the_program_stays_one(tmp_path):
    with pytest.raises(OSError, match="Too many open files"), files._readable(tmp_path / "a"):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    with pytest.raises(KeyError), files._readable(tmp_path / "a"):
        raise KeyError("x")


def test_rows_are_written_as_csv(tmp_path):
    files.write_csv(tmp_path / "a.csv", [{"n": 1, "share": 0.5}])
    assert files.read_text(tmp_path / "a.csv") == "n,share\n1,0.500000\n"
    files.write_csv(tmp_path / "a.csv", [])
    assert files.read_csv(tmp_path / "a.csv") == []
