"""Label the stars by all schemes, and add the white dwarfs, CVs and carbon stars."""

from pathlib import Path

from stellar import command, files
from stellar.sample.schemes import pieces_of_schemes, schema_of_schemes


def main(stars: Path, folds: Path, shards: list[Path], schemes: Path) -> None:
    with files.table_writer(schemes, schema_of_schemes(stars)) as write:
        for piece in pieces_of_schemes(stars, folds, shards):
            write(piece)


if __name__ == "__main__":
    command.run(main)
