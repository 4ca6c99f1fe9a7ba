"""Assign each labelled row to a cross-validation fold: stratified, each star in one fold."""

from pathlib import Path

import numpy as np
import pyarrow as pa
from stellar import command, files
from stellar.errors import UserError
from stellar.sample.columns import integers_of
from stellar.sample.splits import fold_rows


def main(config: command.Slice, stars: Path, folds: Path) -> None:
    n_folds = config["folds"]
    table = files.read_table(stars, ["specObjID", "star", "label"])
    fold = fold_rows(
        integers_of(table, "label"), integers_of(table, "star"), n_folds, config["seed"]
    )
    sizes = np.bincount(fold, minlength=n_folds)
    if (sizes == 0).any():
        raise UserError(
            f"{table.num_rows} labelled stars cannot fill {n_folds} folds; lower cv.folds"
        )
    files.write_table(folds, pa.table({"specObjID": table["specObjID"], "fold": fold}))
    command.log.info("rows a fold: %d to %d", sizes.min(), sizes.max())


if __name__ == "__main__":
    command.run(main)
