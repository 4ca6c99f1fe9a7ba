"""Types for a table in Python, in two lines.

from stellar.classify.tables import classify
typed = classify(table)
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from stellar.classify import output
from stellar.classify.commands import MODELS, SIMULATED, Request, oddities, typist_for
from stellar.classify.in_memory import table_of, with_columns
from stellar.classify.model import load_all
from stellar.classify.typed import Tally, begun, in_order
from stellar.classify.words import PYTHON, said
from stellar.errors import UserError

log = logging.getLogger("stellar")
Given = TypeVar("Given")


def classify(
    table: Given,
    model: str | Path = MODELS,
    *,
    columns: Mapping[str, str | None] | None = None,
    units: Mapping[str, str] | None = None,
    mix: str | Mapping[str, float] | None = None,
    prefix: str = "type",
    threads: int = min(4, os.cpu_count() or 1),
) -> Given:
    """Type the stars of a table.

    Parameters
    ----------
    table : pandas.DataFrame, pyarrow.Table or astropy.table.Table, shape (n_rows, n_columns)
        Stays as it is.
    model : path
        Folder of `make model`.
    columns : mapping, optional
        Catalogue column to column of the table, where names differ: ``{"u": "my_u"}``; None leaves
        a column out.
    units : mapping, optional
        Catalogue column to its unit, where the table does not say it: ``{"sppTeff": "kK"}``.
    mix : str or mapping, optional
        Another mix of classes: `estimate`, shares by class, or a JSON file of them.
    prefix : str
        Of the new columns' names.
    threads : int

    Returns
    -------
    of the type of `table`, shape (n_rows, n_columns + 12)
        The same rows in the same order, with the columns of `stellar-types classify` behind the
        table's own. A table without rows has them too.

    Raises
    ------
    UserError
        It is no such table, lacks what every model needs, or there is no model.
    """
    request = Request("", "", Path(model), columns or {}, units or {}, mix, prefix)
    try:
        own, models = table_of(table), load_all(request.model)
        typist = typist_for(request, own, models)
        typist, batches = begun(typist, own, own.batches(typist.plan.own, request.rows))
        typed = list(in_order(typist.new, batches, threads))
    except UserError as error:
        raise UserError(said(str(error), PYTHON)) from None
    new = pa.concat_tables([typist.schema.empty_table(), *typed])
    tally = Tally()
    tally.add(new, prefix)
    for line in oddities(typist, tally.much_flagged, lambda names: f"columns={dict(names)}"):
        log.warning(line)
    if none := tally.none_typed:
        log.warning(none)
    if any(model.about["simulated"] for model in models if tally.tiers[model.tier]):
        log.warning(SIMULATED)
    return with_columns(table, new.cast(output.plain(new.schema)))
