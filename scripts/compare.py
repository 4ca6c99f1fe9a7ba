"""Score tiers and rivals on the folds that chose nothing."""

from pathlib import Path

import numpy as np
from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.evaluation import comparison_tables


def main(
    config: command.Slice,
    tiers: list[Path],
    network: Path,
    rivals: list[Path],
    tiers_table: Path,
    rivals_table: Path,
    confusions_table: Path,
) -> None:
    costs = np.array(config["costs"], np.float64)
    of_tiers, others = ([Predictions.read(path) for path in paths] for paths in (tiers, rivals))
    files.write_text(tiers_table, files.csv_text(comparison_tables.tier_table(of_tiers, costs)))
    own, trees = Predictions.read(network), others[0]  # the rule lists them first
    if not trees.skipped:
        others.insert(1, Predictions.averaged([own, trees], "network_and_trees"))
    rows = comparison_tables.rival_table(own, others, costs, config["rope"])
    files.write_text(rivals_table, files.csv_text(rows))
    counts = comparison_tables.confusion_table([*of_tiers, *others])
    files.write_text(confusions_table, files.csv_text(counts))


if __name__ == "__main__":
    command.run(main)
