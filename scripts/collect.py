"""Score what baselines, folds and ablations predicted; all scores of the study are made here.

python scripts/collect.py --config '{...}' --baselines */probabilities.parquet
--folds */probabilities.parquet --ablations */probabilities.parquet --test test.parquet
--baselines-csv baselines.csv --cv-csv cv.csv --ablation-csv ablation.csv --pooled pooled.json
"""

from collections.abc import Sequence

import numpy as np
from stellar import command, files
from stellar.evaluation import study_tables
from stellar.sample.columns import integers_of


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("baselines", "folds", "ablations"):
        parser.add_argument(f"--{name}", nargs="*", required=True)
    for name in ("test", "baselines-csv", "cv-csv", "ablation-csv", "pooled"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args(argv)

    costs = np.array(args.config["costs"], np.float64)
    tables = [files.read_table(path) for path in args.folds]
    folds = study_tables.summarise(tables, costs)["folds"]
    baselines, ablations = (
        [study_tables.summarise([files.read_table(path)], costs) for path in paths]
        for paths in (args.baselines, args.ablations)
    )
    test_ids = integers_of(files.read_table(args.test, ["specObjID"]), "specObjID")
    files.write_text(args.cv_csv, files.csv_text(study_tables.fold_rows(folds)))
    files.write_text(
        args.baselines_csv, files.csv_text(study_tables.variant_rows(baselines, folds))
    )
    files.write_text(args.ablation_csv, files.csv_text(study_tables.variant_rows(ablations, folds)))
    document = study_tables.pooled(tables, folds, test_ids, [*baselines, *ablations])
    files.write_json(args.pooled, document)


if __name__ == "__main__":
    command.run(main)
