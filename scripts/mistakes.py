"""List the network's most expensive mistakes."""

from pathlib import Path

import numpy as np
from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.experiments.mistakes import COLUMNS
from stellar.experiments.mistakes import mistakes as find_mistakes


def main(config: command.Slice, sample: Path, network: Path, mistakes: Path) -> None:
    predictions = Predictions.read(network).labelled()
    costs = np.array(config["costs"], np.float64)
    rows = []
    if not predictions.skipped:
        catalogue = files.read_table(sample, list(COLUMNS))
        rows = find_mistakes(predictions, catalogue, costs, config["release"])
    files.write_text(mistakes, files.csv_text(rows))
    command.log.info("%d mistakes listed", len(rows))


if __name__ == "__main__":
    command.run(main)
