"""Write the SQL that one shard of the survey sends to SkyServer.

python scripts/plan_query.py --config '{...}' --shard 0 --sql results/query/shard-00.sql
"""

from collections.abc import Sequence

from stellar import command, files, sdss


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--shard", type=int, required=True)
    parser.add_argument("--sql", required=True)
    args = parser.parse_args(argv)
    cfg = args.config
    sql = sdss.shard_query(args.shard, cfg["shards"], cfg["n_stars"], cfg["sdss"])
    files.write_text(args.sql, sql)


if __name__ == "__main__":
    command.run(main)
