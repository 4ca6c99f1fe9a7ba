"""Fetch one shard of the survey from SkyServer: every row that was counted, or an error.

python scripts/fetch_shard.py --config '{...}' --sql shard-0.sql --plan plan.csv --shard 0
--shard-file shard-0.parquet --origin shard-0.json
"""

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from stellar import command, files
from stellar.survey import sdss, skyserver


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--sql", type=Path, required=True)
    parser.add_argument("--plan", required=True)
    parser.add_argument("--shard", type=int, required=True)
    parser.add_argument("--shard-file", type=Path, required=True)
    parser.add_argument("--origin", required=True)
    skyserver.add_arguments(parser)
    args = parser.parse_args(argv)
    server = skyserver.server(args)

    plan = [sdss.Shard(row["low"], row["high"], row["rows"]) for row in files.read_csv(args.plan)]
    shard = plan[args.shard]
    sample = sum(one.rows for one in plan)
    command.log.info("shard %d of %d: %d of %d rows", args.shard + 1, len(plan), shard.rows, sample)
    to_catalogue = partial(sdss.to_catalogue, shard=shard, survey=f"sdss-dr{server.release}")
    answer = skyserver.ask(
        server,
        args.sql.read_text(encoding="utf-8"),
        sdss.SHARD_TYPES,
        to_catalogue,
        args.sql.parent / "answers",
    )
    table = to_catalogue(answer)
    files.write_table(args.shard_file, table)
    digest = hashlib.sha256(args.shard_file.read_bytes()).hexdigest()
    origin = skyserver.provenance(answer)
    files.write_json(
        args.origin,
        {
            **{key: origin[key] for key in ("sql", "release", "url", "date")},
            "answer": {key: origin[key] for key in ("bytes", "sha256")},
            "rows": table.num_rows,
            "sha256": digest,
        },
    )


if __name__ == "__main__":
    command.run(main)
