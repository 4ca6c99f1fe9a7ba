"""Score the network and the trees against magnitude and signal-to-noise ratio."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.experiments.brightness import COLUMNS, brightness_table


def main(sample: Path, network: Path, trees: Path, brightness: Path) -> None:
    catalogue = files.read_table(sample, ["specObjID", *COLUMNS])
    rows = [
        {"learner": learner, **row}
        for learner, path in (("network", network), ("boosted_trees", trees))
        for row in brightness_table(Predictions.read(path).labelled(), catalogue)
    ]
    files.write_csv(brightness, rows)


if __name__ == "__main__":
    command.run(main)
