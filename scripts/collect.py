"""Score what baselines, folds and ablations predicted."""

from pathlib import Path

import numpy as np
from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.evaluation.study_tables import all_tables
from stellar.sample.columns import integers


def main(
    config: command.Slice,
    baselines: list[Path],
    folds: list[Path],
    ablations: list[Path],
    test: Path,
    pooled: Path,
    **tables: Path,
) -> None:
    beside, of_folds, without = (
        [Predictions.read(path) for path in paths] for paths in (baselines, folds, ablations)
    )
    test_ids = integers(files.read_table(test, ["specObjID"]), "specObjID")
    costs = np.array(config["costs"], np.float64)
    found, document = all_tables(Predictions.together(of_folds), beside, without, test_ids, costs)
    for name, rows in found.items():
        files.write_csv(tables[f"{name}_table"], rows)
    files.write_json(pooled, document)


if __name__ == "__main__":
    command.run(main)
