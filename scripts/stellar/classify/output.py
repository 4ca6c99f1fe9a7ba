"""Typed tables as files: CSV, ECSV and Parquet batch by batch, FITS and VOTable as a whole."""

from __future__ import annotations

import csv
import errno
import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stellar import files
from stellar.errors import UserError
from stellar.survey.table_file import About

STANDARD = "-"  # standard output, or input
STANDARD_INPUT = "standard_input.csv"  # the file in which that is kept
_KINDS = {
    **dict.fromkeys((".csv", ".txt"), "csv"),
    **dict.fromkeys((".tsv", ".tab"), "tsv"),
    ".ecsv": "ecsv",
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    **dict.fromkeys((".fits", ".fit", ".fts"), "fits"),
    **dict.fromkeys((".vot", ".votable", ".xml"), "votable"),
}
TEXT = ("csv", "tsv")  # kinds in which a number is a text like any other
_SCHEMA_KEYS = (b"pandas", b"table_meta_yaml")  # metadata that lists a table's columns

# What a kind cannot hold: FITS other than ASCII, XML control characters, and lines of an ECSV end
# wherever Python's do.
_NO_CELL = {
    "fits": (r"[^\x01-\x7f]", "a character other than ASCII"),
    "votable": (r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]", "a control character"),
    "ecsv": (r"[\r\x0b\x0c\x1c-\x1e\x{85}\x{2028}\x{2029}]", "an end of a line"),
}
_NAMES = {  # patterns of names that a kind can hold, and these in words
    "fits": (r"(?=.*\S)[ -~]{1,68}", "1 to 68 characters of ASCII"),
    "votable": (r"(?=.*\S)[^\x00-\x1f\ufffe\uffff]+", "letters and no control character"),
    "ecsv": (r"\S|\S[^\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]*\S", "letters in one line"),
}
_CELLS = 10_000  # rows of a VOTable held as text
_PREFIX = r"[A-Za-z0-9_]{1,40}"

NOTHING = About()

Write = Callable[[pa.Table], None]


def kind_of(path: str) -> str:
    """What an output is by its name.

    Raises
    ------
    UserError
        The ending says nothing.
    """
    if path == STANDARD:
        return "csv"
    kind = _KINDS.get(Path(path).suffix.lower())
    if kind is None:
        raise UserError(
            f"{path}: unknown kind of table; name it .csv, .tsv, .ecsv, .parquet, .fits or .vot"
        )
    return kind


def refuse_existing(path: str, force: bool) -> None:
    """Raise UserError if an output is there already, is a folder, or is to lie in none."""
    place = Path(path).parent
    if path != STANDARD and not place.is_dir():
        raise UserError(f"there is no folder {place}; make it, or name another output")
    if path != STANDARD and Path(path).is_dir():
        raise UserError(f"{path} is a folder; name a file in it")
    if path != STANDARD and Path(path).exists() and not force:
        raise UserError(f"{path} exists; name another output, or replace it by --force")


def refuse_prefix(prefix: str) -> None:
    """Raise UserError if new columns cannot be named so in each kind of table."""
    if not re.fullmatch(_PREFIX, prefix):
        raise UserError(
            f"the prefix {prefix!r} begins no name of a column; give 1 to 40 letters of ASCII, "
            "digits and underscores, for example by --prefix my_type"
        )


def refuse_names(path: str, names: Sequence[str]) -> None:
    """Raise UserError if an output cannot hold columns of these names."""
    pattern, words = _NAMES.get(kind_of(path), (r"(?s).*", ""))
    for place, name in enumerate(names):
        if not re.fullmatch(pattern, name):
            raise UserError(
                f"{path} cannot hold the name {name!r} of column {place + 1}; rename it, with "
                f"{words}, or write .csv or .parquet instead"
            )


def _with_cells_checked(write: Write, path: str) -> Write:
    """A `write` that raises UserError at a text that the output's kind cannot hold."""
    pattern, words = _NO_CELL[kind_of(path)]
    rows = 0

    def checked(table: pa.Table) -> None:
        nonlocal rows
        for name in (f.name for f in table.schema if _is_text(f.type)):
            found = pc.match_substring_regex(_plain(table[name], name), pattern)
            row = pc.index(found, True).as_py()
            if row >= 0:
                raise UserError(
                    f"{path} cannot hold column {name}, row {rows + row + 1}: {words} in "
                    f"{table[name][row].as_py()!r}; correct it, or write .csv or .parquet instead"
                )
        rows += table.num_rows
        write(table)

    return checked


