"""Label the stars of all shards; what has no spectral class goes to a table of rejects."""

from pathlib import Path

from stellar import command, files
from stellar.sample.labelling import (
    ANOTHER_QUESTION,
    common_schema,
    label_shards,
    labelled_pieces,
    labelled_schema,
)
from stellar.sample.spectral_types import NO_STAR


def main(
    config: command.Slice, shards: list[Path], stars: Path, rejects: Path, counts: Path
) -> None:
    scheme, schema = config["label"], common_schema(shards)
    with files.replacing(rejects) as temporary:
        with temporary.open("w", encoding="utf-8", newline="") as rejected:
            labelling = label_shards(shards, scheme, rejected)
        rows, labelled = len(labelling.numbers), len(labelling.stars)
        found = labelling.rows_by_class(scheme)
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
            "classes": found,
            "rejects": dict(labelling.reasons),
        },
    )
    command.log.info("%d of %d rows labelled", labelled, rows)
    if others := labelling.reasons[NO_STAR]:
        command.log.warning("%d rows are no stars and left out: %s", others, ANOTHER_QUESTION)


if __name__ == "__main__":
    command.run(main)
