"""Read a user's own table of stars into shards.

python scripts/import_table.py --config '{...}' --table stars.csv --shard-files shard-*.parquet
"""

from collections.abc import Sequence
from pathlib import Path

from stellar import command, files, user_table
from stellar.standardisation import standardise


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--shard-files", nargs="+", required=True)
    args = parser.parse_args(argv)
    raw = user_table.read(args.table)
    renamed = user_table.rename(raw, args.config["columns"], str(args.table))
    table = standardise(renamed, args.table.name)
    command.log.info("%d stars, columns %s", table.num_rows, ", ".join(renamed.columns))
    shards = len(args.shard_files)
    for number, path in enumerate(args.shard_files):
        low, high = (table.num_rows * n // shards for n in (number, number + 1))
        files.write_table(path, table.slice(low, high - low))


if __name__ == "__main__":
    command.run(main)
