"""Reading and writing the study's files: whole or not at all, and the same bytes each time."""

from __future__ import annotations

import errno
import glob
import io
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellar.errors import UserError, refusal

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

ROW_GROUP = 2**17  # rows: about 25 MB of all columns in memory
# Bytes of distinct values up to which a column is written as numbers of a dictionary. Types and
# template values stay below it; of measured values, all different, a dictionary is only a burden.
DICTIONARY = 2**15
SURVEY_KEY = b"survey"  # schema metadata: which survey a table comes from


@contextmanager
def allowed(path: str | Path) -> Iterator[None]:
    """Turn what the system refuses at `path`, such as space, into a UserError that says so."""
    try:
        yield
    except OSError as error:
        raise refusal(error, path) or error from None


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends well.

    Where `path` is a link to a file, that file is replaced and the link stays, as `cp` has it.

    Raises
    ------
    UserError
        The disk is full, or may not be written.
    """
    target = Path(path)
    if target.is_symlink() and target.is_file():
        target = target.resolve()
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    with allowed(path):
        target.parent.mkdir(parents=True, exist_ok=True)
        for left_over in target.parent.glob(f".{glob.escape(target.name)}.*.part*"):
            left_over.unlink(missing_ok=True)  # by a job that was killed; a file has one writer
        try:
            yield temporary
            temporary.replace(target)
        except OSError as error:  # names what the user knows
            if error.filename == str(temporary):
                error.filename, error.filename2 = str(path), None
            raise
        finally:
            temporary.unlink(missing_ok=True)


def _rounded(value: Any) -> Any:
    """Floats to ten significant digits: more than any result has, and short in a file."""
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, Mapping):
        return {str(key): _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value


def write_json(path: str | Path, data: Any) -> None:
    """Write JSON with sorted keys."""
    with replacing(path) as temporary:
        text = json.dumps(_rounded(data), indent=1, sort_keys=True, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def read_json(path: str | Path) -> Any:
    """Read JSON; raises UserError naming the file if it is not."""
    with _readable(path):
        return json.loads(Path(path).read_text(encoding="utf-8"))


def write_text(path: str | Path, text: str) -> None:
    """Write a text file."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def parquet_writer(path: Path, schema: pa.Schema, **options: Any) -> pq.ParquetWriter:
    """A Parquet writer (zstd) whose pages carry checksums: damage is not read as data."""
    import pyarrow.parquet as pq

    return pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True, **options)


@contextmanager
def table_writer(path: str | Path, schema: pa.Schema) -> Iterator[Callable[[pa.Table], None]]:
    """Write a Parquet file (zstd) piece by piece: the same bytes however the rows are cut.

    Yields the function that takes the next rows. At most `ROW_GROUP` rows and a piece are held.
    """
    import pyarrow as pa

    held = schema.empty_table()

    def write(table: pa.Table, least: int = ROW_GROUP) -> None:
        nonlocal held
        held = pa.concat_tables([held, table])
        while held.num_rows >= least:
            # In one chunk: the pages of a file follow the chunks of its table.
            writer.write_table(held.slice(0, ROW_GROUP).combine_chunks(), ROW_GROUP)
            held = held.slice(ROW_GROUP)

    with (
        replacing(path) as temporary,
        parquet_writer(temporary, schema, dictionary_pagesize_limit=DICTIONARY) as writer,
    ):
        yield write
        write(schema.empty_table(), least=1)


def write_table(path: str | Path, table: pa.Table) -> None:
    """Write a Parquet file."""
    with table_writer(path, table.schema) as write:
        write(table)


@contextmanager
def _readable(path: str | Path) -> Iterator[None]:
    """Turn what reading `path` may meet into errors that name it and say what to do."""
    try:
        with allowed(path):
            yield
    except FileNotFoundError:  # Arrow's own does not name the file apart
        raise FileNotFoundError(errno.ENOENT, "no such file", str(path)) from None
    except Exception as error:
        # Of damage, Arrow says OSError without a number, its own errors, or that text is no text.
        if absent := re.search(r"FieldRef\.Name\((.*?)\)", str(error)):
            raise UserError(f"{path} has no column {absent[1]}; ask for one that it has") from None
        if isinstance(error, ValueError) or _is_arrows(error):
            raise UserError(f"{path} is damaged; delete it and run snakemake again") from None
        raise


def _is_arrows(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno is None
    return type(error).__module__.startswith("pyarrow")


def read_table(path: str | Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet file, or some of its columns; raises UserError if it is damaged."""
    import pyarrow.parquet as pq

    with _readable(path):
        names = list(columns) if columns is not None else None
        return pq.read_table(path, columns=names, page_checksum_verification=True)


def read_schema(path: str | Path) -> pa.Schema:
    """Columns and metadata of a Parquet file; raises UserError if it is damaged."""
    import pyarrow.parquet as pq

    with _readable(path):
        return pq.read_schema(path)


def survey_of(schema: pa.Schema) -> str:
    """Name of the survey that a table comes from."""
    return (schema.metadata or {}).get(SURVEY_KEY, b"unknown").decode()


def number_of_rows(path: str | Path) -> int:
    """Rows of a Parquet file; raises UserError if it is damaged."""
    import pyarrow.parquet as pq

    with _readable(path):
        return pq.read_metadata(path).num_rows


def read_pieces(path: str | Path, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Read a Parquet file, or some of its columns, at most `ROW_GROUP` rows at a time.

    Yields one piece at least, without rows if the file has none. Raises UserError if the file is
    damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _readable(path), pq.ParquetFile(path, page_checksum_verification=True) as file:
        names = list(columns) if columns is not None else None
        for batch in file.iter_batches(ROW_GROUP, columns=names, use_threads=False):
            yield pa.Table.from_batches([batch])
        if file.metadata.num_rows == 0:
            yield file.read(names)


def write_csv(path: str | Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as CSV, as `csv_text` has them."""
    with replacing(path) as temporary:
        temporary.write_text(csv_text(rows), encoding="utf-8")


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as CSV with a header; floats with six decimals, None as nothing.

    Without a row the header says `skipped`: what a survey lacks is no damaged file.
    """
    import csv

    if not rows:
        return "skipped\n"
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: f"{v:.6f}" if isinstance(v, float) else v for k, v in row.items()})
    return out.getvalue()


def read_csv(path: str | Path, delimiter: str = ",") -> list[dict[str, Any]]:
    """Rows of a CSV that this project or Snakemake wrote; numbers as float or int."""
    import csv

    with _readable(path):
        text = Path(path).read_bytes().decode()
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
        if not text.endswith("\n") or any(None in row or None in row.values() for row in rows):
            raise ValueError("cut short")
        return [{key: _number(value) for key, value in row.items()} for row in rows]


def read(path: Path) -> Any:
    """A document (`.json`), a table (`.csv`), or else a text."""
    kinds: dict[str, Callable[[Path], Any]] = {".json": read_json, ".csv": read_csv}
    return kinds.get(path.suffix, read_text)(path)


def read_text(path: str | Path) -> str:
    """Read a text in UTF-8."""
    return Path(path).read_text(encoding="utf-8")


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None
