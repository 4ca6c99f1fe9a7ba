"""Read a user's own table of stars into shards.

python scripts/import_table.py --config '{...}' --table stars.csv --shard-files shard-*.parquet
"""

from collections.abc import Sequence
from pathlib import Path

from stellar import command
from stellar.survey import user_table


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("--shard-files", nargs="+", required=True)
    args = parser.parse_args(argv)
    stars = user_table.stars(args.table, args.config["columns"], args.config["units"])
    rows = user_table.write_shards(stars, args.shard_files)
    command.log.info("%d stars", rows)


if __name__ == "__main__":
    command.run(main)
