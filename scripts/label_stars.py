"""Label the stars of all shards; what has no spectral class goes to a table of rejects.

python scripts/label_stars.py --config '{"label": "elodie"}' --shards shard-*.parquet
--stars stars.parquet --rejects rejects.csv --counts labels.json
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from stellar import CLASSES, catalogue, command, files
from stellar.errors import UserError
from stellar.labels import LABEL_COLUMN, label_rows
from stellar.splits import identify_stars
from stellar.standardisation import to_pandas

MIN_CLASSES = 2


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--shards", nargs="+", required=True)
    parser.add_argument("--stars", required=True)
    parser.add_argument("--rejects", required=True)
    parser.add_argument("--counts", required=True)
    args = parser.parse_args(argv)
    scheme = args.config["label"]

    everything = pa.concat_tables([files.read_table(path) for path in args.shards])
    if len(everything["specObjID"].unique()) < everything.num_rows:
        raise UserError("two shards share a specObjID; delete results/shards and run again")
    needed = list({LABEL_COLUMN[scheme], "class", "elodieTEff"})
    labelled = label_rows(to_pandas(everything.select(needed)), scheme)

    kept = labelled.numbers >= 0
    if len(np.unique(labelled.numbers[kept])) < MIN_CLASSES:
        reasons = Counter(labelled.reasons[~kept].tolist()).most_common(1)
        why = f"; most rows are rejected as {reasons[0][0]!r}" if reasons else ""
        raise UserError(
            f"{everything.num_rows} rows give fewer than {MIN_CLASSES} spectral classes by label "
            f"{scheme} (column {LABEL_COLUMN[scheme]}){why}; choose another label or other stars"
        )
    stars = everything.filter(pa.array(kept))
    objects = stars["bestObjID"].fill_null(0).to_numpy()
    star = identify_stars(stars["ra"].to_numpy(), stars["dec"].to_numpy(), objects)
    stars = stars.append_column("label", pa.array(labelled.numbers[kept]))
    stars = stars.append_column("star", pa.array(star))
    files.write_table(args.stars, stars)

    rejected = everything.filter(pa.array(~kept))
    rows = [
        {"specObjID": number, "label": text, "reason": reason}
        for number, text, reason in zip(
            rejected["specObjID"].to_pylist(),
            rejected[LABEL_COLUMN[scheme]].to_pylist(),
            labelled.reasons[~kept],
            strict=True,
        )
    ]
    files.write_text(args.rejects, files.csv_text(rows) if rows else "specObjID,label,reason\n")
    counts = np.bincount(labelled.numbers[kept], minlength=len(CLASSES))
    files.write_json(
        args.counts,
        {
            "survey": catalogue.survey_of(everything.schema),
            "label": scheme,
            "rows": everything.num_rows,
            "labelled": int(kept.sum()),
            "stars": int(star.max()) + 1,
            "classes": {c: int(n) for c, n in zip(CLASSES, counts, strict=True)},
            "rejects": dict(Counter(labelled.reasons[~kept].tolist())),
        },
    )
    command.log.info("%d of %d rows labelled", kept.sum(), everything.num_rows)


if __name__ == "__main__":
    command.run(main)
