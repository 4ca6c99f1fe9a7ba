"""Stars under all label schemes at once, and the negatives: objects of other classes than O to M.

The rows are the labelled stars in their order, then the negatives among the rejects. The schemes
label the same rows, so that their scores differ by the label alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import LABEL_COLUMN, NO_LABEL, files
from stellar.sample.columns import integers
from stellar.sample.identity import stars_of
from stellar.sample.spectral_types import (
    LABEL_INPUTS,
    NEGATIVES,
    SCHEMES,
    Labelled,
    label_rows,
)

_NEEDED = list(dict.fromkeys([*LABEL_COLUMN.values(), *LABEL_INPUTS]))


def schema_of_schemes(stars: str | Path) -> pa.Schema:
    """Columns of `pieces_of_schemes` from a file of labelled stars."""
    given = files.read_schema(stars)
    for name in ("label", "star"):
        given = given.remove(given.get_field_index(name))
    for scheme in SCHEMES:
        given = given.append(pa.field(f"label_{scheme}", pa.int8()))
    return given.append(pa.field("fold", pa.int8())).append(pa.field("negative", pa.string()))


def pieces_of_schemes(
    stars: str | Path, fold: NDArray[np.int8], shards: Sequence[str | Path]
) -> Iterator[pa.Table]:
    """Labelled stars, then negatives among the other rows, with labels by each scheme.

    A label that a scheme does not give is -1. `negative` says what a row is instead of a star O to
    M, by SDSS's own template. Negatives among the rejects have no label by any scheme; they are
    assigned to the folds in turn.

    Parameters
    ----------
    stars : str or Path
        Labelled stars.
    fold : array of int8, shape (n_stars,)
        Their folds.
    shards : sequence of str or Path
        All rows of the survey.
    """
    row, ids = 0, []
    for piece in files.read_pieces(stars):
        here = slice(row, row + piece.num_rows)
        ids.append(integers(piece, "specObjID"))
        by_scheme = _labels(piece)
        numbers = [labelled.numbers for labelled in by_scheme.values()]
        rest = piece.drop_columns(["label", "star"])
        yield _with(rest, numbers, fold[here], by_scheme["subclass"])
        row += piece.num_rows
    negatives = _negatives(shards, np.concatenate(ids))
    why = _labels(negatives)["subclass"]
    none = [np.full(negatives.num_rows, NO_LABEL, np.int8)] * len(SCHEMES)
    yield _with(negatives, none, _folds_of(negatives, stars, fold), why)


def _negatives(shards: Sequence[str | Path], ids: NDArray[np.uint64]) -> pa.Table:
    """Rows of other classes than O to M and none of the `ids`, which are sorted once."""
    pieces = (piece for path in shards for piece in files.read_pieces(path))
    found = pa.concat_tables(piece.filter(pa.array(_is_negative(piece))) for piece in pieces)
    return found.filter(pa.array(~np.isin(integers(found, "specObjID"), ids)))


def _is_negative(piece: pa.Table) -> NDArray[np.bool_]:
    return np.isin(_labels(piece)["subclass"].reasons.astype(str), NEGATIVES)


def _folds_of(negatives: pa.Table, stars: str | Path, fold: NDArray[np.int8]) -> NDArray[np.int8]:
    """Folds of negatives: where a labelled row is the same star, its fold; else in turn."""
    columns = ["ra", "dec", "bestObjID"]
    places = pa.concat_tables([files.read_table(stars, columns), negatives.select(columns)])
    star = stars_of(places)
    of_star = np.arange(star.max() + 1) % (int(fold.max()) + 1)
    of_star[star[: len(fold)]] = fold
    return of_star[star[len(fold) :]].astype(np.int8)


def _labels(piece: pa.Table) -> dict[str, Labelled]:
    stars = piece.select(_NEEDED).to_pandas()
    return {scheme: label_rows(stars, scheme) for scheme in SCHEMES}


def _with(
    piece: pa.Table, numbers: Sequence[NDArray[np.int8]], fold: NDArray[np.int8], subclass: Labelled
) -> pa.Table:
    for scheme, column in zip(SCHEMES, numbers, strict=True):
        piece = piece.append_column(f"label_{scheme}", pa.array(column, pa.int8()))
    reasons = [r if r in NEGATIVES else None for r in subclass.reasons]
    piece = piece.append_column("fold", pa.array(fold, pa.int8()))
    return piece.append_column("negative", pa.array(reasons, pa.string()))
