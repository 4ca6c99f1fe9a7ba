"""Tables of stars in files, read in batches: CSV, Parquet, FITS and VOTable.

A CSV and a VOTable's cells come as text, exactly as they stand, so that no guess of a type can
change them; `conversion` makes numbers of them. What a table needs is read, not more.
"""

from __future__ import annotations

import csv
import gzip
import logging
import re
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from stellar.errors import UserError

log = logging.getLogger("stellar")

BATCH = 50_000  # rows: half the memory of twice as many, and as fast
_BLOCK = 1 << 22  # bytes of a CSV parsed at a time; no row may be longer
_CELL_ROWS = 10_000  # rows of a VOTable held as Python text
_SHOWN = 40  # characters of a bad row


@dataclass(frozen=True)
class TableFile:
    """An open table.

    `pieces` gives tables of the columns asked for, in the order of the rows and cut in any way;
    `line` the line on which a row of data (from 1) begins, where that makes sense.
    """

    path: Path
    kind: str
    names: Sequence[str]
    pieces: Callable[[Sequence[str]], Iterator[pa.Table]]
    units: Mapping[str, str] = field(default_factory=dict)
    line: Callable[[int], int | None] = lambda _: None

    def batches(self, columns: Sequence[str], rows: int = BATCH) -> Iterator[pa.Table]:
        """Tables of `columns` with `rows` rows each, the last one with what is left.

        Raises
        ------
        UserError
            The file is not what its name says, is cut short, or has a column's name twice.
        """
        twice = [name for name, n in Counter(self.names).items() if n > 1 and name in columns]
        if twice:
            raise UserError(f"{self.path}: column {twice[0]!r} stands twice; rename one of them")
        waiting: list[pa.Table] = []
        held = 0
        with _explained(self.path, self.kind):
            for piece in self.pieces(columns):
                waiting.append(piece)
                held += piece.num_rows
                while held >= rows:
                    table = pa.concat_tables(waiting)
                    yield table.slice(0, rows).combine_chunks()
                    waiting, held = [table.slice(rows)], held - rows
            if held:
                yield pa.concat_tables(waiting).combine_chunks()


@contextmanager
def opened(path: Path) -> Iterator[TableFile]:
    """Open a table by the ending of its name; `.gz` may follow.

    Raises
    ------
    UserError
        No such file, an unknown ending, or a file that is not what its name says.
    """
    suffixes = [s.lower() for s in path.suffixes if s.lower() != ".gz"]
    kind, opener = _KINDS.get(suffixes[-1] if suffixes else "", ("", None))
    if opener is None:
        raise UserError(f"{path}: unknown kind of table; use .csv, .parquet, .fits or .vot")
    if not path.is_file():
        raise UserError(f"there is no file {path}; correct survey.table.path")
    with ExitStack() as stack:
        with _explained(path, kind):
            table = stack.enter_context(opener(path))
        yield table


@contextmanager
def _explained(path: Path, kind: str) -> Iterator[None]:
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # on damaged files the four readers raise all kinds
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path} cannot be read as {kind}: {first_line}") from None


