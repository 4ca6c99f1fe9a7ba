"""Draw the labelled survey: classes, temperatures, magnitudes, features, single stars."""

from pathlib import Path

from stellar import command
from stellar.reporting.figures import diagrams, saved, survey
from stellar.sample.columns import arrays_of, integers, thinned

COUNTED = 100_000  # rows that statistics are of at least, if there are so many
VALUES = ["snMedian", *survey.FEATURES]


def main(stars: Path, figures: list[Path]) -> None:
    shown, some = diagrams.Stars.of(stars), thinned(stars, ["label", *VALUES], COUNTED)
    charts = {
        **survey.charts(shown.counts, arrays_of(some, VALUES), integers(some, "label")),
        "colours": diagrams.colours(shown.rows),
        "colour_magnitude": diagrams.colour_magnitude(shown.rows),
        "sky": diagrams.sky(shown.rows),
    }
    saved.save_all(charts, figures, shown.survey)


if __name__ == "__main__":
    command.run(main)
