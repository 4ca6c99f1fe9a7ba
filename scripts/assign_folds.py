"""Assign folds by star; write the labelled stars with all their labels, and the negatives."""

from pathlib import Path

import numpy as np
from stellar import command, files
from stellar.errors import UserError
from stellar.sample.columns import integers
from stellar.sample.schemes import pieces_of_schemes, schema_of_schemes
from stellar.sample.splits import counted, folds_of_rows


def main(config: command.Slice, stars: Path, shards: list[Path], sample: Path) -> None:
    n_folds = config["folds"]
    table = files.read_table(stars, ["star", "label"])
    star = integers(table, "star")
    fold = folds_of_rows(integers(table, "label"), star, n_folds, config["seed"])
    sizes = np.bincount(fold, minlength=n_folds)
    if (sizes == 0).any():
        raise UserError(f"{counted(star)} cannot fill {n_folds} folds; add stars or lower cv.folds")
    with files.table_writer(sample, schema_of_schemes(stars)) as write:
        for piece in pieces_of_schemes(stars, fold, shards):
            write(piece)
    command.log.info("rows a fold: %d to %d", sizes.min(), sizes.max())


if __name__ == "__main__":
    command.run(main)
