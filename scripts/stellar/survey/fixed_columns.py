"""Tables whose columns stand at fixed places of a line: IPAC's, and machine-readable ones of AAS.

Astropy reads where the columns stand, their units and their marks for missing values. Cells come
as text, exactly as they stand. What stands beside the columns would be lost, and is an error.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from stellar.errors import UserError
from stellar.survey.table_file import About, TableFile, opened_bytes

_ROWS = 10_000  # held as Python text
_SHOWN = 20  # characters of what stands beside the columns
_IPAC_HEAD = ("|", "\\")  # what its lines of names, units and keywords begin with
_DESCRIPTION = re.compile("byte-by-byte description", re.IGNORECASE)
_SECTION = re.compile(r"(-{6,}|={6,})\s*")


@dataclass(frozen=True)
class _Form:
    """Where columns stand, what means that a cell is missing, and lines before the rows."""

    names: Sequence[str]
    spans: Sequence[slice]
    nulls: Mapping[str, frozenset[str]]
    skipped: int

    @property
    def gaps(self) -> list[slice]:
        """What lies between the columns, and behind the last."""
        found, end = [], 0
        for span in sorted(self.spans, key=lambda span: span.start):
            found.append(slice(end, span.start))
            end = max(end, span.stop)
        return [gap for gap in found if gap.start < gap.stop] + [slice(end, None)]


@contextmanager
def ipac_table(path: Path) -> Iterator[TableFile]:
    """Open an IPAC table: names, types and units between bars, keywords behind a backslash."""
    with _text(path) as file:
        head = [line for line in _until_rows(file)]
    yield _opened(path, "ipac", head, _form_of("Ipac", head))


@contextmanager
def mrt_table(path: Path) -> Iterator[TableFile]:
    """Open a machine-readable table of AAS: a description byte by byte, then the rows.

    Raises
    ------
    UserError
        It describes several tables.
    """
    with _text(path) as file:
        marks = [
            (number, bool(_DESCRIPTION.match(line)))
            for number, line in enumerate(file, 1)
            if _DESCRIPTION.match(line) or _SECTION.fullmatch(line)
        ]
    if sum(described for _, described in marks) > 1:
        raise UserError(f"{path} describes several tables; save the table of stars alone in a file")
    with _text(path) as file:
        head = list(islice(file, marks[-1][0]))
    yield _opened(path, "mrt", head, _form_of("Mrt", head))


def _text(path: Path) -> IO[str]:
    return io.TextIOWrapper(opened_bytes(path), "utf-8-sig", "replace")


def _until_rows(file: IO[str]) -> Iterator[str]:
    for line in file:
        if line.strip() and not line.startswith(_IPAC_HEAD):
            return
        yield line


def _form_of(reader: str, head: Sequence[str]) -> tuple[_Form, Sequence[Any]]:
    """The form, by astropy, and its columns."""
    from astropy.io import ascii as astropy_ascii
    from astropy.utils.exceptions import AstropyWarning

    astropys = astropy_ascii.get_reader(getattr(astropy_ascii, reader))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)  # units that it does not know
        astropys.read([line.rstrip("\n") for line in head])
    columns = astropys.header.cols
    marks = [mark for mark in astropys.data.fill_values if len(mark) > 2]
    nulls = {c.name: frozenset(m[0] for m in marks if m[2] == c.name) for c in columns}
    spans = [slice(column.start, column.end) for column in columns]
    return _Form([column.name for column in columns], spans, nulls, len(head)), columns


def _opened(
    path: Path, kind: str, head: Sequence[str], found: tuple[_Form, Sequence[Any]]
) -> TableFile:
    form, columns = found
    descriptions = {c.name: getattr(c, "description", "") for c in columns}
    return TableFile(
        *(path, kind, form.names, partial(_pieces, path, form)),
        {c.name: str(c.unit) for c in columns if getattr(c, "unit", None)},
        partial(_line, path, form),
        about=About({name: text for name, text in descriptions.items() if text}),
    )


def _lines(path: Path, form: _Form) -> Iterator[tuple[int, str]]:
    """The rows' lines, with their numbers."""
    with _text(path) as file:
        for number, line in enumerate(islice(file, form.skipped, None), form.skipped + 1):
            if line.strip() and not line.startswith(_IPAC_HEAD):
                yield number, line.rstrip("\n")


def _line(path: Path, form: _Form, row: int) -> int | None:
    return next((number for number, _ in islice(_lines(path, form), row - 1, None)), None)


def _pieces(path: Path, form: _Form, columns: Sequence[str]) -> Iterator[pa.Table]:
    wanted = [form.names.index(name) for name in columns]
    spans = [(form.spans[n], form.nulls[form.names[n]]) for n in wanted]
    gaps = form.gaps
    kept: list[list[str | None]] = []
    for row, (number, line) in enumerate(_lines(path, form), 1):
        if not line.isascii() or "\t" in line:
            raise UserError(
                f"{path}: row {row} (line {number}) has a tab or a sign that is not ASCII, so that "
                "columns may not stand where they should; write ASCII, and blanks"
            )
        beside = next((text for gap in gaps if (text := line[gap].strip())), "")
        if beside:
            raise UserError(
                f"{path}: row {row} (line {number}) has {beside[:_SHOWN]!r} beside its columns; "
                "put it into one of them, which the header must give the room"
            )
        cells = [(line[span].strip(), nulls) for span, nulls in spans]
        kept.append([None if cell in nulls else cell for cell, nulls in cells])
        if len(kept) == _ROWS:
            yield _of_cells(kept, columns)
            kept = []
    yield _of_cells(kept, columns)


def _of_cells(rows: Sequence[Sequence[str | None]], columns: Sequence[str]) -> pa.Table:
    arrays = [pa.array([row[n] for row in rows], pa.string()) for n in range(len(columns))]
    return pa.table(arrays, names=list(columns))
