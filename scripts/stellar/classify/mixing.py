"""The mix of classes of a sample: given in a file, or estimated from the sample itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from stellar import CLASSES
from stellar.classify.rows import CALLED_NO_STAR
from stellar.classify.typed import ROWS, Typist
from stellar.errors import UserError
from stellar.evaluation.mix import Shares, adapted, estimated_shares
from stellar.sample.columns import Floats
from stellar.survey.table_file import TableFile

ESTIMATE = "estimate"
_MOST = 200_000  # rows from which on every other is left out: enough for a percent's tenth
# Bits of a code: rows unlike the training's, perhaps no stars, or called none.
_UNTRUSTED = 3 | CALLED_NO_STAR


def shares_of(mix: str | Mapping[str, float], table: TableFile, typist: Typist) -> Shares:
    """Shares of the classes O B A F G K M in a sample, shape (7,).

    Parameters
    ----------
    mix : str or mapping
        `estimate`, a JSON file of shares by class, or these shares.
    table : TableFile
    typist : Typist

    Raises
    ------
    UserError
        The file is none of shares, or no row can be trusted.
    """
    if isinstance(mix, Mapping):
        return _checked(mix, "it")
    return _estimated(table, typist) if mix == ESTIMATE else _read(Path(mix))


def _read(path: Path) -> Shares:
    if not path.is_file():
        raise UserError(f"--mix: there is no file {path}; give one, or say --mix {ESTIMATE}")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        data = None
    return _checked(data, str(path))


def _checked(data: Any, name: str) -> Shares:
    try:
        shares = np.array([float(data.get(name, 0)) for name in CLASSES])
        unknown = set(data) - set(CLASSES)
    except (ValueError, TypeError, AttributeError):
        unknown, shares = {"what it holds"}, np.zeros(len(CLASSES))
    if unknown or not np.isfinite(shares).all() or (shares < 0).any() or not shares.any():
        raise UserError(
            f'--mix: {name} should hold shares by class, for example {{"F": 0.3, "G": 0.7}}'
        )
    return np.asarray(shares / shares.sum())


def _estimated(table: TableFile, typist: Typist) -> Shares:
    reference = typist.models[-1].judge.shares
    parts: list[Floats] = []
    own = typist.plan.own
    step = 1  # every so many rows of the whole table: it may be sorted
    for batch in table.batches(own, ROWS):
        if sum(map(len, parts)) > _MOST:
            parts, step = [np.concatenate(parts)[::2]], 2 * step
        types = typist.types(batch.take(np.arange(0, batch.num_rows, step)))
        for number, model in enumerate(typist.models):
            trusted = (types.tier == number) & (types.code & _UNTRUSTED == 0)
            # Models learnt from different mixes: all are brought to that of one.
            parts.append(adapted(types.probabilities[trusted], model.judge.shares, reference))
    known = np.concatenate(parts) if parts else np.empty((0, len(CLASSES)), np.float32)
    if not len(known):
        raise UserError(f"--mix {ESTIMATE}: no row of the table can be typed without a flag")
    return estimated_shares(known, reference)
