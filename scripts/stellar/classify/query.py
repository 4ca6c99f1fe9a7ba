"""A table of SDSS's stars to be typed: fetched from SkyServer, checked, written as a file."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar.classify import output
from stellar.classify.commands import Progress
from stellar.classify.in_memory import table_of
from stellar.classify.rows import numbers
from stellar.classify.text_columns import cast_to, kinds_of
from stellar.errors import UserError
from stellar.survey import lookup
from stellar.survey.catalogue import SCHEMA
from stellar.survey.conversion import parsed
from stellar.survey.matching import match
from stellar.survey.skyserver import Server
from stellar.survey.table_readers import opened

_NEEDED = ("astroquery", "tenacity")


@dataclass(frozen=True)
class Wanted:
    """What is wanted of SDSS: one of cone, positions, ids and sql.

    Attributes
    ----------
    cone : sequence of float, shape (3,), optional
        Right ascension, declination (degrees) and radius (arcmin).
    positions, ids : str, optional
        Files with columns ra and dec, or specObjID or bestObjID.
    sql : str, optional
    radius : float
        How far from a position its star may be, in arcsec.
    """

    cone: Sequence[float] | None = None
    positions: str | None = None
    ids: str | None = None
    sql: str | None = None
    radius: float = 2.0


def query(wanted: Wanted, server: Server, path: str, force: bool = False) -> str:
    """Fetch a table and write it; what was found, in words.

    Raises
    ------
    UserError
        The output is there, a list cannot be read, SkyServer gives no right answer or no row.
    """
    output.kind_of(path)
    output.refuse_existing(path, force)
    absent = [name for name in _NEEDED if find_spec(name) is None]
    if absent:
        raise UserError(
            f"query needs the package {absent[0]}, which is not installed; type pip install "
            f"{' '.join(_NEEDED)}"
        )
    questions = _questions(wanted)
    with _answers(path, len(questions)) as kept:
        parts, progress = [], Progress(len(questions), "questions")
        for number, question in enumerate(questions):
            progress.show(number)
            parts.append(lookup.answered(question, server, kept))
        progress.end()
        found = pa.concat_tables(parts)
        if not found.num_rows:
            raise UserError("SDSS has no such star; look elsewhere, or farther")
        if wanted.sql is not None:
            found = cast_to(found, kinds_of(table_of(found)))
        units = {} if wanted.sql is not None else lookup.UNITS
        with output.writer(path, found.schema, units) as write:
            write(found)
    return _summary(found, questions)


def _questions(wanted: Wanted) -> list[lookup.Question]:
    if wanted.cone is not None:
        return [lookup.cone(*wanted.cone)]
    if wanted.sql is not None:
        return [lookup.by_sql(wanted.sql)]
    if wanted.positions is not None:
        return list(lookup.by_places(_places(wanted.positions), wanted.radius))
    return list(lookup.by_ids(*_ids(wanted.ids or "")))


def _places(path: str) -> NDArray[np.float64]:
    """Right ascension and declination of a file's rows in degrees, shape (n_rows, 2)."""
    with opened(_file(path)) as table:
        plan = match(table, {}, {}, for_a_survey=False)
        columns = {name: plan.columns[name] for name in ("ra", "dec") if name in plan.columns}
        if len(columns) < 2:
            raise UserError(f"{path} has no columns ra and dec; name them so")
        values = [
            list(numbers(batch, columns, plan.factors).values.values())
            for batch in table.batches(list(columns.values()))
        ]
    if not values:
        raise UserError(f"{path} holds no position; give a table with rows")
    return np.concatenate([np.column_stack(part) for part in values])


def _ids(path: str) -> tuple[str, NDArray[np.integer]]:
    """Which ids a file has, and these, shape (n_rows,)."""
    with opened(_file(path)) as table:
        plan = match(table, {}, {}, for_a_survey=False)
        name = next((n for n in ("specObjID", "bestObjID") if n in plan.columns), None)
        if name is None:
            raise UserError(f"{path} has no column specObjID or bestObjID; name it so")
        own = plan.columns[name]
        found: list[NDArray[np.integer]] = []
        for batch in table.batches([own]):
            ids, wrong = parsed(batch[own], SCHEMA.field(name).type)
            if wrong.any() or ids.null_count:
                row = sum(len(part) for part in found) + int(
                    (wrong | ids.is_null().to_numpy(False)).argmax()
                )
                raise UserError(
                    f"{path}, row {row + 1}: {own} is no whole id of up to 20 digits; correct it"
                )
            found.append(ids.to_numpy())
    if not found:
        raise UserError(f"{path} holds no id; give a table with rows")
    return name, np.concatenate(found)


def _file(path: str) -> Path:
    if not Path(path).is_file():
        raise UserError(f"there is no file {path}; correct its path")
    return Path(path)


@contextmanager
def _answers(path: str, questions: int) -> Iterator[Path]:
    """A folder for answers: of many questions beside the output, until that is written."""
    if path == output.STANDARD or questions == 1:
        with tempfile.TemporaryDirectory() as place:
            yield Path(place)
        return
    kept = Path(f"{path}.answers")
    try:
        yield kept
    except BaseException:
        if kept.exists():
            print(f"answers so far are kept in {kept}: the same command goes on", file=sys.stderr)
        raise
    shutil.rmtree(kept, ignore_errors=True)


def _summary(found: pa.Table, questions: Sequence[lookup.Question]) -> str:
    lines = [f"{found.num_rows:,} rows"]
    asked = [question.asked for question in questions if question.asked is not None]
    if asked:
        every, key = np.concatenate(asked), questions[0].key
        absent = np.setdiff1d(every, found[key].to_numpy())
        if len(absent):
            some = ", ".join(str(one) for one in absent[:5])
            lines.append(
                f"{len(absent):,} of {len(every):,} are not in SDSS: {key} {some}"
                + (", …" if len(absent) > 5 else "")
            )
    return "\n".join(lines)
