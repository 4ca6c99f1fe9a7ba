"""A user's own table of stars, whatever its columns and units are called, to shards."""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stellar import files
from stellar.errors import UserError
from stellar.survey import spectrum_ids
from stellar.survey.catalogue import COLUMNS, MISSING, SCHEMA, Column
from stellar.survey.conversion import ValueProblem, converted, to_catalogue
from stellar.survey.fillers import FILLERS, without_fillers
from stellar.survey.label_column import check_label
from stellar.survey.matching import Plan, match, median_size
from stellar.survey.table_file import BATCH
from stellar.survey.table_readers import opened
from stellar.survey.whole_file import WEST, WholeFile, without_zeros

log = logging.getLogger("stellar")

_BY_NAME = {column.name: column for column in COLUMNS}


def stars(
    path: Path,
    chosen: Mapping[str, str | None] | None = None,
    units: Mapping[str, str] | None = None,
    rows: int = BATCH,
    label: str | None = None,
    added: Sequence[str] = (),
) -> Iterator[pa.Table]:
    """The stars of a file as tables of the catalogue, a batch at a time.

    Parameters
    ----------
    path : Path
        CSV, Parquet, FITS or VOTable; see `table_readers`.
    chosen : mapping, optional
        The user's own: catalogue column to column of the table, None where it has none.
    units : mapping, optional
        The user's own: catalogue column to its unit in the table, before what the file says.
    rows : int
        Rows of a batch.
    label : str, optional
        Scheme whose columns the table must have.
    added : sequence of str
        Columns of numbers that the catalogue does not know, to stand behind its own.

    Yields
    ------
    pyarrow.Table, shape (rows, n_columns)
        Columns of `SCHEMA`. What shows only in the whole file (an id that stands twice, degrees
        that are radians) raises after the last batch.

    Raises
    ------
    UserError
        The file cannot be read, lacks a column, or holds what cannot be; with column and row.
    """
    with opened(path) as table:
        plan = match(table, chosen or {}, units or {}, added=added)
        if label:
            check_label(table, plan.columns, label)
        names = (own if own == n else f"{n} from {own}" for n, own in plan.columns.items())
        log.info("%s: %s", path, ", ".join(names))
        whole = WholeFile(path.name, plan.columns, plan.factors, plan.z_band)
        row = 1
        try:
            for batch in table.batches(plan.own, rows):
                standard = _standard(batch, plan, path.name, row, whole)
                whole.look(standard)
                yield _with_added(standard, batch, plan, path.name, row)
                row += batch.num_rows
            whole.finish()
        except ValueProblem as problem:
            line = table.line(problem.row)
            place = f" (line {line} of the file)" if line else ""
            where = f"{path.name}: {_own_name(plan, problem.column)}, row {problem.row}"
            raise UserError(f"{where}: {problem.what}{place}") from None
        if row == 1:
            raise UserError(f"{path} holds no star; give a table with rows")


def _with_added(standard: pa.Table, batch: pa.Table, plan: Plan, survey: str, row: int) -> pa.Table:
    """The catalogue's table with the user's further columns behind it; -9999 is missing."""
    for name in plan.added:
        column = Column(name, pa.float32())
        values = converted(batch[name], column, survey, row)
        values = pc.if_else(pc.not_equal(values, MISSING), values, None)
        standard = standard.append_column(pa.field(name, column.type), values)
    return standard


def _standard(
    batch: pa.Table, plan: Plan, survey: str, first_row: int, whole: WholeFile
) -> pa.Table:
    """A batch as a table of the catalogue; what stands for no value is missing, and counted."""
    _tell_apart(batch, plan, survey, first_row)
    raw = renamed(batch, plan, survey, first_row, whole.notes)
    hide = partial(
        without_fillers, factors=plan.factors, missing=whole.missing, suspects=whole.suspects
    )
    table = to_catalogue(raw, survey, first_row, whole.missing, hide)
    return without_zeros(table, whole.missing)


def _own_name(plan: Plan, name: str) -> str:
    if name == "specObjID" and name not in plan.columns:
        return "columns plate, mjd and fiberID"
    own = plan.columns.get(name, name)
    return f"column {name if own.lower() == name.lower() else own}"


