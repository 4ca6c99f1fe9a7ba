"""Make one shard of the simulated survey.

python scripts/simulate_shard.py --config '{...}' --shard 0 --shard-file shard-00.parquet
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.survey.conversion import standardise
from stellar.survey.simulated.shard import simulate_shard


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--shard", type=int, required=True)
    parser.add_argument("--shard-file", required=True)
    args = parser.parse_args(argv)
    cfg = args.config
    low, high = (cfg["n_stars"] * n // cfg["shards"] for n in (args.shard, args.shard + 1))
    raw = simulate_shard(
        seed=cfg["seed"],
        shard=args.shard,
        n_stars=high - low,
        repeats=cfg["simulated"]["repeats"],
        elodie=cfg["simulated"]["elodie"],
    )
    table = standardise(raw, "simulated")
    command.log.info("%d stars", table.num_rows)
    files.write_table(args.shard_file, table)


if __name__ == "__main__":
    command.run(main)
