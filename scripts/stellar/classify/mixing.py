"""The mix of classes of a sample: given in a file, or estimated from the sample itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.classify.rows import CALLED_NO_STAR
from stellar.classify.typed import ROWS, Typist
from stellar.errors import UserError
from stellar.evaluation.mix import Shares, adapted, estimated_shares
from stellar.sample.columns import Floats
from stellar.survey.table_file import TableFile

ESTIMATE = "estimate"
# Trusted rows that an estimate needs: of 100 whose classes were known, a share has a standard
# error of up to sqrt(0.5 * 0.5 / 100), 5 %; from fewer, chance would move the types.
FEWEST = 100
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
        The file is none of shares, leaves out a class of a model, or too few rows can be trusted.
    """
    trained = np.mean([model.judge.shares for model in typist.models], axis=0)
    if isinstance(mix, Mapping):
        return _checked(mix, "it", trained)
    return _estimated(table, typist) if mix == ESTIMATE else _read(Path(mix), trained)


def in_words(mix: str | Mapping[str, float], shares: Shares) -> str:
    """The shares of a mix in a sentence, and where they come from.

    Parameters
    ----------
    mix : str or mapping
        As `shares_of` has it.
    shares : array, shape (7,)
    """
    source = "estimated from the table" if mix == ESTIMATE else "as given"
    listed = ", ".join(f"{c} {share:.3f}" for c, share in zip(CLASSES, shares, strict=True))
    return f"mix of classes, {source}: {listed}"


def _read(path: Path, trained: Shares) -> Shares:
    if not path.is_file():
        raise UserError(f"--mix: there is no file {path}; give one, or say --mix {ESTIMATE}")
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError:
        data = None
    return _checked(data, str(path), trained)


def _checked(data: Any, name: str, trained: Shares) -> Shares:
    try:
        shares = np.array([float(data.get(c, 0)) for c in CLASSES])
        unknown = set(data) - set(CLASSES)
    except (ValueError, TypeError, AttributeError):
        unknown, shares = {"what it holds"}, np.zeros(len(CLASSES))
    if unknown or not np.isfinite(shares).all() or (shares < 0).any() or not shares.any():
        raise UserError(
            f"--mix: {name} should hold shares by class, 0 or more and not all 0, for example "
            f"{json.dumps(dict.fromkeys(CLASSES, 0) | {'F': 0.3, 'G': 0.7})}"
        )
    absent = np.array([c not in data for c in CLASSES]) & (trained > 0)
    if absent.any():
        names = [c for c, lacks in zip(CLASSES, absent, strict=True) if lacks]
        raise UserError(
            f"--mix: {name} gives no share of {', '.join(names)}; give 0 for a class that the "
            "sample lacks, or with the shares of training: "
            f"{json.dumps(_completed(shares / shares.sum(), absent, trained))}"
        )
    return np.asarray(shares / shares.sum())


def _completed(shares: Shares, absent: NDArray[np.bool_], trained: Shares) -> dict[str, float]:
    """Shares that sum to 1: the training's of the classes left out, of the others what is given."""
    whole = np.where(absent, trained, shares * (1 - trained[absent].sum())).round(4)
    whole[whole.argmax()] += 1 - whole.sum()
    return dict(zip(CLASSES, whole.round(4).tolist(), strict=True))


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
    if len(known) < FEWEST:
        raise UserError(
            f"--mix {ESTIMATE}: {len(known)} rows of the table are typed without a flag, an "
            f"estimate needs {FEWEST}; give the shares, or leave --mix out"
        )
    return estimated_shares(known, reference)
