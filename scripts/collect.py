"""Score what baselines, folds and ablations predicted."""

from pathlib import Path

import numpy as np
from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.evaluation import study_tables
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
    costs = np.array(config["costs"], np.float64)
    predictions = Predictions.together([Predictions.read(path) for path in folds])
    scored = study_tables.summarise(predictions, costs)["folds"]
    beside, without = (
        [study_tables.summarise(Predictions.read(path), costs) for path in paths]
        for paths in (baselines, ablations)
    )
    test_ids = integers(files.read_table(test, ["specObjID"]), "specObjID")
    for name, rows in {
        "cv_table": study_tables.fold_table(scored),
        "baselines_table": study_tables.variant_table(beside, scored),
        "ablation_table": study_tables.variant_table(without, scored),
    }.items():
        files.write_text(tables[name], files.csv_text(rows))
    document = study_tables.pooled(predictions, scored, test_ids, [*beside, *without])
    files.write_json(pooled, document)


if __name__ == "__main__":
    command.run(main)
