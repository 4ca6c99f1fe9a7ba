"""How right the models are about a table whose types are known."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar import CLASSES, NO_LABEL
from stellar.classify.rows import NO_TIER, Types
from stellar.classify.typed import ROWS, Tally, Typist, begun
from stellar.errors import UserError
from stellar.evaluation import metrics
from stellar.sample.spectral_types import parse_type
from stellar.survey.label_column import listed
from stellar.survey.table_file import TableFile

_Z = 1.959963984540054  # half the width of a normal distribution's 95 %


@dataclass
class Known:
    """Types of rows beside the known ones.

    Attributes
    ----------
    typist : Typist
        Who typed them, and has looked at the table (`begun`).
    truth : list of array of int8, shape (n_rows,)
        Of each batch the known class numbers; -1: none.
    types : list of Types
        Of each batch what the models say.
    unread : Counter of str
        Why rows have no known class.
    """

    typist: Typist
    truth: list[NDArray[np.int8]] = field(default_factory=list)
    types: list[Types] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)

    @property
    def much_flagged(self) -> bool:
        """Whether more rows are flagged than of good stars, as `Tally` has it."""
        good = sum(int(((t.code == 0) & (t.tier != NO_TIER)).sum()) for t in self.types)
        return Tally(sum(map(len, self.truth)), flags=Counter({"": good})).much_flagged


def known_types(table: TableFile, typist: Typist, column: str) -> Known:
    """Type a table, and read the known types of one of its columns.

    Raises
    ------
    UserError
        The table has no such column, no row of it has a spectral class, none of those that have
        one can be typed, or z is a redshift.
    """
    alike = [name for name in table.names if name.lower() == column.lower()]
    if column not in table.names and len(alike) == 1:  # SDSS's files say subclass
        column = alike[0]
    if column not in table.names:
        by_lower = {name.lower(): name for name in table.names}
        close = [by_lower[name] for name in get_close_matches(column.lower(), by_lower, 1)]
        raise UserError(
            f"{table.path} has no column {column}; name that of the known types by "
            f"{' '.join(['--truth', *map(shlex.quote, close)])}; it has {listed(table.names)}"
        )
    own = list(dict.fromkeys([*typist.plan.own, column]))
    typist, batches = begun(typist, table, table.batches(own, ROWS))
    found = Known(typist)
    for batch in batches:
        found.truth.append(_classes(batch[column], found.unread))
        found.types.append(typist.types(batch))
    if not any((truth != NO_LABEL).any() for truth in found.truth):
        why = found.unread.most_common(1)[0][0] if found.unread else "it holds no row"
        raise UserError(f"{table.path}: column {column} has no spectral class O to M: {why}")
    typed = (types.classes != NO_LABEL for types in found.types)
    if not any(((t != NO_LABEL) & own).any() for t, own in zip(found.truth, typed, strict=True)):
        fewest = ", ".join(typist.plan.columns[name] for name in typist.models[-1].columns)
        raise UserError(
            f"{table.path}: no row with a known type has a value that can be in each of {fewest}; "
            "name the right columns by --column"
        )
    return found


def _classes(column: pa.ChunkedArray, unread: Counter[str]) -> NDArray[np.int8]:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    coded = pc.dictionary_encode(column.cast(pa.string()).fill_null("")).combine_chunks()
    parsed = [parse_type(text) for text in coded.dictionary.to_pylist()]
    numbers = [CLASSES.index(p.spectral_class) if p.spectral_class else NO_LABEL for p in parsed]
    places = coded.indices.to_numpy()
    for place, rows in enumerate(np.bincount(places, minlength=len(parsed)).tolist()):
        if parsed[place].reason:
            unread[parsed[place].reason] += rows
    return np.array(numbers, np.int8)[places]


def scores(found: Known, tiers: Sequence[str]) -> dict[str, Any]:
    """Scores of the rows that have a known and a predicted type.

    Parameters
    ----------
    found : Known
    tiers : sequence of str
        Of the models that typed them.

    Returns
    -------
    dict
        `rows`, `no_known_type` by reason, `no_type` (rows that the models gave none), and the
        scores of `all` and of `unflagged` rows and of each of the `tiers`: `rows`, `accuracy`,
        `recall_macro`, `log_loss`, `calibration_error`, `reliability` (bins of confidence),
        `coverage` and `set_size` of the conformal sets, `recall`, `precision` by class,
        `confusion` (rows the true class); None where there is no row.
    """
    truth = np.concatenate(found.truth)
    called = np.concatenate([types.classes for types in found.types])
    code = np.concatenate([types.code for types in found.types])
    shares = np.concatenate([types.probabilities for types in found.types])
    bits = np.concatenate([types.sets for types in found.types])
    tier = np.concatenate([types.tier for types in found.types])
    both = (truth != NO_LABEL) & (called != NO_LABEL)

    def of(rows: NDArray[np.bool_]) -> dict[str, Any] | None:
        return _scores(truth[rows], shares[rows], bits[rows]) if rows.any() else None

    return {
        "rows": len(truth),
        "no_known_type": dict(found.unread),
        "no_type": int(((truth != NO_LABEL) & (called == NO_LABEL)).sum()),
        "all": of(both),
        "unflagged": of(both & (code == 0)),
        "tiers": {name: of(both & (tier == number)) for number, name in enumerate(tiers)},
    }


def _scores(
    truth: NDArray[np.int8], shares: NDArray[np.float32], bits: NDArray[np.uint8]
) -> dict[str, Any]:
    table = metrics.confusion(truth, shares.argmax(axis=1))
    right, rows, calls = np.diag(table), table.sum(axis=1), table.sum(axis=0)
    recall = {c: float(right[k] / rows[k]) if rows[k] else None for k, c in enumerate(CLASSES)}
    sizes = np.unpackbits(bits[:, None], axis=1).sum(axis=1)
    return {
        "rows": len(truth),
        "accuracy": float(right.sum() / len(truth)),
        "recall_macro": float(np.mean([value for value in recall.values() if value is not None])),
        "log_loss": metrics.log_loss(truth, shares),
        "calibration_error": metrics.calibration_error(truth, shares),
        "reliability": metrics.confidence_bins(shares.max(axis=1), shares.argmax(axis=1) == truth),
        "coverage": float((bits >> truth.astype(np.uint8) & 1).mean()),
        "set_size": float(sizes.mean()),
        "recall": recall,
        "precision": {
            c: float(right[k] / calls[k]) if calls[k] else None for k, c in enumerate(CLASSES)
        },
        "confusion": table.tolist(),
    }


def interval(own: Mapping[str, Any]) -> tuple[float, float]:
    """Wilson's 95 % interval of an accuracy, as `metrics.wilson` has it, without SciPy.

    Parameters
    ----------
    own : mapping
        With `accuracy` and `rows`.
    """
    share, weight = own["accuracy"], _Z**2 / own["rows"]
    middle = (share + weight / 2) / (1 + weight)
    half = np.sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    return float(max(middle - half, 0.0)), float(min(middle + half, 1.0))


def in_words(found: Mapping[str, Any]) -> str:
    """Scores as text for a terminal."""
    lines = [f"{found['rows']:,} rows"]
    lines += [
        f"{rows:,} without a known type: {why}" for why, rows in found["no_known_type"].items()
    ]
    if found["no_type"]:
        lines.append(f"{found['no_type']:,} that the models give no type")
    for name, own in found["tiers"].items():
        if own is not None:
            lines.append(f"{own['rows']:,} by {name}, accuracy {own['accuracy']:.1%}")
    for name in ("all", "unflagged"):
        own = found[name]
        if own is None:
            continue
        lines += [
            f"\n{name}: {own['rows']:,} rows, accuracy {own['accuracy']:.1%} (95 % interval "
            f"{' to '.join(f'{end:.1%}' for end in interval(own))}), mean recall "
            f"{own['recall_macro']:.1%}, log-loss {own['log_loss']:.3f}, calibration error "
            f"{own['calibration_error']:.1%}, sets hold {own['coverage']:.1%} "
            f"with {own['set_size']:.2f} classes",
            "true \\ called " + "".join(f"{c:>8}" for c in CLASSES) + "   recall  precision",
        ]
        for name_of, row in zip(CLASSES, own["confusion"], strict=True):
            recall, precision = (_percent(own[key][name_of]) for key in ("recall", "precision"))
            counts = "".join(f"{n:8,}" for n in row)
            lines.append(f"{name_of:>13} {counts}{recall:>9}{precision:>11}")
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
