"""Tables of stars in files, read in batches: text, Parquet, FITS and VOTable.

Text and a VOTable's cells come exactly as they stand, so that no guess of a type can change them;
`conversion` makes numbers of them. What a table needs is read, not more.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from stellar.errors import UserError
from stellar.survey import binary2
from stellar.survey.astropy_header import AstropyHeader, comments_in_fits, header_of
from stellar.survey.fixed_columns import ipac_table, mrt_table
from stellar.survey.table_file import (
    BATCH,
    PACKED_ENDINGS,
    About,
    TableFile,
    explained,
    opened_bytes,
    unfolded,
    unpacked,
)
from stellar.survey.text_tables import text_table

log = logging.getLogger("stellar")

_CELL_ROWS = 10_000  # rows of a VOTable held as Python text
_VOTABLE = {  # datatypes of single numbers
    "short": pa.int16(),
    "int": pa.int32(),
    "long": pa.int64(),
    "unsignedByte": pa.uint8(),
    "float": pa.float32(),
    "double": pa.float64(),
}
_WORDS = ("ucd", "utype", "xtype")  # what a VOTable says of a column, beside unit and description
_HEAD = 1 << 16  # bytes that show what a file is
# Lines between bars, or behind a backslash, and then one that has no bar: a table has them in each.
_IPAC = re.compile(rb"(?:(?:\\[^\n]*)?\r?\n)*(?:\|[^\n]*\|[ \t]*\r?\n){1,4}(?![^\n]*\|)(?=\s*\S)")
_MRT = re.compile(rb"^byte-by-byte description", re.IGNORECASE | re.MULTILINE)
_LATEX = re.compile(rb"^[^#,\n]*\\begin\s*\{(deluxetable|tabular|longtable)", re.MULTILINE)
_OF_LATEX = {b"deluxetable": "ascii.aastex", b"tabular": "ascii.latex"}  # astropy's formats
# What a file is by its first bytes, and what to do where it is none of ours.
_OTHERS = (
    (rb"PK\x03\x04", "a zip archive or an Excel file; unpack it, or save the sheet as .csv"),
    (rb"\xd0\xcf\x11\xe0", "an Excel file; save the sheet as .csv"),
    (rb"\x89HDF", "HDF5; save the table as .parquet or .fits"),
    (rb"ARROW1|FEA1", "Feather; save the table as .parquet"),
    (rb"SQLite format 3", "an SQLite database; save the table as .csv"),
    (rb"\x93NUMPY", "a NumPy array; save it as a table with names, such as .csv"),
    (rb"\x80[\x02-\x05]", "a pickle; save the table as .parquet"),
    (rb"\x28\xb5\x2f\xfd|\x1f\x9d|Rar!|7z\xbc\xaf|.{257}ustar", "an archive; unpack it"),
    (rb"\x1f\x8b|BZh|\xfd7zXZ", "packed twice; unpack it once"),
    (rb"\s*[\[{]", "JSON; save the table as .csv"),
    (rb"(?i)\s*<(!doctype html|html)", "a page of the web; save the table itself as .csv"),
    (rb"(?i)\s*<(\?xml|\w+)", "XML, but no VOTable; save the table as .csv or as a VOTable"),
)


@contextmanager
def opened(path: Path) -> Iterator[TableFile]:
    """Open a table by what its first bytes say, or else by the ending of its name.

    Raises
    ------
    UserError
        No such file, an unknown ending, or a file that is not what its name says.
    """
    endings = [s.lower() for s in path.suffixes if s.lower() not in PACKED_ENDINGS]
    kind = _ENDINGS.get(endings[-1] if endings else "", "")
    if not path.is_file():
        if not kind:
            raise _unknown(path)
        raise UserError(f"there is no file {path}; correct survey.table.path")
    kind = _kind(path, _head(path, kind or "a table")) or kind
    if not kind:
        raise _unknown(path)
    with ExitStack() as stack:
        with explained(path, kind):
            table = stack.enter_context(_OPENERS[kind](path))
        yield unfolded(table)


def _head(path: Path, kind: str) -> bytes:
    with explained(path, kind), opened_bytes(path) as file:
        return file.read(_HEAD)


def _unknown(path: Path) -> UserError:
    return UserError(
        f"{path}: unknown kind of table; use .csv, .tsv, .txt, .ecsv, .parquet, .fits or .vot"
    )


def _kind(path: Path, head: bytes) -> str:
    """What a file is by its first bytes, "" where they do not say."""
    if head.startswith(b"SIMPLE  ="):
        return "fits"
    if head.startswith(b"PAR1"):
        return "parquet"
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<", head) and re.search(rb"<(\w+:)?VOTABLE", head, re.I):
        return "votable"
    head = head.removeprefix(b"\xef\xbb\xbf")
    for sign, what in _OTHERS:
        if re.match(sign, head, re.DOTALL):
            raise UserError(f"{path} is {what}")
    if _IPAC.match(head):
        return "ipac"
    if _MRT.search(head):
        return "mrt"
    if found := _LATEX.search(head):
        raise UserError(f"{path} is a LaTeX table; {_from_latex(path, found[1])}")
    return ""


def _from_latex(path: Path, kind: bytes) -> str:
    """What to type to make a CSV of a LaTeX table that astropy reads."""
    if kind not in _OF_LATEX:
        return "save the table as .csv"
    read = f"Table.read({str(path)!r}, format={_OF_LATEX[kind]!r})"
    write = f"write({str(path.with_name(path.name + '.csv'))!r})"  # replaces nothing
    return f'type {sys.executable} -c "from astropy.table import Table; {read}.{write}"'


# -- Parquet


@contextmanager
def _parquet(path: Path) -> Iterator[TableFile]:
    import pyarrow.parquet as pq

    with (
        unpacked(path) as plain,
        # Checksums, if whoever wrote the file gave it some.
        pq.ParquetFile(plain, pre_buffer=False, page_checksum_verification=True) as parquet,
    ):

        def pieces(columns: Sequence[str]) -> Iterator[pa.Table]:
            for batch in parquet.iter_batches(BATCH, columns=list(columns)):
                yield pa.Table.from_batches([batch]).select(columns)

        schema = parquet.schema_arrow
        about = schema.metadata or {}
        yaml = about.get(b"table_meta_yaml", b"").decode().splitlines()
        header = header_of(yaml) if yaml else AstropyHeader()
        units = {
            **_votable_units(about.get(b"IVOA.VOTable-Parquet.content", b"")),
            **{
                f.name: f.metadata[b"unit"].decode()
                for f in schema
                if b"unit" in (f.metadata or {})
            },
            **header.units,
        }
        described = {f.name: (f.metadata or {}).get(b"description", b"") for f in schema}
        descriptions = {name: text.decode() for name, text in described.items() if text}
        yield TableFile(
            *(path, "parquet", schema.names, pieces, units),
            arrays=[f.name for f in schema if _is_list_of_numbers(f.type)],
            refused=header.refused,
            about=replace(header.about, descriptions={**header.about.descriptions, **descriptions}),
        )


def _is_list_of_numbers(kind: pa.DataType) -> bool:
    lists = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(is_one(kind) for is_one in lists) and (
        pa.types.is_floating(kind.value_type) or pa.types.is_boolean(kind.value_type)
    )


def _votable_units(content: bytes) -> dict[str, str]:
    """Units from the VOTable that TOPCAT puts into a Parquet file's metadata."""
    if not content:
        return {}
    from astropy.utils.xml.iterparser import get_xml_iterator  # a third of a program's start

    with get_xml_iterator(io.BytesIO(content)) as events:
        fields = [data for start, tag, data, _ in events if start and tag == "FIELD"]
    return {field["name"]: field["unit"] for field in fields if {"name", "unit"} <= set(field)}


