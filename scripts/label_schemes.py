"""Label the stars by all schemes, and add the white dwarfs, CVs and carbon stars.

python scripts/label_schemes.py --stars stars.parquet --folds folds.parquet
--shards shard-*.parquet --schemes schemes.parquet
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.sample.schemes import pieces_of_schemes, schema_of_schemes


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("stars", "folds", "schemes"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--shards", nargs="+", required=True)
    args = parser.parse_args(argv)

    with files.table_writer(args.schemes, schema_of_schemes(args.stars)) as write:
        for piece in pieces_of_schemes(args.stars, args.folds, args.shards):
            write(piece)


if __name__ == "__main__":
    command.run(main)
