"""A table with its types beside its own columns, batch by batch."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import BANDS, CLASSES, NO_LABEL
from stellar.classify.advice import advice, beside, query_for
from stellar.classify.hints import (
    LOOKED_AT,
    called_no_star,
    exchanged_bands,
    has_commas,
    is_redshift,
    no_star_columns,
    shifted_bands,
)
from stellar.classify.model import Model
from stellar.classify.rows import (
    CALLED_NO_STAR,
    CONTRADICTED,
    EXCHANGED,
    Types,
    numbers,
    reasons,
    type_rows,
)
from stellar.errors import UserError
from stellar.evaluation.mix import Shares
from stellar.survey.label_column import listed
from stellar.survey.matching import Plan, match
from stellar.survey.table_file import TableFile

ROWS = 65_536  # of a batch: bounds memory
_SETS = ["".join(c for k, c in enumerate(CLASSES) if bits >> k & 1) for bits in range(2**7)]
_TEXT = pa.dictionary(pa.int32(), pa.string())


@dataclass
class Tally:
    """How many rows there were, by class, by tier and by flag."""

    rows: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    tiers: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    dusty: int | None = None  # rows behind much dust; None: not known
    floating: Counter[str] = field(default_factory=Counter)  # ids in floating point, by column
    zeros: Counter[str] = field(default_factory=Counter)  # ids that may have been cut, by column

    @property
    def much_flagged(self) -> bool:
        """Whether more than a fifth of the rows are flagged; of good stars some 5 % are.

        Rows that a mix alone contradicts do not count: their values are those of stars.
        """
        return self.rows > 1.25 * (self.flags[""] + self.flags[CONTRADICTED])

    @property
    def none_typed(self) -> str:
        """Why not one row was typed, where that is so; of several reasons the commonest."""
        if not self.rows or self.rows > self.classes[""]:
            return ""
        ((flag, rows),) = self.flags.most_common(1)
        share = "all" if rows == self.rows else f"{rows:,} of {self.rows:,}"
        return f"no row was typed: {flag.removeprefix('no type: ')} ({share} rows)"

    def add(self, table: pa.Table, prefix: str) -> None:
        """Count the rows of a typed batch."""
        self.rows += table.num_rows
        for name, counter in (("", self.classes), ("_tier", self.tiers), ("_flag", self.flags)):
            for entry in table[prefix + name].value_counts().to_pylist():
                counter[entry["values"] or ""] += entry["counts"]


@dataclass(frozen=True)
class Typist:
    """Types the rows of one table.

    Attributes
    ----------
    plan : Plan
        Which column of the table is which of the catalogue; `added` says what is no star.
    models : sequence of Model
        Those that need more of a star first.
    prefix : str
        Of the names of new columns.
    mix : array, shape (7,), optional
        Shares of classes in the sample.
    exchanged : mapping of str to str
        Bands that look as if they stood in each other's columns: band to the column in which it is.
    shifted : mapping of str to float
        What to add to bands for the whole table to look like stars, in mag.
    impossible : sequence of str
        Columns of the catalogue beside bands, most values of which cannot be.
    """

    plan: Plan
    models: Sequence[Model]
    prefix: str = "type"
    mix: Shares | None = None
    exchanged: Mapping[str, str] = field(default_factory=dict)
    shifted: Mapping[str, float] = field(default_factory=dict)
    impossible: Sequence[str] = ()

    @property
    def schema(self) -> pa.Schema:
        """The new columns."""
        names = ("set", "flag", "tier", "model")
        return pa.schema(
            [
                (self.prefix, _TEXT),
                *((f"{self.prefix}_p_{c}", pa.float32()) for c in CLASSES),
                *((f"{self.prefix}_{name}", _TEXT) for name in names),
            ]
        )

    def types(self, batch: pa.Table) -> Types:
        """Types of a batch's rows."""
        given = numbers(batch, self.plan.columns, self.plan.factors)
        types = type_rows(given, self.models, self.mix)
        own = self.plan.columns
        viziers = any(own.get(band, "").lower() == f"{band}mag" for band in BANDS)
        for name in self.plan.added:
            types.code[called_no_star(batch[name], name, viziers)] |= CALLED_NO_STAR
        if self.exchanged:
            types.code[types.tier >= 0] |= EXCHANGED
        return types

    def columns(self, types: Types) -> pa.Table:
        """Types as the new columns, shape (n_rows, 12)."""
        missing = types.tier < 0
        shares = [pa.array(column, mask=missing) for column in types.probabilities.T]
        # Rows without a type and with one have flags of their own.
        codes, place = np.unique(types.code * 2 + missing, return_inverse=True)
        own = list(self.plan.columns.values())
        flags = [reasons(np.array([c // 2]), bool(c % 2), own)[0] for c in codes.tolist()]
        tiers, names = [m.tier for m in self.models], [m.name for m in self.models]
        arrays = [
            _texts(types.classes, types.classes == NO_LABEL, list(CLASSES)),
            *shares,
            _texts(types.sets, missing, _SETS),
            _texts(place, np.array([f is None for f in flags])[place], [f or "" for f in flags]),
            _texts(types.tier, missing, tiers),
            _texts(types.tier, missing, names),
        ]
        return pa.table(arrays, schema=self.schema)

    def new(self, batch: pa.Table) -> pa.Table:
        """The new columns of a batch, shape (n_rows, 12)."""
        return self.columns(self.types(batch))

    def typed(self, batch: pa.Table) -> pa.Table:
        """A batch with the new columns behind its own."""
        new = self.new(batch)
        for spec, column in zip(self.schema, new.columns, strict=True):
            batch = batch.append_column(spec, column)
        return batch


def _texts(index: NDArray[np.integer], missing: NDArray[np.bool_], words: list[str]) -> pa.Array:
    places = pa.array(index.astype(np.int32), mask=missing)
    return pa.DictionaryArray.from_arrays(places, pa.array(words, pa.string()))


def plan_of(
    table: TableFile,
    models: Sequence[Model],
    choices: dict[str, str | None],
    units: dict[str, str],
) -> Plan:
    """Which columns of a table the models read.

    Raises
    ------
    UserError
        No model has all that it needs, or a choice does not fit the table.
    """
    _refuse_corrected(table, choices)
    found = match(table, choices, units, for_a_survey=False)
    needed = dict.fromkeys(name for model in models for name in model.columns)
    columns = {name: found.columns[name] for name in needed if name in found.columns}
    fewest = models[-1]
    absent = [name for name in fewest.columns if name not in columns]
    if absent:
        raise UserError(
            f"{table.path}: no column {', '.join(absent)}, which every model needs; "
            f"{advice(table, absent, found.columns)}; the table has {listed(table.names)}"
        )
    left_out = {name.lower() for name, own in choices.items() if own is None}
    factors = {name: f for name, f in found.factors.items() if name in columns}
    spare = [name for name in table.names if name not in {*columns.values(), *table.refused}]
    kinds = no_star_columns([name for name in spare if name.lower() not in left_out])
    if "class" in found.columns:
        kinds = tuple(dict.fromkeys([found.columns["class"], *kinds]))
    return Plan(
        columns,
        factors=factors,
        told_apart=found.told_apart,
        added=kinds,
        z_band=found.z_band,
        unread=tuple(name for name in found.columns if name not in needed),
        beside=beside(table.names, columns),
    )


def _refuse_corrected(table: TableFile, choices: Mapping[str, str | None]) -> None:
    """Raise UserError where a column that SDSS calls corrected for dust is to be a magnitude."""
    for band, own in choices.items():
        if band in BANDS and own and own in table.names and own.lower().startswith("dered"):
            raise UserError(
                f"{table.path}: {own} is corrected for dust, the models want magnitudes as "
                "observed; name yours under survey.table.columns, for example "
                f"`{band}: modelMag_{band}`"
            )


def looked_at(typist: Typist, table: TableFile, first: pa.Table) -> Typist:
    """The typist who knows what a table's first rows show: bands in other columns, or shifted.

    Raises
    ------
    UserError
        What should be the z band is a redshift, or commas of magnitudes may mean thousands.
    """
    plan, fewest = typist.plan, typist.models[-1]
    for name in (own for band, own in plan.columns.items() if band in BANDS):
        if shown := has_commas(first[name]):
            raise UserError(
                f"{table.path}: column {name} has numbers such as {shown!r}: decimal comma or "
                "thousands? save the table with decimal points, and thousands without commas"
            )
    given = numbers(first.slice(0, LOOKED_AT), plan.columns, plan.factors)
    values = given.values
    if {"r", "z"} <= set(values) and is_redshift(values):
        query = "" if plan.z_band else query_for(table, {*plan.columns, *plan.unread})
        raise UserError(
            f"{table.path}: column {plan.columns['z']} lies below 1 where r is above 10: a "
            f"redshift, no z band; {query}name that under survey.table.columns, for example "
            f"`z: {plan.z_band or 'my_z'}`"
        )
    impossible = np.any([given.wrong[b] for b in BANDS if b in given.wrong], axis=0)
    found = {} if 2 * impossible.sum() > len(impossible) else exchanged_bands(values, fewest)
    return replace(
        typist,
        exchanged={name: plan.columns[other] for name, other in found.items()},
        shifted={} if found else shifted_bands(values, fewest),
        impossible=[
            name
            for name, wrong in given.wrong.items()
            if name not in BANDS and wrong.sum() > np.isfinite(values[name]).sum()
        ],
    )


def begun(
    typist: Typist, table: TableFile, batches: Iterator[pa.Table]
) -> tuple[Typist, Iterator[pa.Table]]:
    """The typist after a look at the first batch (`looked_at`), and all batches."""
    first = next(batches, None)
    if first is None:
        return typist, batches
    return looked_at(typist, table, first), chain([first], batches)


def in_order(
    work: Callable[[pa.Table], pa.Table], batches: Iterator[pa.Table], threads: int
) -> Iterator[pa.Table]:
    """Work on batches side by side, a few ahead of what is taken; results in their order."""
    if threads < 2:
        yield from map(work, batches)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[pa.Table]] = deque()
        for batch in batches:
            waiting.append(pool.submit(work, batch))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
