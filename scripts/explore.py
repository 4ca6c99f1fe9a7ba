"""Draw the labelled survey: classes, colours, temperatures, sky.

python scripts/explore.py --stars stars.parquet --classes classes.svg --colours colours.svg
--temperatures temperatures.svg --sky sky.svg
"""

from collections.abc import Sequence

import numpy as np
from stellar import BANDS, CLASSES, command, files
from stellar.reporting import published, survey_figures
from stellar.sample.columns import columns_of, integers_of, thinned

SHOWN = 100_000  # rows drawn at least, if there are so many


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("stars", "classes", "colours", "temperatures", "sky"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args(argv)

    wanted = ["ra", "dec", "elodieTEff", "sppTeff", *BANDS]
    every_label = integers_of(files.read_table(args.stars, ["label"]), "label")
    counts = np.bincount(every_label, minlength=len(CLASSES)).tolist()
    stars = thinned(args.stars, ["label", *wanted], SHOWN)
    survey = files.survey_of(stars.schema)
    labels = integers_of(stars, "label")
    values = columns_of(stars, wanted)
    survey_figures.classes(args.classes, survey, counts, [published.CLASSES[c] for c in CLASSES])
    survey_figures.colour_colour(args.colours, survey, values, labels)
    survey_figures.temperatures(
        args.temperatures, survey, values["elodieTEff"], labels, "elodieTEff"
    )
    survey_figures.sky(args.sky, survey, values["ra"], values["dec"], labels)


if __name__ == "__main__":
    command.run(main)
