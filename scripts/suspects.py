"""List the stars whose labels the cross-validated probabilities contradict."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.experiments import suspects as doubtful


def main(config: command.Slice, sample: Path, probabilities: Path, suspects: Path) -> None:
    predictions = Predictions.read(probabilities).labelled()
    catalogue = files.read_table(sample, doubtful.COLUMNS)
    most, release, seed = config["most"], config["release"], config["seed"]
    rows = doubtful.suspects(predictions, catalogue, most, release, seed)
    files.write_csv(suspects, rows)
    command.log.info("%d suspects listed", len(rows))


if __name__ == "__main__":
    command.run(main)
