"""Assign each labelled row to a cross-validation fold: stratified, each star in one fold.

python scripts/assign_folds.py --config '{...}' --stars stars.parquet --folds folds.parquet
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from stellar import command, files
from stellar.errors import UserError
from stellar.sample.columns import integers_of
from stellar.sample.splits import fold_rows


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--stars", required=True)
    parser.add_argument("--folds", required=True)
    args = parser.parse_args(argv)
    n_folds = args.config["folds"]

    stars = files.read_table(args.stars, ["specObjID", "star", "label"])
    fold = fold_rows(
        integers_of(stars, "label"), integers_of(stars, "star"), n_folds, args.config["seed"]
    )
    sizes = np.bincount(fold, minlength=n_folds)
    if (sizes == 0).any():
        raise UserError(
            f"{stars.num_rows} labelled stars cannot fill {n_folds} folds; lower cv.folds"
        )
    files.write_table(args.folds, pa.table({"specObjID": stars["specObjID"], "fold": fold}))
    command.log.info("rows a fold: %d to %d", sizes.min(), sizes.max())


if __name__ == "__main__":
    command.run(main)
