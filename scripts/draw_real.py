"""Draw the survey beside a table of real stars: colours of both by class."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from stellar import BANDS, LABEL_COLUMN, command, files
from stellar.errors import UserError
from stellar.reporting.figures import diagrams, saved, survey
from stellar.sample.columns import arrays_of, integers, taken, thinned
from stellar.sample.spectral_types import LABEL_INPUTS, label_rows
from stellar.survey import user_table

COUNTED = 100_000  # rows of the survey that medians are of at least, if there are so many
MOST = 1000  # real stars that are shown
VALUES = list(diagrams.SHOWN)


def main(config: command.Slice, stars: Path, table: Path, figures: list[Path]) -> None:
    real, kinds = labelled(table, **config)
    every = files.read_table(stars, ["specObjID", "label"])
    ids, labels = (integers(every, name) for name in ("specObjID", "label"))
    shown = diagrams.chosen(ids, labels, diagrams.MOST)
    some = diagrams.chosen(np.arange(len(kinds), dtype=np.uint64), kinds, MOST)
    survey_of = files.survey_of(every.schema)
    counted = thinned(stars, ["label", *BANDS], COUNTED)
    chart = diagrams.real(
        diagrams.table(arrays_of(taken(stars, VALUES, shown), VALUES), labels[shown]),
        diagrams.table(arrays_of(real.take(some), VALUES), kinds[some]),
        {
            "simulated stars" if survey_of == "simulated" else "this survey": colours(
                counted, integers(counted, "label")
            ),
            "real stars": colours(real, kinds),
        },
    )
    saved.save_all({"real": chart}, figures, "")  # its title says which stars are simulated


def labelled(
    table: Path, label: str, columns: dict[str, str | None], units: dict[str, str]
) -> tuple[pa.Table, np.ndarray]:
    """The table's stars that have a class, and their class numbers."""
    column = LABEL_COLUMN[label]
    needed = list(dict.fromkeys([*VALUES, column, *LABEL_INPUTS]))
    pieces = user_table.stars(table, columns, units, label=label)
    try:
        whole = pa.concat_tables(piece.select(needed) for piece in pieces)
    except UserError as error:
        raise UserError(str(error).replace("survey.table.", "real_stars.")) from None
    numbers = label_rows(whole.select([column, *LABEL_INPUTS]).to_pandas(), label).numbers
    if not (numbers >= 0).any():
        raise UserError(
            f"{table}: no star has a class by label {label} (column {column}); correct "
            "real_stars.path or real_stars.columns"
        )
    return whole.filter(pa.array(numbers >= 0)), numbers[numbers >= 0]


def colours(stars: pa.Table, kinds: np.ndarray) -> list[dict[str, object]]:
    """How the colours are spread among the stars of each class."""
    known = arrays_of(stars, BANDS)
    of = {f"{a} − {b}": known[a] - known[b] for a, b in pairwise(BANDS)}
    return survey.quantile_table(of, kinds)


if __name__ == "__main__":
    command.run(main)
