"""Label the stars of all shards; what has no spectral class goes to a table of rejects."""

from pathlib import Path

from stellar import command, files
from stellar.sample import labelling
from stellar.sample.spectral_types import NO_STAR


def main(
    config: command.Slice, shards: list[Path], stars: Path, rejects: Path, counts: Path
) -> None:
    scheme, schema = config["label"], labelling.common_schema(shards)
    with files.replacing(rejects) as temporary:
        with temporary.open("w", encoding="utf-8", newline="") as rejected:
            labels = labelling.label_shards(shards, scheme, rejected)
        found = labels.counts(scheme)
        with files.table_writer(stars, labelling.labelled_schema(schema)) as write:
            for piece in labelling.labelled_pieces(shards, labels):
                write(piece)
    files.write_json(counts, {"survey": files.survey_of(schema), **found})
    command.log.info("%d of %d rows labelled", found["labelled"], found["rows"])
    if others := labels.reasons[NO_STAR]:
        why = labelling.ANOTHER_QUESTION
        command.log.warning("%d rows are no stars and left out: %s", others, why)


if __name__ == "__main__":
    command.run(main)