def _is_gzipped(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


@contextmanager
def _unpacked(path: Path) -> Iterator[str]:
    """Path of the file itself; if gzipped, of a plain copy that vanishes in the end."""
    if not _is_gzipped(path):
        yield str(path)
        return
    with tempfile.NamedTemporaryFile() as copy:
        with gzip.open(path) as packed:
            shutil.copyfileobj(packed, copy, _BLOCK)
        copy.flush()
        yield copy.name


# -- CSV


@contextmanager
def _csv(path: Path) -> Iterator[TableFile]:
    with _csv_text(path) as file:
        lines = csv.reader(file)
        header = _first_row(lines)
        if header and header[0].startswith("#Table"):
            header = _first_row(lines)
            if not header:
                raise UserError(f"{path} has no header after #Table1")
    if not header:
        raise UserError(f"{path} cannot be read as csv: it is empty")
    if "\0" in "".join(header):
        raise UserError(f"{path} cannot be read as csv: it is no UTF-8 text; save it as UTF-8")
    names = [" ".join(name.split()) for name in header]
    other = re.search(r"[;\t|]", names[0])
    if len(names) == 1 and other:
        raise UserError(
            f"{path}: its fields are separated by {other.group()!r}; separate them by commas"
        )
    skipped = lines.line_num
    yield TableFile(
        path,
        "csv",
        names,
        partial(_csv_pieces, path, names, skipped),
        line=partial(_csv_line, path, skipped),
    )


def _csv_text(path: Path) -> IO[str]:
    opener: Any = gzip.open if _is_gzipped(path) else open
    return opener(path, "rt", encoding="utf-8-sig", errors="replace", newline="")


def _first_row(lines: Iterator[list[str]]) -> list[str]:
    return next((row for row in lines if row), [])


def _csv_line(path: Path, skipped: int, row: int) -> int | None:
    with _csv_text(path) as file:
        for _ in islice(file, skipped):
            pass
        lines = csv.reader(file)
        try:
            last = 0
            for fields in lines:
                row -= bool(fields)  # a blank line is no row
                if not row:
                    return skipped + last + 1
                last = lines.line_num
        except csv.Error:
            pass
    return None


def _csv_pieces(
    path: Path, names: Sequence[str], skipped: int, columns: Sequence[str]
) -> Iterator[pa.Table]:
    from pyarrow import csv as arrow_csv

    numbers = [str(names.index(column)) for column in columns]
    every = [str(number) for number in range(len(names))]
    # What is not needed is looked through as bytes: an open quotation mark may swallow rows there.
    types = dict.fromkeys(every, pa.binary()) | dict.fromkeys(numbers, pa.string())
    try:
        with (
            pa.input_stream(str(path), compression="gzip" if _is_gzipped(path) else None) as file,
            arrow_csv.open_csv(
                file,
                # One thread: only then are rows numbered.
                arrow_csv.ReadOptions(
                    use_threads=False,
                    block_size=_BLOCK,
                    skip_rows=skipped,
                    column_names=every,
                ),
                arrow_csv.ParseOptions(newlines_in_values=True),
                arrow_csv.ConvertOptions(column_types=types),
            ) as reader,
        ):
            row, warned = 1, False
            for batch in reader:
                if not warned:
                    warned = _warn_of_line_ends(path, names, set(every) - set(numbers), batch, row)
                row += batch.num_rows
                yield pa.table([batch[number] for number in numbers], names=list(columns))
    except pa.ArrowInvalid as error:
        said = str(error)
        if "Empty CSV" in said:
            return
        if "straddling" in said:
            raise UserError(
                f"{path}: a row is longer than {_BLOCK >> 20} MB; is a quotation mark not closed?"
            ) from None
        ragged = re.search(r"Row #(\d+): Expected \d+ columns, got (\d+): (.*)", said, re.DOTALL)
        no_text = re.search(r"In CSV column #(\d+): Row #(\d+): .*UTF8", said)
        if ragged:
            number, fields, text = ragged.groups()
            what = f"has {fields} fields, the header {len(names)}: {text[:_SHOWN]!r}"
        elif no_text:
            column, number = no_text.groups()
            what = f"column {names[int(column)]}, is no UTF-8 text; save the file as UTF-8"
        else:
            raise
        row = int(number) - skipped
        line = _csv_line(path, skipped, row)
        place = f"row {row} (line {line})" if line else f"row {row}"
        raise UserError(f"{path}: {place} {what}") from None


def _warn_of_line_ends(
    path: Path, names: Sequence[str], unused: Iterable[str], batch: pa.RecordBatch, row: int
) -> bool:
    """Log the first cell that goes over a line's end; what is needed is checked when used."""
    import pyarrow.compute as pc

    for number in sorted(unused, key=int):
        found = pc.index(pc.match_substring(batch[number], "\n"), True).as_py()
        if found >= 0:
            log.warning(
                "%s: column %s, row %d goes over a line's end; if it should not, a quotation mark "
                "is not closed and rows are lost in it",
                *(path, names[int(number)], row + found),
            )
            return True
    return False


# -- Parquet


@contextmanager
def _parquet(path: Path) -> Iterator[TableFile]:
    import pyarrow.parquet as pq

    with (
        _unpacked(path) as plain,
        # Checksums, if whoever wrote the file gave it some.
        pq.ParquetFile(plain, pre_buffer=False, page_checksum_verification=True) as parquet,
    ):

        def pieces(columns: Sequence[str]) -> Iterator[pa.Table]:
            for batch in parquet.iter_batches(BATCH, columns=list(columns)):
                yield pa.Table.from_batches([batch]).select(columns)

        schema = parquet.schema_arrow
        yield TableFile(path, "parquet", schema.names, pieces, _parquet_units(schema))


def _parquet_units(schema: pa.Schema) -> dict[str, str]:
    """Units from the fields' metadata, or as astropy writes them: ECSV's header."""
    from astropy.table.meta import get_header_from_yaml

    units = {f.name: f.metadata[b"unit"].decode() for f in schema if b"unit" in (f.metadata or {})}
    header = (schema.metadata or {}).get(b"table_meta_yaml")
    if header:
        columns = get_header_from_yaml(header.decode().splitlines())["datatype"]
        units |= {c["name"]: str(c["unit"]) for c in columns if c.get("unit")}
    return units


# -- FITS and VOTable


@contextmanager
def _fits(path: Path) -> Iterator[TableFile]:
    from astropy.io import fits
    from astropy.table import Table

    with _unpacked(path) as plain, _astropy_warnings():
        # Astropy maps no file that it has not opened itself, and leaves that open if it fails.
        with Path(plain).open("rb") as file, fits.open(file) as hdus:
            kinds = (fits.BinTableHDU, fits.TableHDU)
            tables = {n: hdu for n, hdu in enumerate(hdus) if isinstance(hdu, kinds)}
            _refuse_several(path, [hdu.name or "without a name" for hdu in tables.values()])
            [(number, hdu)] = tables.items()
            rows = hdu.header["NAXIS2"]
            flat = [c for c in hdu.columns if hdu.columns.dtype[c.name].shape == ()]

        def pieces(columns: Sequence[str]) -> Iterator[pa.Table]:
            for low in range(0, rows, BATCH):
                # Opened for each piece, or the pages read stay in memory.
                with fits.open(plain, memmap=True) as hdus:
                    part = type(hdu)(data=hdus[number].data[low : low + BATCH])
                    yield _from_astropy(Table.read(part), columns)

        units = {c.name: c.unit for c in flat if c.unit}
        yield TableFile(path, "fits", [c.name for c in flat], pieces, units)


@contextmanager
def _astropy_warnings() -> Iterator[None]:
    """Ignore astropy's warnings about style; raise those about files that are cut short."""
    from astropy.utils.exceptions import AstropyWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)
        warnings.filterwarnings("error", "(?s).*(truncated|corrupted)", AstropyWarning)
        yield