# -- FITS and VOTable


@contextmanager
def _fits(path: Path) -> Iterator[TableFile]:
    from astropy.io import fits
    from astropy.table import Table

    with unpacked(path) as plain, _astropy_warnings():
        # Astropy maps no file that it has not opened itself, and leaves that open if it fails.
        with Path(plain).open("rb") as file, fits.open(file) as hdus:
            kinds = (fits.BinTableHDU, fits.TableHDU)
            tables = {n: hdu for n, hdu in enumerate(hdus) if isinstance(hdu, kinds)}
            _refuse_several(path, [hdu.name or "without a name" for hdu in tables.values()])
            [(number, hdu)] = tables.items()
            if hdu.header.get("ZTABLE") or isinstance(hdu, fits.CompImageHDU):
                raise UserError(f"{path} is packed by fpack; unpack it with funpack")
            rows = hdu.header["NAXIS2"]
            shapes = {c.name: hdu.columns.dtype[c.name].shape for c in hdu.columns}
            if rows == 1 and shapes and all(len(s) == 1 and s > (1,) for s in shapes.values()):
                raise UserError(
                    f"{path} holds its columns as arrays in a single row; save it as plain FITS"
                )
            yaml, comments = comments_in_fits(list(hdu.header.get("COMMENT", [])))
            header = header_of(yaml) if yaml else AstropyHeader()
            refused = {
                c.name: f"is a Time of astropy's; write t[{c.name!r}] = t[{c.name!r}].mjd"
                for c in hdu.columns
                if shapes[c.name] == (2,) and c.coord_type
            }
            units = {c.name: c.unit for c in hdu.columns if c.unit}
            cards = _cards(hdu.header) | ({"COMMENT": comments} if comments else {})

        def pieces(columns: Sequence[str]) -> Iterator[pa.Table]:
            for low in range(0, rows, BATCH):
                # Opened for each piece, or the pages read stay in memory.
                with fits.open(plain, memmap=True) as hdus:
                    data = hdus[number].data[low : low + BATCH]
                    part = Table.read(type(hdu)(data=data))
                    yield from_astropy(_with_nulls(part, data), columns)

        yield TableFile(
            path,
            "fits",
            [name for name, shape in shapes.items() if shape in ((), (5,))],
            pieces,
            units | dict(header.units),
            arrays=[name for name, shape in shapes.items() if shape == (5,)],
            refused=refused | dict(header.refused),
            about=replace(header.about, table={**header.about.table, **cards}),
        )


