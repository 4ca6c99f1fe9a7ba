"""Label the stars of all shards; what has no spectral class goes to a table of rejects."""

from pathlib import Path

import numpy as np
from stellar import CLASSES, command, files
from stellar.errors import UserError
from stellar.sample.labelling import common_schema, label_shards, labelled_pieces, labelled_schema
from stellar.sample.spectral_types import LABEL_COLUMN

MIN_CLASSES = 2


def main(
    config: command.Slice, shards: list[Path], stars: Path, rejects: Path, counts: Path
) -> None:
    scheme, schema = config["label"], common_schema(shards)
    with files.replacing(rejects) as temporary:
        with temporary.open("w", encoding="utf-8", newline="") as rejected:
            labelling = label_shards(shards, scheme, rejected)
        rows, labelled = len(labelling.numbers), len(labelling.stars)
        found = np.bincount(labelling.numbers[labelling.numbers >= 0], minlength=len(CLASSES))
        if (found > 0).sum() < MIN_CLASSES:
            reasons = labelling.reasons.most_common(1)
            why = f"; most rows are rejected as {reasons[0][0]!r}" if reasons else ""
            raise UserError(
                f"{rows} rows give fewer than {MIN_CLASSES} spectral classes by label {scheme} "
                f"(column {LABEL_COLUMN[scheme]}){why}; choose another label or other stars"
            )
        with files.table_writer(stars, labelled_schema(schema)) as write:
            for piece in labelled_pieces(shards, labelling):
                write(piece)
    files.write_json(
        counts,
        {
            "survey": files.survey_of(schema),
            "label": scheme,
            "rows": rows,
            "labelled": labelled,
            "stars": int(labelling.stars.max()) + 1,
            "classes": {c: int(n) for c, n in zip(CLASSES, found, strict=True)},
            "rejects": dict(labelling.reasons),
        },
    )
    command.log.info("%d of %d rows labelled", labelled, rows)


if __name__ == "__main__":
    command.run(main)
