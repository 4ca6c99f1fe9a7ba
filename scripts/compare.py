"""Score tiers and rivals on the folds that chose nothing."""

from pathlib import Path

import numpy as np
from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.evaluation.comparison_tables import confusion_table, rival_table, tier_table


def main(
    config: command.Slice, tiers: list[Path], network: Path, rivals: list[Path], **tables: Path
) -> None:
    costs = np.array(config["costs"], np.float64)
    of_tiers, others = ([Predictions.read(path) for path in paths] for paths in (tiers, rivals))
    own, trees = Predictions.read(network), others[0]  # the rule lists them first
    if not trees.skipped:
        others.insert(1, Predictions.averaged([own, trees], "network_and_trees"))
    files.write_csv(tables["tiers_table"], tier_table(of_tiers, costs))
    files.write_csv(tables["rivals_table"], rival_table(own, others, costs, config["rope"]))
    files.write_csv(tables["confusions_table"], confusion_table([*of_tiers, *others]))


if __name__ == "__main__":
    command.run(main)