def _with_nulls(table: Any, data: Any) -> Any:
    """A table with TNULL, which is a stored number: astropy looks for it among scaled ones."""
    import numpy as np
    from astropy.table import MaskedColumn

    for column in data.columns:
        scaled = (column.bscale or 1, column.bzero or 0) != (1, 0)
        if scaled and isinstance(column.null, int):
            hidden = data.view(np.ndarray)[column.name] == column.null
            table[column.name] = MaskedColumn(np.asarray(table[column.name]), mask=hidden)
    return table


def _cards(header: Any) -> dict[str, Any]:
    """A FITS header's keywords that say nothing of how the table is stored."""
    from astropy.io.fits.card import Undefined
    from astropy.io.fits.connect import REMOVE_KEYWORDS, is_column_keyword

    stored = {*REMOVE_KEYWORDS, "CHECKSUM", "DATASUM", "COMMENT", ""}
    kept: dict[str, Any] = {}
    for key, value in header.items():
        if key == "HISTORY":
            kept.setdefault(key, []).append(value)
        elif key not in stored and not is_column_keyword(key) and not isinstance(value, Undefined):
            kept[key] = value
    return kept


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


def from_astropy(table: Any, columns: Sequence[str]) -> pa.Table:
    """Columns of a table of astropy's, which stays as it is; an array of numbers is a list."""
    table = table[list(columns)]
    table.convert_bytestring_to_unicode()
    return pa.table({name: _from_column(table[name]) for name in columns})


def _from_column(column: Any) -> pa.Array:
    import numpy as np

    values = np.asarray(column)
    if values.dtype.kind == "c":
        raise UserError(
            f"column {column.name} holds complex numbers, which no table here can; leave it out"
        )
    text = values.dtype.kind in "UO"
    # Arrow reads no fixed-width text, and no other byte order.
    values = values.astype(object if text else values.dtype.newbyteorder("="), copy=False)
    mask = np.asarray(getattr(column, "mask", np.zeros(values.shape, bool)))
    flat = pa.array(values.ravel(), pa.string() if text else None, mask=mask.ravel())
    return flat if values.ndim == 1 else pa.FixedSizeListArray.from_arrays(flat, values.shape[1])


@contextmanager
def _votable(path: Path) -> Iterator[TableFile]:
    fields, keywords, stored = _declarations(path)
    names = [field.get("name") or field.get("ID", "") for field in fields]
    by_name = dict(zip(names, fields, strict=True))
    if stored == "TABLEDATA":
        nulls = [field.get("null") for field in fields]
        pieces = partial(_cells, path, names, nulls)
    else:
        pieces = partial(_decoded, path, fields if stored == "BINARY2" else [])
    types = {name: _declared(field) for name, field in by_name.items()}
    yield TableFile(
        *(path, "votable", names, pieces),
        {name: field["unit"] for name, field in by_name.items() if field.get("unit")},
        arrays=[name for name, field in by_name.items() if _holds_five(field)],
        kinds={name: kind for name, kind in types.items() if kind is not None},
        about=About(
            {n: f["description"] for n, f in by_name.items() if "description" in f},
            {name: {k: field[k] for k in _WORDS if k in field} for name, field in by_name.items()},
            keywords,
        ),
    )


