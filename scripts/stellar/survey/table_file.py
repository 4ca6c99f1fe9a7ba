"""What the readers of all kinds of tables share: an open table, and files packed by gzip and such.

Some columns say more than a number a row. Astropy writes what is masked as a column `u.mask`
beside `u`, SDSS five magnitudes as one array `MODELMAG`; `unfolded` makes plain columns of them.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from stellar import BANDS
from stellar.errors import UserError

BATCH = 50_000  # rows: half the memory of twice as many, and as fast
_BLOCK = 1 << 22  # bytes unpacked at a time
_MASK = ".mask"  # how astropy names the mask of a column
_PACKED: dict[bytes, tuple[str, Callable[..., Any]]] = {  # first bytes: ending and opener
    b"\x1f\x8b": (".gz", gzip.open),
    b"BZh": (".bz2", bz2.open),
    b"\xfd7zXZ\0": (".xz", lzma.open),
}
PACKED_ENDINGS = tuple(ending for ending, _ in _PACKED.values())
_TRUTH = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}


@dataclass(frozen=True)
class About:
    """What a file says beside values and units, for those who write its table again.

    Attributes
    ----------
    descriptions
        Of columns.
    columns
        Other attributes of columns: UCDs of a VOTable, `meta` of astropy's.
    table
        Keywords of the table: the cards of a FITS header, `meta` of astropy's.
    """

    descriptions: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    table: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TableFile:
    """An open table.

    Attributes
    ----------
    path, kind
        The file and what it is.
    names
        Its columns.
    pieces
        Gives tables of the columns asked for, in the order of the rows and cut in any way.
    units
        Units that the file gives, by column.
    line
        The line on which a row of data (from 1) begins, where that makes sense.
    arrays
        Columns that may hold an array of five numbers a row.
    refused
        Columns that would be read wrongly, and why.
    kinds
        Types that the file says its columns have, where cells come as text.
    about
        What it says beside.
    """

    path: Path
    kind: str
    names: Sequence[str]
    pieces: Callable[[Sequence[str]], Iterator[pa.Table]]
    units: Mapping[str, str] = field(default_factory=dict)
    line: Callable[[int], int | None] = lambda _: None
    arrays: Sequence[str] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, pa.DataType] = field(default_factory=dict)
    about: About = field(default_factory=About)

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
        with explained(self.path, self.kind):
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
def explained(path: Path, kind: str) -> Iterator[None]:
    """Make one sentence of what readers raise on damaged files, which is of all kinds."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        if path.is_file() and not path.stat().st_size:
            raise UserError(
                f"{path} cannot be read as {kind}: it is empty; copy it again, or write it anew"
            ) from None
        raise UserError(
            f"{path} cannot be read as {kind}: it is damaged, cut short or of another format; copy "
            f"it again, or write it anew ({first_line})"
        ) from None


# -- packed files


def packed_by(path: Path) -> Callable[..., Any] | None:
    """The opener of a packed file, by its content: browsers unpack some, and keep the ending."""
    with path.open("rb") as file:
        head = file.read(8)
    return next((opener for sign, (_, opener) in _PACKED.items() if head.startswith(sign)), None)


def opened_bytes(path: Path) -> IO[bytes]:
    """The content of a file, unpacked."""
    opener: Any = packed_by(path) or open
    return opener(path, "rb")


@contextmanager
def unpacked(path: Path) -> Iterator[str]:
    """Path of the file itself; if it is packed, of a plain copy that vanishes in the end."""
    if packed_by(path) is None:
        yield str(path)
        return
    with tempfile.NamedTemporaryFile() as copy:
        with opened_bytes(path) as packed:
            shutil.copyfileobj(packed, copy, _BLOCK)
        copy.flush()
        yield copy.name


# -- columns that are more than a value a row


@dataclass(frozen=True)
class _Source:
    """Where a plain column comes from: a column of the file, an element of it, and its mask."""

    name: str
    element: int | None = None
    mask: str | None = None


def unfolded(table: TableFile) -> TableFile:
    """A table whose masks are applied, and whose arrays of five are a column for each band.

    `u` is null where `u.mask` is true, whoever wrote the file. An array MODELMAG becomes
    MODELMAG_u to MODELMAG_z, in SDSS's order u g r i z.
    """
    masks = {name: name + _MASK for name in table.names if name + _MASK in table.names}
    arrays = [name for name in table.arrays if name.lower() not in BANDS]
    plain = [n for n in table.names if n not in masks.values() and n not in arrays]
    sources = {name: _Source(name, None, masks.get(name)) for name in plain}
    taken = {name.lower() for name in plain}
    units = dict(table.units)
    names = [*plain, *(n for n in table.refused if n not in table.names)]
    for name in arrays:
        for number, band in enumerate(BANDS):
            own = f"{name}_{band}"
            if own.lower() not in taken:
                sources[own] = _Source(name, number, masks.get(name))
                names.append(own)
                if name in units:
                    units[own] = units[name]
    if names == list(table.names):
        return table

    def pieces(columns: Sequence[str]) -> Iterator[pa.Table]:
        chosen = [sources[name] for name in columns]
        needed = dict.fromkeys(n for s in chosen for n in (s.name, s.mask) if n)
        row = 1
        for piece in table.pieces(list(needed)):
            values = [_values(piece, source, f"{table.path}: column", row) for source in chosen]
            yield pa.table(values, names=list(columns))
            row += piece.num_rows

    return replace(table, names=names, pieces=pieces, units=units, arrays=())


def _values(piece: pa.Table, source: _Source, place: str, row: int) -> pa.Array:
    values = piece[source.name]
    mask = piece[source.mask] if source.mask else None
    if source.element is not None:
        values = _element(values, source.element, f"{place} {source.name}", row)
        if mask is not None:
            mask = _element(mask, source.element, f"{place} {source.mask}", row)
    if mask is None:
        return values
    hidden = _booleans(mask, f"{place} {source.mask}", row)
    return pc.if_else(hidden, None, values)


def _element(values: pa.ChunkedArray, number: int, place: str, row: int) -> pa.ChunkedArray:
    """One of five numbers a row; text is JSON, as ECSV has it, or divided by blanks."""
    if values.type == pa.string():
        cells = [None if v is None else re.split(r"[\s,]+", v.strip("[ ]")) for v in _texts(values)]
        values = pa.chunked_array([pa.array(cells, pa.list_(pa.string()))])
    lengths = pc.list_value_length(values).fill_null(len(BANDS))
    wrong = pc.index(pc.not_equal(lengths, len(BANDS)), True).as_py()
    if wrong >= 0:
        raise UserError(
            f"{place}, row {row + wrong}: an array of {lengths[wrong]}, where "
            f"{', '.join(BANDS)} are {len(BANDS)}; give a column for each band"
        )
    return pc.list_element(values, number)


def _booleans(values: pa.ChunkedArray, place: str, row: int) -> pa.ChunkedArray:
    """True where a mask says so; raises UserError where it says neither yes nor no."""
    if pa.types.is_boolean(values.type):
        return values.fill_null(False)
    cells = [_TRUTH.get(str(v).strip().lower()) if v else False for v in values.to_pylist()]
    if None in cells:
        wrong = cells.index(None)
        raise UserError(
            f"{place}, row {row + wrong}: {str(values[wrong])!r} is neither true nor false, as a "
            "mask should be; rename the column, or correct it"
        )
    return pa.chunked_array([pa.array(cells, pa.bool_())])


def _texts(values: pa.ChunkedArray) -> list[str | None]:
    return [text or None for text in values.to_pylist()]
