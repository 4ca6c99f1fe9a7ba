"""Make one shard of the simulated survey."""

from pathlib import Path

from stellar import command, files
from stellar.survey.conversion import to_catalogue
from stellar.survey.simulated.shard import simulate_shard


def main(config: command.Slice, shard: Path) -> None:
    number, n_stars, shards = config["shard"], config["n_stars"], config["shards"]
    low, high = (n_stars * n // shards for n in (number, number + 1))
    raw = simulate_shard(
        seed=config["seed"], shard=number, n_stars=high - low, **config["simulated"]
    )
    table = to_catalogue(raw, "simulated")
    command.log.info("%d stars", table.num_rows)
    files.write_table(shard, table)


if __name__ == "__main__":
    command.run(main)