def write_shards(tables: Iterable[pa.Table], paths: Sequence[str | Path]) -> int:
    """Write tables as shards of equal length, in order: all of them, or none.

    How many rows there are shows at the end, so the tables wait in a file without a name beside
    the shards.

    Returns
    -------
    int
        Number of rows; of N shards, shard n has rows `rows * n // N` to `rows * (n + 1) // N`.
    """
    folder = Path(paths[0]).parent
    schema, starts = SCHEMA, [0]
    with files.allowed(folder), ExitStack() as all_or_none:
        folder.mkdir(parents=True, exist_ok=True)
        spool = all_or_none.enter_context(tempfile.TemporaryFile(dir=folder))
        writer = None
        for table in tables:
            if writer is None:
                schema = table.schema
                options = pa.ipc.IpcWriteOptions(compression="lz4")
                writer = pa.ipc.new_file(spool, schema, options=options)
            for batch in table.to_batches():
                writer.write_batch(batch)
                starts.append(starts[-1] + batch.num_rows)
        if writer is not None:
            writer.close()
        for number, path in enumerate(paths):
            low, high = (starts[-1] * n // len(paths) for n in (number, number + 1))
            temporary = all_or_none.enter_context(files.replacing(path))
            with files.parquet_writer(temporary, schema) as shard:
                for part in _parts(spool, starts, low, high):
                    shard.write_batch(part)
    return starts[-1]


def _parts(
    spool: IO[bytes], starts: Sequence[int], low: int, high: int
) -> Iterator[pa.RecordBatch]:
    """Rows `low` to `high` of the waiting tables, which begin at `starts`."""
    reader = pa.ipc.open_file(spool) if low < high else None
    for number, (start, end) in enumerate(pairwise(starts)):
        first, last = max(low, start), min(high, end)
        if reader is not None and first < last:
            yield reader.get_batch(number).slice(first - start, last - first)


def renamed(
    batch: pa.Table, plan: Plan, survey: str, first_row: int, notes: Counter[str]
) -> pa.Table:
    """A batch with the catalogue's names and units, and what follows from its own columns.

    `notes` counts the ids that were mended, and the right ascensions below 0.

    Raises
    ------
    ValueProblem
        A value that should be scaled or subtracted is no number, or gives no specObjID.
    """
    columns = {name: batch[own] for name, own in plan.columns.items()}
    for name, factor in plan.factors.items():
        if factor != 1 and name in columns:
            columns[name] = _scaled(batch, plan, name, survey, first_row)
    columns["ra"] = _from_zero(columns["ra"], survey, first_row, notes)
    for band in plan.dereddened:
        magnitude, corrected = (
            _scaled(batch, plan, name, survey, first_row) for name in (band, f"dered_{band}")
        )
        known = pc.and_(*(_is_magnitude(values) for values in (magnitude, corrected)))
        difference = pc.subtract(magnitude, corrected)
        columns[f"extinction_{band}"] = pc.if_else(known, difference, None)
    if plan.numbered:
        rows = np.arange(first_row, first_row + len(batch), dtype=np.uint64)
        columns["specObjID"] = pa.array(rows)
    elif "specObjID" in columns:
        columns["specObjID"] = spectrum_ids.mended(columns, notes)
    else:
        columns["specObjID"] = spectrum_ids.from_parts(columns, survey, first_row)
    return pa.table(columns)


def _from_zero(ra: pa.Array, survey: str, first_row: int, notes: Counter[str]) -> pa.Array:
    """Right ascension from 0 to 360 degrees, where a table has it from -180 to 180.

    Numbers such as -99, which may stand for no place, stay outside the range.
    """
    degrees = converted(ra, _BY_NAME["ra"], survey, first_row)
    west = pc.and_(pc.less(degrees, 0), pc.greater_equal(degrees, -180))
    west = pc.and_not(west, pc.is_in(degrees, pa.array(FILLERS)))
    notes[WEST] += pc.sum(west).as_py() or 0
    return pc.if_else(west, pc.add(degrees, 360), degrees)


def _is_magnitude(values: pa.Array) -> pa.Array:
    return pc.and_(pc.greater(values, -1), pc.not_equal(values, 0))


def _tell_apart(raw: pa.Table, plan: Plan, survey: str, row: int) -> None:
    """Raise UserError if z and z1 are not, from `row` on, what they were."""
    if plan.told_apart:
        band, redshift = (median_size(raw[own]) for own in plan.told_apart)
        if band is not None and redshift is not None and band < redshift:
            raise UserError(
                f"{survey}: from row {row} on, columns z and z1 have changed places; say "
                "which is the z band, for example `z: z1` under survey.table.columns"
            )


def _scaled(batch: pa.Table, plan: Plan, name: str, survey: str, first_row: int) -> pa.Array:
    """A column in the catalogue's unit, in double precision; -9999 is no value to be scaled."""
    own = plan.columns.get(name) or plan.dereddened[name.removeprefix("dered_")]
    wanted = _BY_NAME[name.removeprefix("dered_")]
    wanted = replace(wanted, name=name, type=pa.float64())
    values = converted(batch[own], wanted, survey, first_row)
    values = pc.if_else(pc.not_equal(values, MISSING), values, None)  # dec has less, in arcsec
    return pc.multiply(values, plan.factors.get(name, 1.0))
