"""Draw the labelled survey: classes, colours, temperatures, sky."""

from pathlib import Path

import numpy as np
from stellar import BANDS, CLASSES, command, files
from stellar.reporting import published, survey_figures
from stellar.sample.columns import columns_of, integers_of, thinned

SHOWN = 100_000  # rows drawn at least, if there are so many


def main(stars: Path, classes: Path, colours: Path, temperatures: Path, sky: Path) -> None:
    every_label = integers_of(files.read_table(stars, ["label"]), "label")
    counts = np.bincount(every_label, minlength=len(CLASSES)).tolist()
    wanted = ["ra", "dec", "elodieTEff", "sppTeff", *BANDS]
    drawn = thinned(stars, ["label", *wanted], SHOWN)
    survey, labels = files.survey_of(drawn.schema), integers_of(drawn, "label")
    values = columns_of(drawn, wanted)
    survey_figures.classes(classes, survey, counts, [published.CLASSES[c] for c in CLASSES])
    survey_figures.colour_colour(colours, survey, values, labels)
    kelvin = "elodieTEff"
    survey_figures.temperatures(temperatures, survey, values[kelvin], labels, kelvin)
    survey_figures.sky(sky, survey, values["ra"], values["dec"], labels)


if __name__ == "__main__":
    command.run(main)