@contextmanager
def writer(
    path: str, schema: pa.Schema, units: Mapping[str, str], about: About = NOTHING
) -> Iterator[Write]:
    """Write a table batch by batch; the file is there when the block ends well, or not at all.

    Parameters
    ----------
    path : str
    schema : pyarrow.Schema
    units : mapping of str to str
        Units of columns, where they have one.
    about : About
        What else is said of table and columns, as far as the output's kind can hold it.
    """
    kind = kind_of(path)
    if path == STANDARD:
        with _standard(schema) as write:
            yield write
        return
    refuse_names(path, schema.names)
    with files.replacing(path) as temporary:
        if kind == "parquet":
            with _parquet(temporary, schema, units, about) as write:
                yield write
        elif kind in (*TEXT, "ecsv"):
            with temporary.open("wb") as file:
                if kind == "ecsv":
                    file.write(_ecsv_head(schema, units, about))
                write = _text_writer(file, schema, "\t" if kind == "tsv" else ",")
                yield _with_cells_checked(write, path) if kind == "ecsv" else write
        else:
            held = [schema.empty_table()]
            yield _with_cells_checked(held.append, path)
            made = partial(_astropy_table, units=units, about=about)
            _write_astropy(temporary, pa.concat_tables(held), made, kind)


@contextmanager
def _standard(schema: pa.Schema) -> Iterator[Write]:
    """Standard output, from which nothing can be taken back: an error notes what it holds."""
    if sys.stdout is None:
        raise UserError("standard output is closed; name an output by -o")
    add, rows = _text_writer(sys.stdout.buffer, schema, ","), 0

    def write(table: pa.Table) -> None:
        nonlocal rows
        add(table)
        rows += table.num_rows

    try:
        yield write
        sys.stdout.buffer.flush()
    except BaseException as error:
        error.add_note(f"standard output holds {rows:,} rows, and is not whole")
        raise


@contextmanager
def _parquet(
    path: Path, schema: pa.Schema, units: Mapping[str, str], about: About
) -> Iterator[Write]:
    """Numbers are not looked up in dictionaries, which costs more than it saves."""
    keywords = {k: v for k, v in (schema.metadata or {}).items() if k not in _SCHEMA_KEYS}
    fields = [
        _with(field, unit=units.get(field.name), description=about.descriptions.get(field.name))
        for field in plain(schema)
    ]
    schema = pa.schema(fields, keywords or None)
    words = [f.name for f in schema if _is_text(f.type)]
    with files.parquet_writer(path, schema, use_dictionary=words) as out:

        def write(table: pa.Table) -> None:
            out.write_table(table.cast(schema), files.ROW_GROUP)

        yield write


def _with(field: pa.Field, **words: str | None) -> pa.Field:
    said = {key.encode(): word for key, word in words.items() if word}
    return field.with_metadata({**(field.metadata or {}), **said}) if said else field


