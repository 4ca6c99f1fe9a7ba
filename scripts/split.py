"""Split labelled stars into training, validation and test rows, standardized for the network."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
from stellar import command, files
from stellar.errors import UserError
from stellar.sample.columns import integers_of
from stellar.sample.features import resolve
from stellar.sample.split_files import fit_scaler, scaled_pieces, scaled_schema
from stellar.sample.splits import split_rows


def main(
    config: command.Slice, stars: Path, train: Path, validation: Path, test: Path, scaler: Path
) -> None:
    parts = {"train": train, "validation": validation, "test": test}
    table = files.read_table(stars, ["star", "label"])
    fractions = [config["split"][name] for name in parts]
    part = split_rows(
        integers_of(table, "label"), integers_of(table, "star"), fractions, config["seed"]
    )
    rows = np.bincount(part, minlength=len(parts))
    if (rows == 0).any():
        raise UserError(f"{len(part)} labelled stars are too few for three parts; add stars")
    fitted = fit_scaler(stars, part == 0, resolve(config["features"]))
    schema = scaled_schema(stars, fitted.features)
    with ExitStack() as open_files:
        writers = [
            open_files.enter_context(files.table_writer(path, schema)) for path in parts.values()
        ]
        row = 0
        for piece in scaled_pieces(stars, fitted):
            side = part[row : row + piece.num_rows]
            row += piece.num_rows
            for number, write in enumerate(writers):
                write(piece.filter(pa.array(side == number)))
    files.write_json(scaler, fitted.to_json())
    for name, number in zip(parts, rows, strict=True):
        command.log.info("%s: %d rows", name, number)


if __name__ == "__main__":
    command.run(main)