def _declarations(path: Path) -> tuple[list[dict[str, str]], dict[str, str], str]:
    """What stands before a VOTable's rows: its fields, words on the table, how rows are stored."""
    fields: list[dict[str, str]] = []
    keywords: dict[str, str] = {}
    within: list[str] = []
    stored, found = "", 0
    for start, tag, data in _xml(path):
        if not start:
            within.pop()
            if tag == "DESCRIPTION" and found == 1 and within[-1] in ("TABLE", "FIELD"):
                about = fields[-1] if within[-1] == "FIELD" else keywords
                about["description"] = data.strip()
            continue
        within.append(tag)
        if tag == "TABLE":
            found += 1
            stored = ""
        elif tag == "FIELD" and found == 1:
            fields.append(dict(data))
        elif tag == "VALUES" and found == 1 and fields and "null" in data:
            fields[-1].setdefault("null", data["null"])
        elif tag in ("TABLEDATA", "BINARY", "BINARY2", "FITS"):
            stored = tag
            break
    _refuse_several(path, ["TABLE"] * found)
    return fields, keywords, stored


def _declared(field: Mapping[str, str]) -> pa.DataType | None:
    """A field's type, where it is a text or a single number."""
    kind = field.get("datatype", "")
    if kind.lower().endswith("char"):
        return pa.string()
    return _VOTABLE.get(kind) if field.get("arraysize", "1") == "1" else None


def _holds_five(field: Mapping[str, str]) -> bool:
    return field.get("arraysize") == "5" and not field.get("datatype", "").lower().endswith("char")


def _xml(path: Path) -> Iterator[tuple[bool, str, Any]]:
    """Starts and ends of a VOTable's elements, with attributes and text."""
    from astropy.utils.xml.iterparser import get_xml_iterator

    with opened_bytes(path) as file, get_xml_iterator(file) as events:
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
            else:
                _warn_of_overflow(path, tag, data)
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


def _decoded(
    path: Path, of_binary2: Sequence[Mapping[str, str]], columns: Sequence[str]
) -> Iterator[pa.Table]:
    """A VOTable in binary form: astropy decodes it, as a whole, but for missing texts."""
    from astropy.table import MaskedColumn, Table

    for start, tag, data in _xml(path):
        if start:
            _warn_of_overflow(path, tag, data)
    texts = [n for n, f in enumerate(of_binary2) if f["datatype"] in ("char", "unicodeChar")]
    missing = binary2.marks(_stream(path), of_binary2)[:, texts] if texts else None
    with _astropy_warnings(), opened_bytes(path) as file:
        table = Table.read(file, format="votable", use_names_over_ids=True)
    for n, place in enumerate(texts):
        name = table.colnames[place]
        if missing is not None and name in columns:
            table[name] = MaskedColumn(table[name], mask=missing[:, n])
    for low in range(0, len(table), BATCH):
        yield from_astropy(table[low : low + BATCH], columns)


def _warn_of_overflow(path: Path, tag: str, words: Mapping[str, str]) -> None:
    """Log it where the server says, behind its table, that it gave no more rows (TAP)."""
    said = (words.get("name", ""), words.get("value", "")) if tag == "INFO" else ("", "")
    if said == ("QUERY_STATUS", "OVERFLOW"):
        log.warning("%s: the server cut the table (OVERFLOW): rows are missing at its end", path)


def _stream(path: Path) -> bytes:
    """The rows of a VOTable in BINARY2."""
    for start, tag, data in _xml(path):
        if not start and tag == "STREAM":
            return base64.b64decode(data)
    return b""


_OPENERS: dict[str, Callable[[Path], AbstractContextManager[TableFile]]] = {
    "csv": text_table,
    "parquet": _parquet,
    "fits": _fits,
    "votable": _votable,
    "ipac": ipac_table,
    "mrt": mrt_table,
}
_ENDINGS = {
    **dict.fromkeys((".csv", ".txt", ".tsv", ".tab", ".ecsv"), "csv"),
    **dict.fromkeys((".dat", ".asc", ".tbl", ".mrt"), "csv"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    **dict.fromkeys((".fits", ".fit", ".fts"), "fits"),
    **dict.fromkeys((".vot", ".votable", ".xml"), "votable"),
}
