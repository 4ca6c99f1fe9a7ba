"""Tables as text: CSV and its kin, separated by commas, tabs, semicolons, bars or blanks.

What separates the fields, and which line has the columns' names, shows in the first lines. Cells
come as text, exactly as they stand, so that no guess of a type can change them.
"""

from __future__ import annotations

import csv
import io
import logging
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from stellar.errors import UserError
from stellar.survey.table_file import About, TableFile, opened_bytes, packed_by

log = logging.getLogger("stellar")

_BLOCK = 1 << 22  # bytes of a CSV parsed at a time; no row may be longer
_CELL_ROWS = 10_000  # rows held as Python text
_SHOWN = 40  # characters of a bad row
_LONGEST = 1 << 20  # characters of a line among the first
_PEEKED = 40  # lines from the header on that show the form of a file
_BLANKS = "quote texts with blanks, and write nan where a value is missing"
_SEPARATORS = ",\t;|"
_NUMBER = re.compile(r"\s*[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?\s*", re.IGNORECASE)
_FRACTION = re.compile(r"[+-]?\d*[.,]\d+(e[+-]?\d+)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_BELOW_100 = re.compile(r"[1-9]\d?,\d{3}")
_NO_COMMAS = re.compile(r"[+-]?(\d*\.\d+(e[+-]?\d+)?|\d+(,\d{3}){2,})", re.IGNORECASE)
_MAGNITUDE = re.compile(r"(^|[\W\d_])[ugriz]([\W\d_]|$)|mag", re.IGNORECASE)
_COMMA = r"^(\s*[+-]?[0-9]*),([0-9]+(?:[eE][+-]?[0-9]+)?\s*)$"
_POINT = r"^\s*[+-]?[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?\s*$"
_FIELD = re.compile(r'"(?:[^"]|"")*"|\S+')
_RULE = re.compile(r"\s*-*\s*")
_UNSEEN = dict.fromkeys([0xAD, 0xFEFF, 0x2060, *range(0x200B, 0x2010)])  # signs without a width
_EXCEL = re.compile(r'"?sep=.?"?\s*', re.IGNORECASE)  # Excel's hint in the first line


@dataclass(frozen=True)
class _Form:
    """How a text is a table: its columns, lines before the first row, and the separator."""

    names: Sequence[str]
    skipped: int
    separator: str  # a blank: any run of blanks and tabs
    commented: bool  # lines of comment may stand anywhere
    head: str = ""  # of a table in columns one below the other: the line with their names
    units: Mapping[str, str] = field(default_factory=dict)
    arrays: Sequence[str] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    commas: bool = False  # numbers have decimal commas
    about: About = field(default_factory=About)


@contextmanager
def text_table(path: Path) -> Iterator[TableFile]:
    """Open a table that is text.

    Raises
    ------
    UserError
        It is empty, is no UTF-8 text, or has no line with the columns' names.
    """
    form = _form(path)
    arrow = (
        form.separator != " " and not form.commented and not _has_stray_marks(path, form.separator)
    )
    pieces = partial(_arrow_pieces if arrow else _split_pieces, path, form)
    yield TableFile(
        path,
        "csv",
        form.names,
        partial(_with_points, path, pieces) if form.commas else pieces,
        form.units,
        partial(_line, path, form),
        form.arrays,
        form.refused,
        about=form.about,
    )


def _text(path: Path) -> IO[str]:
    return io.TextIOWrapper(opened_bytes(path), "utf-8-sig", "replace", newline="")


def _below(head: str, line: str) -> bool:
    """Whether each field of a line stands below its name, and so reaches under no other."""
    names, fields = ([m.span() for m in _FIELD.finditer(text)] for text in (head, line))
    before = [0, *(end for _, end in names)]
    after = [*(start for start, _ in names[1:]), len(line)]
    spans = zip(before, fields, after, strict=False)
    return all(low <= start and end <= high for low, (start, end), high in spans)


def _rows(lines: Iterable[str], separator: str) -> Any:
    """A reader of rows, of Python's csv module."""
    if separator == " ":
        blank = (line.replace("\t", " ").strip() for line in lines)
        return csv.reader(blank, delimiter=" ", skipinitialspace=True)
    return csv.reader(lines, delimiter=separator)


# -- the form of a file


def _form(path: Path) -> _Form:
    with _text(path) as file:
        comments, skipped, head = _first_lines(file)
    if "\0" in "".join([*comments[:1], *head[:1]]):
        raise UserError(f"{path} cannot be read as csv: it is no UTF-8 text; save it as UTF-8")
    if not head and not comments:
        raise UserError(f"{path} cannot be read as csv: it is empty")
    meta = _ecsv(path, comments)
    separator = meta.separator if meta else _separator(head)
    rows = _rows(head, separator)
    first, *others = _peeked(rows) or [([], 0)]
    header, end = first
    if meta is None and (not header or _is_data(header)):
        header = _commented(comments, separator, len(header))
        if not header:
            raise UserError(
                f"{path} has no header: its first line should have the names of the columns, "
                "separated as the values are"
            )
        end, others = 0, [first, *others]
    names = [" ".join(name.translate(_UNSEEN).split()) for name in header]
    if all(re.fullmatch("'.*'", name) for name in names):
        names = [name[1:-1] for name in names]
    names[0] = names[0].lstrip("# ")
    units, end = _units(names, others, end)
    if meta:
        return replace(meta, names=names, skipped=skipped + end)
    commented = any(not line.startswith("#Table") for line in comments)
    aligned = _head_of_columns(head) if separator == " " else ""
    cells = [fields for fields, _ in others]
    commas = _has_decimal_commas([cell for fields in cells for cell in fields]) or (
        separator in ";\t" and _has_magnitudes_in_thousands(names, cells)
    )
    return _Form(names, skipped + end, separator, commented, aligned, units, commas=commas)


def _first_lines(file: IO[str]) -> tuple[list[str], int, list[str]]:
    """Lines of comment at the top, the number of lines before the first other one, and some."""
    comments: list[str] = []
    skipped = 0
    while line := file.readline(_LONGEST):
        if line.startswith("#"):
            comments.append(line)
        elif line.strip() and not (skipped == 0 and _EXCEL.fullmatch(line)):
            rest = (file.readline(_LONGEST) for _ in range(_PEEKED))
            return comments, skipped, [line, *(more for more in rest if more)]
        skipped += 1
    return comments, skipped, []


def _peeked(rows: Any) -> list[tuple[list[str], int]]:
    """Rows that are not blank, each with the number of lines up to its end."""
    found: list[tuple[list[str], int]] = []
    try:
        for fields in rows:
            if fields:
                found.append((fields, rows.line_num))
    except csv.Error:
        pass
    return found


def _separator(head: Sequence[str]) -> str:
    """What cuts the header into most names, and the first row into as many values."""

    def fit(separator: str) -> tuple[bool, int]:
        rows = [fields for fields, _ in _peeked(_rows(head, separator))[:2]]
        widths = [len(fields) for fields in rows] or [0]
        return widths[0] > 1 and widths[0] == widths[-1], widths[0]

    best = max(_SEPARATORS, key=fit)
    mixed = best == "\t" and fit(" ")[0] and not fit(best)[0]  # tabs and blanks
    return " " if mixed or (fit(best)[1] < 2 <= fit(" ")[1]) else best


def _is_data(fields: Sequence[str]) -> bool:
    filled = [text for text in fields if text.strip()]
    return 2 * sum(bool(_NUMBER.fullmatch(text)) for text in filled) >= max(1, len(filled))


def _commented(comments: Sequence[str], separator: str, width: int) -> list[str]:
    """Names in the last line of comment, as TOPCAT and numpy write them."""
    last = comments[-1].lstrip("# \t") if comments else ""
    fields: list[str] = next(_rows([last], separator), [])
    return fields if width > 1 and len(fields) == width else []


def _has_decimal_commas(cells: Sequence[str]) -> bool:
    """Whether all fractions have one; 1,234 alone may be a thousand."""
    fractions = [cell.strip() for cell in cells if _FRACTION.fullmatch(cell.strip())]
    commas = [cell for cell in fractions if "," in cell]
    return len(commas) == len(fractions) and not all(map(_THOUSANDS.fullmatch, commas))


def _has_magnitudes_in_thousands(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether 19,846 is a magnitude of 19.846: no number has a point or two commas.

    All values of a column that is called as magnitudes are have to look so.
    """
    every = [cell.strip() for fields in rows for cell in fields]
    if any(map(_NO_COMMAS.fullmatch, every)):
        return False
    places = [n for n, name in enumerate(names) if _MAGNITUDE.search(name)]
    columns = [[row[n].strip() for row in rows if len(row) > n] for n in places]
    filled = [[cell for cell in column if cell] for column in columns]
    return any(column and all(map(_BELOW_100.fullmatch, column)) for column in filled)


def _head_of_columns(head: Sequence[str]) -> str:
    """The header where most rows stand below it; else there is no saying what stands where."""
    if "  " not in head[0].strip():
        return ""
    rows = [line for line in head[1:] if line.strip()]
    return head[0] if 2 * sum(_below(head[0], line) for line in rows) > len(rows) else ""


def _units(
    names: Sequence[str], rows: Sequence[tuple[list[str], int]], end: int
) -> tuple[dict[str, str], int]:
    """Units between the names and a line of dashes, as VizieR has them, and where rows begin."""
    for number, (fields, after) in enumerate(rows[:2]):
        if len(fields) == len(names) and "-" in fields[0] and all(map(_RULE.fullmatch, fields)):
            units = dict(zip(names, rows[0][0], strict=False)) if number else {}
            return {name: unit.strip() for name, unit in units.items() if unit.strip()}, after
    return {}, end


def _ecsv(path: Path, comments: Sequence[str]) -> _Form | None:
    """What the header of an ECSV says; None for any other text."""
    if not comments or not comments[0].startswith("# %ECSV"):
        return None
    from stellar.survey.astropy_header import header_of

    lines = [line[2:].rstrip("\r\n") for line in comments[1:]]
    header = header_of(lines[1:] if lines[:1] == ["---"] else lines)
    return _Form(
        *((), 0, header.separator, True, "", header.units, header.arrays, header.refused),
        about=header.about,
    )


# -- rows


def _line(path: Path, form: _Form, row: int) -> int | None:
    with _text(path) as file:
        for _ in islice(file, form.skipped):
            pass
        lines = _rows(file, form.separator)
        try:
            last = 0
            for fields in lines:
                row -= bool(fields) and not _is_comment(fields[0], len(fields), form)
                if not row:
                    return form.skipped + last + 1
                last = lines.line_num
        except csv.Error:
            pass
    return None


def _is_comment(start: str, fields: int, form: _Form) -> bool:
    """Whether a row is none, but a comment such as VizieR's #END#."""
    return start.startswith("#") and fields != len(form.names)


def _noted(lines: Iterable[str], now: list[str]) -> Iterator[str]:
    """Lines; `now` gets each that is read."""
    for line in lines:
        now.append(line)
        yield line


def _has_stray_marks(path: Path, separator: str) -> bool:
    """Whether a quotation mark stands elsewhere than around a field; readers differ there."""
    cut = re.escape(separator)
    # The mark first, so that the search leaps from one to the next.
    quoted = re.compile(rf'"(?<![^{cut}\r\n]")[^"]*(?:""[^"]*)*" *(?=[{cut}\r\n])'.encode())
    with opened_bytes(path) as file:
        rest = file.read(len(BOM_UTF8)).removeprefix(BOM_UTF8)
        while block := file.read(_BLOCK):
            rest = quoted.sub(b"", rest + block)
            rest = rest[max(rest.find(b'"') - 1, 0) :] if b'"' in rest else rest[-1:]
            if len(rest) > _BLOCK:
                return True
    return b'"' in quoted.sub(b"", rest + b"\n")


def _stray(row: str, separator: str) -> int | None:
    """The number of the first field with a quotation mark elsewhere than around it."""
    cut = r"\s" if separator == " " else re.escape(separator)
    field = re.compile(rf'"[^"]*(?:""[^"]*)*"([^{cut}\r\n]*)|[^{cut}]*')
    between = re.compile(r"\s+" if separator == " " else cut)
    row, place, number = row.strip("\r\n" + separator * (separator == " ")), 0, 0
    while found := field.match(row, place):
        behind = found[1]  # None: the field has no marks around it
        if behind.strip() if behind is not None else '"' in found[0]:
            return number
        after = between.match(row, found.end())
        if not after:
            break
        place, number = after.end(), number + 1
    return None


def _split_pieces(path: Path, form: _Form, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Cells of a text that blanks separate, or that has comments in between, row by row."""
    places = [form.names.index(column) for column in columns]
    kept: list[list[str]] = []
    number, warned = 0, False
    with _text(path) as file:
        for _ in islice(file, form.skipped):
            pass
        now: list[str] = []
        for fields in _rows(_noted(file, now), form.separator):
            if not fields or _is_comment(fields[0], len(fields), form):
                now.clear()
                continue
            number += 1
            if len(fields) != len(form.names):
                raise _ragged(path, form, number, len(fields), form.separator.join(fields))
            _check_row(path, form, columns, number, "".join(now))
            now.clear()
            if not warned:
                over = (n for n, text in zip(form.names, fields, strict=True) if "\n" in text)
                unused = next((name for name in over if name not in columns), None)
                warned = unused is not None and _warn(path, unused, number)
            kept.append([fields[place] for place in places])
            if len(kept) == _CELL_ROWS:
                yield _of_cells(path, form, columns, kept, number)
                kept = []
    yield _of_cells(path, form, columns, kept, number)


def _check_row(path: Path, form: _Form, columns: Sequence[str], number: int, row: str) -> None:
    """Raise UserError if fields of a row may belong elsewhere, or to no column."""
    if form.head and not _below(form.head, row):
        place = _place(path, form, number)
        raise UserError(
            f"{path}: {place} has a field that does not stand below its name; {_BLANKS}"
        )
    field = _stray(row, form.separator) if '"' in row else None
    name = next(iter(form.names[field : field + 1]), "") if field is not None else ""
    if name in columns:
        raise UserError(
            f"{path}: {_place(path, form, number)} column {name} has a stray quotation mark; take "
            "it away, or put marks around the text and double those inside"
        )


def _of_cells(
    path: Path, form: _Form, columns: Sequence[str], cells: Sequence[Sequence[str]], last: int
) -> pa.Table:
    """A table of rows of text, up to row `last` of the file."""
    for n, row in enumerate(cells):
        for column, cell in zip(columns, row, strict=True):
            if "\ufffd" in cell:
                raise _no_text(path, form, last - len(cells) + n + 1, column)
    arrays = [pa.array([row[n] for row in cells], pa.string()) for n in range(len(columns))]
    return pa.table(arrays, names=list(columns))


def _with_points(
    path: Path, pieces: Callable[[Sequence[str]], Iterator[pa.Table]], columns: Sequence[str]
) -> Iterator[pa.Table]:
    """The cells of a table with decimal commas, with decimal points."""
    row = 1
    for piece in pieces(columns):
        texts = [piece[name].combine_chunks() for name in columns]
        for name, text in zip(columns, texts, strict=True):
            point = pc.index(pc.match_substring_regex(text, _POINT), True).as_py()
            if point >= 0:
                raise UserError(
                    f"{path}: column {name}, row {row + point}: {text[point].as_py()!r} has a "
                    "decimal point, other numbers have commas; save the table with decimal points"
                )
        texts = [pc.replace_substring_regex(text, _COMMA, r"\1.\2") for text in texts]
        yield pa.table(texts, names=list(columns))
        row += piece.num_rows


def _ragged(path: Path, form: _Form, row: int, fields: int, text: str) -> UserError:
    what = f"has {fields} fields, the header {len(form.names)}: {text[:_SHOWN]!r}"
    if fields == len(form.names) + 1 and row == 1:
        what += "; name each column, or leave out the row names (in R by row.names = FALSE)"
    elif form.separator == "," and fields == 2 * len(form.names):
        what += (
            "; if its numbers have decimal commas, save it with decimal points, or with semicolons "
            "between the fields"
        )
    else:
        what += f"; {_BLANKS}" if form.separator == " " else "; correct the line or take it away"
    return UserError(f"{path}: {_place(path, form, row)} {what}")


def _place(path: Path, form: _Form, row: int) -> str:
    line = _line(path, form, row)
    return f"row {row} (line {line})" if line else f"row {row}"


def _arrow_pieces(path: Path, form: _Form, columns: Sequence[str]) -> Iterator[pa.Table]:
    names = form.names
    numbers = [str(names.index(column)) for column in columns]
    every = [str(number) for number in range(len(names))]
    # What is not needed is looked through as bytes: an open quotation mark may swallow rows there.
    types = dict.fromkeys(every, pa.binary()) | dict.fromkeys(numbers, pa.string())
    try:
        with _arrow_reader(path, form, every, types) as reader:
            row, warned = 1, False
            for batch in reader:
                for number in sorted(set(every) - set(numbers), key=int):
                    if warned:
                        break
                    found = pc.index(pc.match_substring(batch[number], "\n"), True).as_py()
                    warned = found >= 0 and _warn(path, names[int(number)], row + found)
                row += batch.num_rows
                yield pa.table([batch[number] for number in numbers], names=list(columns))
    except pa.ArrowInvalid as error:
        if "Empty CSV" not in str(error):
            raise _explained(path, form, str(error)) or error from None


@contextmanager
def _arrow_reader(
    path: Path, form: _Form, every: Sequence[str], types: Mapping[str, pa.DataType]
) -> Iterator[Any]:
    from pyarrow import csv as arrow_csv

    plain = str(path) if packed_by(path) is None else opened_bytes(path)
    with (
        pa.input_stream(plain, compression=None) as file,
        arrow_csv.open_csv(
            file,
            # One thread: only then are rows numbered.
            arrow_csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK,
                skip_rows=form.skipped,
                column_names=list(every),
            ),
            arrow_csv.ParseOptions(delimiter=form.separator, newlines_in_values=True),
            arrow_csv.ConvertOptions(column_types=dict(types)),
        ) as reader,
    ):
        yield reader


def _explained(path: Path, form: _Form, said: str) -> UserError | None:
    """Arrow's complaint with the place in the file."""
    if "straddling" in said:
        return UserError(
            f"{path}: a row is longer than {_BLOCK >> 20} MB; is a quotation mark not closed?"
        )
    ragged = re.search(r"Row #(\d+): Expected \d+ columns, got (\d+): (.*)", said, re.DOTALL)
    if ragged:
        number, fields, text = ragged.groups()
        return _ragged(path, form, int(number) - form.skipped, int(fields), text)
    no_text = re.search(r"In CSV column #(\d+): Row #(\d+): .*UTF8", said)
    if no_text:
        column, number = no_text.groups()
        return _no_text(path, form, int(number) - form.skipped, form.names[int(column)])
    return None


def _no_text(path: Path, form: _Form, row: int, column: str) -> UserError:
    place = _place(path, form, row)
    return UserError(f"{path}: {place} column {column}, is no UTF-8 text; save the file as UTF-8")


def _warn(path: Path, column: str, row: int) -> bool:
    """Log a cell that goes over a line's end, once; what is needed is checked when used."""
    log.warning(
        "%s: column %s, row %d goes over a line's end; if it should not, a quotation mark "
        "is not closed and rows are lost in it",
        *(path, column, row),
    )
    return True
