"""Types of a table's rows: its columns as numbers, and the model that fits each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import BANDS, CLASSES, NO_LABEL
from stellar.classify.judge import Answers
from stellar.classify.model import Columns, Model
from stellar.evaluation.mix import Shares, adapted
from stellar.sample.columns import Floats
from stellar.survey.catalogue import COLUMNS, MISSING
from stellar.survey.conversion import parsed
from stellar.survey.fillers import FILLERS, LIMITS

NO_STAR = "the table calls it no star"
CONTRADICTED = "the mix contradicts the star's own probabilities"
IN_OTHER_COLUMNS = "bands look exchanged in the whole table"
OUTSIDE, ANOTHER = "unlike all stars of the training", "perhaps no star O to M"
_LIMITS = {column.name: (column.low, column.high) for column in COLUMNS}
_FILLERS = np.concatenate([FILLERS, FILLERS.astype(np.float32)])
_OUTSIDE, _ANOTHER = 1, 2  # bits of a row's code; a bit for each wrong or missing column follows
CALLED_NO_STAR, _CONTRADICTED, EXCHANGED = 1 << 40, 1 << 41, 1 << 42
NO_TIER = -1


@dataclass(frozen=True)
class Numbers:
    """Columns of the catalogue, from a batch of a table.

    Attributes
    ----------
    values : mapping of str to array, shape (n_rows,)
        In the catalogue's units; NaN where there is no value that can be.
    wrong : mapping of str to array of bool, shape (n_rows,)
        Where the table has something, but no number or none that can be.
    """

    values: Columns
    wrong: Mapping[str, NDArray[np.bool_]]


def numbers(batch: pa.Table, columns: Mapping[str, str], factors: Mapping[str, float]) -> Numbers:
    """The catalogue's columns of a batch.

    Parameters
    ----------
    batch : pyarrow.Table, shape (n_rows, any)
    columns : mapping of str to str
        Catalogue column to column of the table.
    factors : mapping of str to float
        To the catalogue's units, where they differ.
    """
    values, wrong = {}, {}
    for name, own in columns.items():
        found, no_number = parsed(batch[own], pa.float64())
        given = found.to_numpy(zero_copy_only=False)
        marked = given <= MISSING
        if name in BANDS:
            marked = marked | (given == 0)  # files that cannot hold a blank hold 0
        stored = np.where(marked, np.nan, given)
        given = stored * factors.get(name, 1.0)
        with np.errstate(invalid="ignore"):
            off = _beyond(given, *_LIMITS[name])
            filler = ~off & _beyond(given, *LIMITS.get(name, (None, None)))
        if filler.any():  # such as -1, which stands for no value
            given = np.where(filler & np.isin(stored, _FILLERS), np.nan, given)
        values[name] = np.where(off, np.nan, given)
        wrong[name] = no_number | off
    return Numbers(values, wrong)


def _beyond(values: NDArray[np.float64], low: float | None, high: float | None) -> Any:
    """Where values lie outside of limits."""
    return (values < (-np.inf if low is None else low)) | (
        values > (np.inf if high is None else high)
    )


@dataclass(frozen=True)
class Types:
    """What is said of a batch's rows.

    Attributes
    ----------
    classes : array of int8, shape (n_rows,)
        Class numbers; -1: no type.
    probabilities : array of float32, shape (n_rows, 7)
        NaN where there is no type.
    sets : array of uint8, shape (n_rows,)
        Conformal sets: bit k for class k.
    tier : array of int8, shape (n_rows,)
        Which model; -1: none fits.
    code : array of int64, shape (n_rows,)
        Reasons for a flag; 0: none.
    """

    classes: NDArray[np.int8]
    probabilities: Floats
    sets: NDArray[np.uint8]
    tier: NDArray[np.int8]
    code: NDArray[np.int64]


def type_rows(given: Numbers, models: Sequence[Model], mix: Shares | None = None) -> Types:
    """Type rows, each by the first model whose columns it has.

    Parameters
    ----------
    given : Numbers
        Of columns that a model needs and the table has.
    models : sequence of Model
        Those that need more of a star first.
    mix : array, shape (7,), optional
        Shares of classes in the sample, where they differ from those of training.
    """
    known = {name: np.isfinite(values) for name, values in given.values.items()}
    rows = len(next(iter(known.values())))
    types = Types(
        np.full(rows, NO_LABEL, np.int8),
        np.full((rows, len(CLASSES)), np.nan, np.float32),
        np.zeros(rows, np.uint8),
        np.full(rows, NO_TIER, np.int8),
        np.zeros(rows, np.int64),
    )
    for bit, name in enumerate(given.values):
        types.code[given.wrong[name]] |= 4 << bit
    for number, model in enumerate(models):
        if not set(model.columns) <= set(known):
            continue
        fits = (types.tier == NO_TIER) & np.logical_and.reduce([known[n] for n in model.columns])
        if fits.all():
            _fill(types, slice(None), given.values, (number, model), mix)
        elif fits.any():
            here = np.flatnonzero(fits)
            own = {name: given.values[name][here] for name in model.columns}
            _fill(types, here, own, (number, model), mix)
    return types


def _fill(
    types: Types,
    rows: NDArray[np.int64] | slice,
    columns: Columns,
    numbered: tuple[int, Model],
    mix: Shares | None,
) -> None:
    number, model = numbered
    answers = model(columns)
    shares = answers.probabilities
    if mix is not None:
        shares = adapted(shares, model.judge.shares, mix)
        off = _contradicted(answers, shares.argmax(axis=1), mix)
        types.code[rows] |= off * np.int64(_CONTRADICTED)
    types.probabilities[rows] = shares
    types.classes[rows] = shares.argmax(axis=1)
    types.sets[rows] = np.packbits(answers.sets, axis=1, bitorder="little")[:, 0]
    types.tier[rows] = number
    types.code[rows] |= answers.outside * _OUTSIDE + answers.another * _ANOTHER


def _contradicted(answers: Answers, types: NDArray[np.int64], mix: Shares) -> NDArray[np.bool_]:
    """Where a mix moves a row's type out of its set, or has no share of that type."""
    moved = types != answers.probabilities.argmax(axis=1)
    in_set = np.take_along_axis(answers.sets, types[:, None], axis=1)[:, 0]
    return np.asarray(moved & ~in_set | (mix[types] == 0))


def reasons(codes: NDArray[np.int64], no_type: bool, columns: Sequence[str]) -> list[str | None]:
    """Codes of flags in words; None for no flag.

    Parameters
    ----------
    codes : array of int64, shape (n_codes,)
    no_type : bool
        Whether these rows have no type.
    columns : sequence of str
        The table's columns, in the order of `Numbers.values`.
    """
    texts: list[str | None] = []
    for code in codes.tolist():
        wrong = [name for bit, name in enumerate(columns) if code & (4 << bit)]
        parts = [OUTSIDE] * bool(code & _OUTSIDE) + [ANOTHER] * bool(code & _ANOTHER)
        if code & _CONTRADICTED:
            parts.append(CONTRADICTED)
        if code & EXCHANGED:
            parts.insert(0, IN_OTHER_COLUMNS)
        if code & CALLED_NO_STAR:
            parts.insert(0, NO_STAR)
        if wrong:
            parts.insert(0, f"{', '.join(wrong)}: no value that can be")
        if no_type:
            parts.insert(0, "no type: a value that every model needs is missing")
        texts.append("; ".join(parts) or None)
    return texts