def _refuse_several(path: Path, names: Sequence[str]) -> None:
    if len(names) != 1:
        found = f"{len(names)} tables ({', '.join(names)})" if names else "no table"
        raise UserError(f"{path} holds {found}; save the table of stars alone in a file")


def _from_astropy(table: Any, columns: Sequence[str]) -> pa.Table:
    table = table[list(columns)]
    table.convert_bytestring_to_unicode()
    return pa.table({name: _from_column(table[name]) for name in columns})


def _from_column(column: Any) -> pa.Array:
    import numpy as np

    values = np.asarray(column)
    text = values.dtype.kind in "UO"
    # Arrow reads no fixed-width text, and no other byte order.
    values = values.astype(object if text else values.dtype.newbyteorder("="), copy=False)
    mask = np.asarray(getattr(column, "mask", np.zeros(len(values), bool)))
    return pa.array(values, pa.string() if text else None, mask=mask)


@contextmanager
def _votable(path: Path) -> Iterator[TableFile]:
    fields, stored = [], ""
    found = 0
    for start, tag, data in _xml(path):
        if start and tag == "TABLE":
            found += 1
            stored = ""
        elif start and tag == "FIELD" and found == 1:
            fields.append(data)
        elif start and tag == "VALUES" and found == 1 and fields and "null" in data:
            fields[-1].setdefault("null", data["null"])
        elif start and tag in ("TABLEDATA", "BINARY", "BINARY2", "FITS"):
            stored = tag
            break
    _refuse_several(path, ["TABLE"] * found)
    names = [field.get("name") or field.get("ID", "") for field in fields]
    units = {n: f["unit"] for n, f in zip(names, fields, strict=True) if f.get("unit")}
    if stored == "TABLEDATA":
        nulls = [field.get("null") for field in fields]
        pieces = partial(_cells, path, names, nulls)
    else:
        pieces = partial(_decoded, path)
    yield TableFile(path, "votable", names, pieces, units)


def _xml(path: Path) -> Iterator[tuple[bool, str, Any]]:
    """Starts and ends of a VOTable's elements, with attributes and text."""
    from astropy.utils.xml.iterparser import get_xml_iterator

    opener: Any = gzip.open if _is_gzipped(path) else open
    with opener(path, "rb") as file, get_xml_iterator(file) as events:
        for start, tag, data, _ in events:
            yield start, tag, data


def _cells(
    path: Path, names: Sequence[str], nulls: Sequence[str | None], columns: Sequence[str]
) -> Iterator[pa.Table]:
    """The text of TABLEDATA's cells, some thousand rows at a time."""
    places = [names.index(column) for column in columns]
    kept: list[list[str | None]] = [[] for _ in columns]
    row: list[str] = []
    number = tables = 0
    for start, tag, data in _xml(path):
        if start:
            if tag == "TABLE":
                tables += 1
                _refuse_several(path, ["TABLE"] * tables)
            elif tag == "TR":
                row = []
        elif tag == "TD":
            row.append(data)
        elif tag == "TR":
            number += 1
            if len(row) != len(names):
                raise UserError(
                    f"{path}: row {number} has {len(row)} cells, the table {len(names)} fields"
                )
            for cells, place in zip(kept, places, strict=True):
                cells.append(None if row[place] == nulls[place] else row[place])
            if not number % _CELL_ROWS:
                yield pa.table([pa.array(c, pa.string()) for c in kept], names=list(columns))
                kept = [[] for _ in columns]
    yield pa.table([pa.array(c, pa.string()) for c in kept], names=list(columns))


def _decoded(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """A VOTable in binary form: astropy decodes it, as a whole."""
    from astropy.table import Table

    with _astropy_warnings():
        table = Table.read(path, format="votable", use_names_over_ids=True)
    for low in range(0, len(table), BATCH):
        yield _from_astropy(table[low : low + BATCH], columns)


_Opener = Callable[[Path], AbstractContextManager[TableFile]]
_KINDS: dict[str, tuple[str, _Opener]] = {
    ".csv": ("csv", _csv),
    ".txt": ("csv", _csv),
    ".parquet": ("parquet", _parquet),
    ".pq": ("parquet", _parquet),
    ".fits": ("fits", _fits),
    ".fit": ("fits", _fits),
    ".vot": ("votable", _votable),
    ".xml": ("votable", _votable),
}
