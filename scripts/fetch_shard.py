"""Fetch one shard of the survey from SkyServer: every row that was counted, or an error."""

from functools import partial
from pathlib import Path

from stellar import command, files
from stellar.survey import sdss, skyserver


def main(
    config: command.Slice,
    plan: Path,
    sql: Path,
    shard: Path,
    origin: Path,
    timeout: float = 600,
    attempts: int = 8,
) -> None:
    server = skyserver.Server(config["url"], config["release"], timeout, attempts)
    shards, number = sdss.planned(files.read_csv(plan)), config["shard"]
    wanted, rows = shards[number], sum(one.rows for one in shards)
    command.log.info("shard %d of %d: %d of %d rows", number + 1, len(shards), wanted.rows, rows)
    query, survey = files.read_text(sql), f"sdss-dr{server.release}"
    checked_shard = partial(sdss.checked_shard, shard=wanted, survey=survey, query=query)
    answer = skyserver.ask(server, query, sdss.SHARD_TYPES, checked_shard, sql.parent / "answers")
    files.write_table(shard, checked_shard(answer))
    files.write_json(origin, skyserver.origin(answer, shard))


if __name__ == "__main__":
    command.run(main)
