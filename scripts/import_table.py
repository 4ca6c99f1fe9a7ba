"""Read a user's own table of stars into shards."""

from pathlib import Path

from stellar import command
from stellar.survey import user_table


def main(config: command.Slice, table: Path, shards: list[Path]) -> None:
    stars = user_table.stars(
        table, config["columns"], config["units"], label=config["label"], added=list(config["own"])
    )
    command.log.info("%d stars", user_table.write_shards(stars, shards))


if __name__ == "__main__":
    command.run(main)
