"""List the network's most expensive mistakes."""

from pathlib import Path

import numpy as np
from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.experiments import mistakes as dear


def main(config: command.Slice, sample: Path, network: Path, mistakes: Path) -> None:
    predictions = Predictions.read(network).labelled()
    catalogue = files.read_table(sample, dear.COLUMNS)
    costs = np.array(config["costs"], np.float64)
    rows = dear.mistakes(predictions, catalogue, costs, config["release"])
    files.write_csv(mistakes, rows)
    command.log.info("%d mistakes listed", len(rows))


if __name__ == "__main__":
    command.run(main)
