"""Split labelled stars into training, validation and test rows, standardized for the network.

python scripts/split.py --config '{...}' --stars stars.parquet --train train.parquet
--validation validation.parquet --test test.parquet --scaler scaler.json
"""

from collections.abc import Sequence
from contextlib import ExitStack

import numpy as np
import pyarrow as pa
from stellar import command, files
from stellar.errors import UserError
from stellar.sample.columns import integers_of
from stellar.sample.features import resolve
from stellar.sample.split_files import fit_scaler, scaled_pieces, scaled_schema
from stellar.sample.splits import split_rows

PARTS = ("train", "validation", "test")


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--stars", required=True)
    for name in (*PARTS, "scaler"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args(argv)
    cfg = args.config

    stars = files.read_table(args.stars, ["star", "label"])
    fractions = [cfg["split"][name] for name in PARTS]
    part = split_rows(
        integers_of(stars, "label"), integers_of(stars, "star"), fractions, cfg["seed"]
    )
    rows = np.bincount(part, minlength=len(PARTS))
    if (rows == 0).any():
        raise UserError(f"{len(part)} labelled stars are too few for three parts; add stars")
    scaler = fit_scaler(args.stars, part == 0, resolve(cfg["features"]))
    schema = scaled_schema(args.stars, scaler.features)
    with ExitStack() as open_files:
        writers = [
            open_files.enter_context(files.table_writer(getattr(args, name), schema))
            for name in PARTS
        ]
        row = 0
        for piece in scaled_pieces(args.stars, scaler):
            side = part[row : row + piece.num_rows]
            row += piece.num_rows
            for number, write in enumerate(writers):
                write(piece.filter(pa.array(side == number)))
    files.write_json(args.scaler, scaler.to_json())
    for name, number in zip(PARTS, rows, strict=True):
        command.log.info("%s: %d rows", name, number)


if __name__ == "__main__":
    command.run(main)
