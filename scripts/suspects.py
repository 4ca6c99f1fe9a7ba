"""List the stars whose labels the cross-validated probabilities contradict."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.experiments.suspects import COLUMNS
from stellar.experiments.suspects import suspects as find_suspects


def main(config: command.Slice, sample: Path, probabilities: Path, suspects: Path) -> None:
    predictions = Predictions.read(probabilities).labelled()
    catalogue = files.read_table(sample, list(COLUMNS))
    rows = []
    if not predictions.skipped:
        rows = find_suspects(
            predictions, catalogue, config["most"], config["release"], config["seed"]
        )
    files.write_text(suspects, files.csv_text(rows))
    command.log.info("%d suspects listed", len(rows))


if __name__ == "__main__":
    command.run(main)
