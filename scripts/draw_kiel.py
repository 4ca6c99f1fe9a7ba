"""Draw the Kiel diagram: surface gravity against temperature, by class and by prediction."""

from pathlib import Path

from stellar import command
from stellar.crossvalidation.predictions import Predictions
from stellar.reporting.figures import diagrams, saved


def main(stars: Path, network: Path, figures: list[Path]) -> None:
    shown, predicted = diagrams.Stars.of(stars), Predictions.read(network).labelled()
    chart = diagrams.kiel(shown.rows, shown.called(predicted.ids, predicted.classes))
    saved.save_all({"kiel": chart}, figures, shown.survey)


if __name__ == "__main__":
    command.run(main)
