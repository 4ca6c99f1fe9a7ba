"""Score tiers and rivals on the folds that chose nothing."""

from pathlib import Path

import numpy as np
from stellar import command, files
from stellar.evaluation import comparison_tables


def main(
    config: command.Slice,
    tiers: list[Path],
    network: Path,
    rivals: list[Path],
    tiers_table: Path,
    rivals_table: Path,
) -> None:
    costs = np.array(config["costs"], np.float64)
    tables = [files.read_table(path) for path in tiers]
    files.write_text(tiers_table, files.csv_text(comparison_tables.tier_rows(tables, costs)))
    others = [files.read_table(path) for path in rivals]
    rows = comparison_tables.rival_rows(files.read_table(network), others, costs, config["rope"])
    files.write_text(rivals_table, files.csv_text(rows))


if __name__ == "__main__":
    command.run(main)
