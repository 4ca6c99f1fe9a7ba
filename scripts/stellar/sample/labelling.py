"""Shards to labelled stars, in two passes that hold one piece of the survey at a time.

The first pass labels, writes the rejects and keeps what needs the whole survey: each row's
specObjID and class (9 bytes), each labelled row's place and photometric object (24 bytes). The
second pass writes the labelled rows.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES, LABEL_COLUMN, files
from stellar.errors import UserError
from stellar.sample.identity import identify_stars
from stellar.sample.spectral_types import KIND, LABEL_INPUTS, NO_STAR, label_rows

MIN_CLASSES = 2  # or there is nothing to tell apart
ANOTHER_QUESTION = "star, galaxy or quasar is another question than a star's spectral class"


@dataclass(frozen=True)
class Labelling:
    """Labels of a survey's rows, in the order of its shards.

    Attributes
    ----------
    numbers : array of int8, shape (n_rows,)
        Class numbers; -1: no class.
    stars : array of int64, shape (n_labelled,)
        Numbers of the stars behind the labelled rows.
    reasons : Counter of str
        How often each reason for a reject occurs.
    """

    numbers: NDArray[np.int8]
    stars: NDArray[np.int64]
    reasons: Counter[str]

    def rows_by_class(self, scheme: str) -> dict[str, int]:
        """How many rows have each class, in the order O B A F G K M.

        Raises
        ------
        UserError
            They have fewer than two classes by the label `scheme`.
        """
        numbers = self.numbers[self.numbers >= 0]
        found = np.bincount(numbers, minlength=len(CLASSES))
        if (found > 0).sum() < MIN_CLASSES:
            reasons = self.reasons.most_common(1)
            why = f"; most rows are rejected as {reasons[0][0]!r}" if reasons else ""
            if reasons and reasons[0][0] in (NO_STAR, KIND):
                why += f" ({ANOTHER_QUESTION})"
            raise UserError(
                f"{len(self.numbers)} rows give fewer than {MIN_CLASSES} spectral classes by label "
                f"{scheme} (column {LABEL_COLUMN[scheme]}){why}; "
                "choose another label or other stars"
            )
        return {c: int(n) for c, n in zip(CLASSES, found, strict=True)}

    def counts(self, scheme: str) -> dict[str, Any]:
        """How many rows there are, have a class, which one, or why not; and how many stars.

        Raises
        ------
        UserError
            As `rows_by_class`.
        """
        return {
            "label": scheme,
            "rows": len(self.numbers),
            "labelled": len(self.stars),
            "classes": self.rows_by_class(scheme),
            "stars": int(self.stars.max()) + 1,
            "rejects": dict(self.reasons),
        }


def common_schema(shards: Sequence[str | Path]) -> pa.Schema:
    """Columns and metadata of one survey's shards; raises UserError if they are of several."""
    first, *others = ((path, files.read_schema(path)) for path in shards)
    for path, schema in others:
        if not schema.equals(first[1], check_metadata=True):
            raise UserError(
                f"{first[0]} (survey {files.survey_of(first[1])}) and {path} (survey "
                f"{files.survey_of(schema)}) do not belong together; delete {Path(path).parent} "
                "and run snakemake again"
            )
    return first[1]


def label_shards(shards: Sequence[str | Path], scheme: str, rejects: TextIO) -> Labelling:
    """First pass: label all rows, number the stars, write a CSV of the rows without a class.

    Raises
    ------
    UserError
        A shard is damaged, or a specObjID stands twice.
    """
    label_column = LABEL_COLUMN[scheme]
    kept_columns = ["specObjID", "ra", "dec", "bestObjID"]
    writer = csv.writer(rejects, lineterminator="\n")
    writer.writerow(["specObjID", "label", "reason"])
    ids: list[NDArray[np.uint64]] = []  # of a shard each
    numbers, ra, dec, objects = [], [], [], []
    reasons: Counter[str] = Counter()
    for path in shards:
        of_shard = []
        for piece in files.read_pieces(path, [*kept_columns, label_column, *LABEL_INPUTS]):
            labelled = label_rows(piece.drop_columns(kept_columns).to_pandas(), scheme)
            kept = labelled.numbers >= 0
            stars, rejected = piece.filter(pa.array(kept)), piece.filter(pa.array(~kept))
            why = labelled.reasons[~kept].tolist()
            reasons.update(why)
            columns = (rejected[name].to_pylist() for name in ("specObjID", label_column))
            writer.writerows(zip(*columns, why, strict=True))
            of_shard.append(piece["specObjID"].to_numpy())
            numbers.append(labelled.numbers)
            ra.append(stars["ra"].to_numpy())
            dec.append(stars["dec"].to_numpy())
            objects.append(stars["bestObjID"].fill_null(0).to_numpy())
        ids.append(np.concatenate(of_shard))
    _refuse_repeated_ids(shards, ids)
    del ids
    star = identify_stars(np.concatenate(ra), np.concatenate(dec), np.concatenate(objects))
    return Labelling(np.concatenate(numbers), star, reasons)


def _refuse_repeated_ids(shards: Sequence[str | Path], ids: Sequence[NDArray[np.uint64]]) -> None:
    ordered = np.sort(np.concatenate(ids))
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if len(repeated):
        holders = [str(p) for p, found in zip(shards, ids, strict=True) if repeated[0] in found]
        share = "share" if len(holders) > 1 else "has twice"
        raise UserError(
            f"{' and '.join(holders)} {share} specObjID {repeated[0]}; delete "
            f"{Path(shards[0]).parent} and run snakemake again, or correct the ids of their source"
        )


def labelled_pieces(shards: Sequence[str | Path], labelling: Labelling) -> Iterator[pa.Table]:
    """Second pass: the labelled rows, with their class numbers and stars behind their columns."""
    row = star = 0
    for path in shards:
        for piece in files.read_pieces(path):
            numbers = labelling.numbers[row : row + piece.num_rows]
            kept = numbers >= 0
            stars = labelling.stars[star : star + kept.sum()]
            row, star = row + len(numbers), star + len(stars)
            table = piece.filter(pa.array(kept))
            table = table.append_column("label", pa.array(numbers[kept]))
            yield table.append_column("star", pa.array(stars))


def labelled_schema(schema: pa.Schema) -> pa.Schema:
    """Schema of `labelled_pieces` from that of the shards."""
    return schema.append(pa.field("label", pa.int8())).append(pa.field("star", pa.int64()))
