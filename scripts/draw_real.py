"""Draw the survey beside a table of real stars: colours of both by class."""

from pathlib import Path

import numpy as np
from stellar import BANDS, command
from stellar.reporting.figures import diagrams, saved, survey
from stellar.sample.columns import arrays_of, integers, thinned
from stellar.survey.real_stars import labelled

COUNTED = 100_000  # rows of the survey that medians are of at least, if there are so many
MOST = 1000  # real stars that are shown


def main(config: command.Slice, stars: Path, table: Path, figures: list[Path]) -> None:
    real, kinds = labelled(table, list(diagrams.SHOWN), **config)
    some = diagrams.chosen(np.arange(len(kinds), dtype=np.uint64), kinds, MOST)
    beside = diagrams.table(arrays_of(real.take(some), list(diagrams.SHOWN)), kinds[some])
    shown, counted = diagrams.Stars.of(stars), thinned(stars, ["label", *BANDS], COUNTED)
    name = "simulated stars" if shown.survey == "simulated" else "this survey"
    spreads = {
        name: survey.colour_table(arrays_of(counted, BANDS), integers(counted, "label")),
        "real stars": survey.colour_table(arrays_of(real, BANDS), kinds),
    }
    chart = diagrams.real(shown.rows, beside, spreads)
    saved.save_all({"real": chart}, figures, "")  # its title says which stars are simulated


if __name__ == "__main__":
    command.run(main)