def plain(schema: pa.Schema) -> pa.Schema:
    """A schema with words as plain text: not all that read tables know a dictionary."""
    return pa.schema(
        [f.with_type(f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in schema]
    )


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or _is_bytes(kind)


def _is_bytes(kind: pa.DataType) -> bool:
    fixed = pa.types.is_fixed_size_binary(kind)
    return fixed or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def _text_writer(file: IO[bytes], schema: pa.Schema, separator: str) -> Write:
    from pyarrow import csv as arrow_csv

    options = arrow_csv.WriteOptions(
        include_header=False, delimiter=separator, quoting_style="none"
    )
    file.write(_rows([schema.names], separator))

    def write(table: pa.Table) -> None:
        as_text = pa.table([_plain(table[n], n) for n in table.column_names], table.column_names)
        out = io.BytesIO()
        try:
            arrow_csv.write_csv(as_text, out, options)
            file.write(out.getbuffer())
        except pa.ArrowInvalid:  # a cell needs quotation marks
            cells = [column.cast(pa.string()).to_pylist() for column in as_text.columns]
            file.write(_rows(zip(*cells, strict=True), separator))

    return write


def _rows(rows: Any, separator: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogateescape")


def _plain(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """A column as text can hold it: bytes are taken as UTF-8."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_nested(column.type):
        raise UserError(f"column {name} holds lists, which text cannot; write .parquet instead")
    if not _is_bytes(column.type):
        return column
    try:
        return column.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        raise UserError(
            f"column {name} holds bytes that are no text; write .parquet instead"
        ) from None


# -- by astropy


def _ecsv_head(schema: pa.Schema, units: Mapping[str, str], about: About) -> bytes:
    """The comment lines of an ECSV file; its columns' names follow as in a CSV."""
    table = _astropy_table(schema.empty_table(), units, about)
    out = io.StringIO()
    table.write(out, format="ascii.ecsv", delimiter=",")
    lines = [line for line in out.getvalue().splitlines() if line.startswith("#")]
    return ("\n".join(lines) + "\n").encode()


def _write_astropy(path: Path, table: pa.Table, made: Callable[[pa.Table], Any], kind: str) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # units that FITS has no word for
        try:
            if kind == "votable":
                _write_votable(path, _signed(table), made)
            else:
                made(table).write(path, format=kind, overwrite=True)
        except OSError as error:
            if error.errno is None and "space on disk" in str(error):  # astropy's own words
                raise OSError(errno.ENOSPC, "no space", str(path)) from None
            raise
        except (ValueError, TypeError, AssertionError) as error:  # such as a unit of no ASCII
            line = (str(error) or type(error).__name__).splitlines()[0]
            raise UserError(
                f"the table cannot be written as {kind}: {line}; write .csv or .parquet instead"
            ) from None


def _write_votable(path: Path, table: pa.Table, made: Callable[[pa.Table], Any]) -> None:
    """Astropy writes all but the cells, for which it takes ten times as long."""
    out = io.BytesIO()
    empty = made(table)[:0]
    # A keyword of FITS or ECSV may be one of VOTable's with another meaning.
    empty.meta = {k: v for k, v in empty.meta.items() if k == "description" and isinstance(v, str)}
    empty.write(out, format="votable")
    head, *tail = out.getvalue().partition(b"</TABLE>")
    with path.open("wb") as file:
        file.write(head + b"<DATA><TABLEDATA>\n")
        for batch in table.to_batches(_CELLS):
            rows = pc.binary_join_element_wise(
                "<TR>", *(_cells(batch[name], name) for name in table.column_names), "</TR>\n", ""
            )
            file.write("".join(rows.to_pylist()).encode())
        file.write(b"".join([b"</TABLEDATA></DATA>\n", *tail]))


def _cells(column: pa.Array, name: str) -> pa.Array:
    """Cells of a VOTable; one that is empty is missing, whatever its type (VOTable 1.3)."""
    cells = _plain(column, name)
    if pa.types.is_boolean(cells.type):
        text = pc.if_else(cells, "T", "F")
    elif pa.types.is_floating(cells.type):
        words = pc.if_else(pc.is_nan(cells), "NaN", pc.if_else(pc.less(cells, 0), "-Inf", "+Inf"))
        text = pc.if_else(pc.is_finite(cells), cells.cast(pa.string()), words)
    else:
        text = cells.cast(pa.string())
        for sign, instead in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
            text = pc.replace_substring(text, sign, instead)
    return pc.fill_null(pc.binary_join_element_wise("<TD>", text, "</TD>", ""), "<TD/>")


def _signed(table: pa.Table) -> pa.Table:
    """A table for VOTable, which knows no uint64: int64, or text where that has no room.

    Nor does it know numbers of 16 bits with a fraction.
    """
    for place, field in enumerate(table.schema):
        if pa.types.is_float16(field.type):
            table = table.set_column(place, field.name, table[field.name].cast(pa.float32()))
        if pa.types.is_uint64(field.type):
            highest = pc.max(table[field.name]).as_py() or 0
            kind = pa.int64() if highest < 2**63 else pa.string()
            table = table.set_column(place, field.name, table[field.name].cast(kind))
    return table


def _astropy_table(table: pa.Table, units: Mapping[str, str], about: About) -> Any:
    from astropy.table import Table

    made = Table(meta=dict(about.table))
    for name in table.column_names:
        made[name] = astropy_column(table[name], name)
        if units.get(name):
            made[name].unit = units[name]
        made[name].description = about.descriptions.get(name)
        made[name].meta.update(about.columns.get(name, {}))
    return made


def astropy_column(column: pa.ChunkedArray, name: str, blank: bool = True) -> Any:
    """A column as astropy has it, masked where a value is missing.

    Parameters
    ----------
    column : pyarrow.ChunkedArray, shape (n_rows,)
    name : str
        For the error text.
    blank : bool
        Whether a missing text is a blank, as files have it, and no mask.

    Raises
    ------
    UserError
        The column holds lists.
    """
    from astropy.table import Column, MaskedColumn

    cells = _plain(column, name)
    kind, missing = cells.type, cells.is_null().to_numpy()
    if pa.types.is_floating(kind):
        return Column(cells.to_numpy())
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        values = cells.fill_null(False if pa.types.is_boolean(kind) else 0).to_numpy()
    else:
        values = np.array(cells.cast(pa.string()).fill_null("").to_pylist(), dtype=str)
        if blank:
            return Column(values)
    return MaskedColumn(values, mask=missing) if missing.any() else Column(values)
