"""Fetch one shard of the survey from SkyServer.

python scripts/fetch_shard.py --config '{...}' --sql shard-00.sql --shard-file shard-00.parquet
"""

import time
from collections.abc import Sequence
from pathlib import Path

from stellar import command, files, sdss
from stellar.standardisation import standardise

PAUSE = 1.0  # seconds: the archive allows sixty queries a minute


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--sql", required=True)
    parser.add_argument("--shard-file", required=True)
    args = parser.parse_args(argv)
    raw = sdss.fetch(Path(args.sql).read_text(encoding="utf-8"), args.config)
    table = standardise(raw, f"sdss-dr{args.config['release']}")
    command.log.info("%d stars", table.num_rows)
    files.write_table(args.shard_file, table)
    time.sleep(PAUSE)


if __name__ == "__main__":
    command.run(main)
