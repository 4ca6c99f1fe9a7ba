"""Split labelled stars into training, validation and test rows, standardized for the network.

python scripts/split.py --config '{...}' --stars stars.parquet --train train.parquet
--validation validation.parquet --test test.parquet --scaler scaler.json
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from stellar import CLASSES, catalogue, command, files
from stellar.errors import UserError
from stellar.features import Scaler, columns_needed, resolve
from stellar.samples import features_of, integers_of
from stellar.splits import split_rows

PARTS = ("train", "validation", "test")


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--stars", required=True)
    for name in (*PARTS, "scaler"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args(argv)
    cfg = args.config

    features = resolve(cfg["features"])
    stars = files.read_table(args.stars, ["specObjID", "star", "label", *columns_needed(features)])
    labels = integers_of(stars, "label")
    part = split_rows(
        labels, integers_of(stars, "star"), [cfg["split"][name] for name in PARTS], cfg["seed"]
    )
    if (np.bincount(part, minlength=len(PARTS)) == 0).any():
        raise UserError(f"{len(labels)} labelled stars are too few for three parts; add stars")
    table = features_of(stars, features)
    scaler = Scaler.fit(table[part == 0], features)
    files.write_json(args.scaler, scaler.to_json())
    scaled = scaler.transform(table)
    for number, name in enumerate(PARTS):
        rows = part == number
        columns = {"specObjID": integers_of(stars, "specObjID")[rows]}
        columns |= {name: scaled[rows, j] for j, name in enumerate(features)}
        columns |= {f"is_{c}": (labels[rows] == k).astype(np.uint8) for k, c in enumerate(CLASSES)}
        survey = catalogue.survey_of(stars.schema)
        files.write_table(
            getattr(args, name), pa.table(columns).replace_schema_metadata({"survey": survey})
        )
        command.log.info("%s: %d rows", name, rows.sum())


if __name__ == "__main__":
    command.run(main)
