"""Count the stars of SDSS that pass the cuts, and write the SQL of each shard of the sample.

python scripts/plan_query.py --config '{...}' --count-sql count.sql --plan plan.csv
--sql shard-0.sql shard-1.sql
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from stellar import command, files
from stellar.survey import sdss, skyserver


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--count-sql", type=Path, required=True)
    parser.add_argument("--plan", required=True)
    parser.add_argument("--sql", nargs="+", required=True)
    skyserver.add_arguments(parser)
    args = parser.parse_args(argv)
    cfg = args.config

    count = sdss.count_query(cfg["cuts"])
    table = skyserver.ask(
        skyserver.server(args),
        count,
        sdss.COUNT_TYPES,
        sdss.stars_by_residue,
        args.count_sql.parent / "answers",
    )
    counts = sdss.stars_by_residue(table)
    shards = sdss.plan(counts, cfg["n_stars"], len(args.sql))
    rows = [shard.rows for shard in shards]
    command.log.info("SDSS has %d stars with these cuts", counts.sum())
    command.log.info(
        "the sample: %d stars, residues 0 to %d of %d, in %d shards of %d to %d rows",
        sum(rows), shards[-1].high - 1, sdss.MODULUS, len(rows), min(rows), max(rows),
    )  # fmt: skip
    files.write_text(args.count_sql, count)
    for path, shard in zip(args.sql, shards, strict=True):
        files.write_text(path, sdss.shard_query(shard, cfg["cuts"]))
    files.write_text(
        args.plan,
        files.csv_text([{"shard": n, **asdict(shard)} for n, shard in enumerate(shards)]),
    )


if __name__ == "__main__":
    command.run(main)
