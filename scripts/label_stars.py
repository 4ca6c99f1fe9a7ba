"""Label the stars of all shards; what has no spectral class goes to a table of rejects.

python scripts/label_stars.py --config '{"label": "elodie"}' --shards shard-*.parquet
--stars stars.parquet --rejects rejects.csv --counts labels.json
"""

from collections.abc import Sequence

import numpy as np
from stellar import CLASSES, command, files
from stellar.errors import UserError
from stellar.sample.labelling import common_schema, label_shards, labelled_pieces, labelled_schema
from stellar.sample.spectral_types import LABEL_COLUMN

MIN_CLASSES = 2


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--shards", nargs="+", required=True)
    parser.add_argument("--stars", required=True)
    parser.add_argument("--rejects", required=True)
    parser.add_argument("--counts", required=True)
    args = parser.parse_args(argv)
    scheme = args.config["label"]

    schema = common_schema(args.shards)
    with files.replacing(args.rejects) as temporary:
        with temporary.open("w", encoding="utf-8", newline="") as rejects:
            labelling = label_shards(args.shards, scheme, rejects)
        rows, labelled = len(labelling.numbers), len(labelling.stars)
        counts = np.bincount(labelling.numbers[labelling.numbers >= 0], minlength=len(CLASSES))
        if (counts > 0).sum() < MIN_CLASSES:
            reasons = labelling.reasons.most_common(1)
            why = f"; most rows are rejected as {reasons[0][0]!r}" if reasons else ""
            raise UserError(
                f"{rows} rows give fewer than {MIN_CLASSES} spectral classes by label {scheme} "
                f"(column {LABEL_COLUMN[scheme]}){why}; choose another label or other stars"
            )
        with files.table_writer(args.stars, labelled_schema(schema)) as write:
            for piece in labelled_pieces(args.shards, labelling):
                write(piece)
    files.write_json(
        args.counts,
        {
            "survey": files.survey_of(schema),
            "label": scheme,
            "rows": rows,
            "labelled": labelled,
            "stars": int(labelling.stars.max()) + 1,
            "classes": {c: int(n) for c, n in zip(CLASSES, counts, strict=True)},
            "rejects": dict(labelling.reasons),
        },
    )
    command.log.info("%d of %d rows labelled", labelled, rows)


if __name__ == "__main__":
    command.run(main)
