"""Count the stars of SDSS that pass the cuts, and write the SQL of each shard of the sample."""

from pathlib import Path

from stellar import command, files
from stellar.survey import sdss, skyserver


def main(
    config: command.Slice,
    count_sql: Path,
    plan: Path,
    sql: list[Path],
    timeout: float = 600,
    attempts: int = 8,
) -> None:
    server = skyserver.Server(config["url"], config["release"], timeout, attempts)
    count, check = sdss.count_query(config["cuts"]), sdss.stars_by_residue
    answers = count_sql.parent / "answers"
    counts = check(skyserver.ask(server, count, sdss.COUNT_TYPES, check, answers))
    shards = sdss.plan(counts, config["n_stars"], len(sql))
    command.log.info("SDSS has %d stars with these cuts", counts.sum())
    command.log.info("the sample: %s", sdss.in_words(shards))
    files.write_text(count_sql, count)
    for path, shard in zip(sql, shards, strict=True):
        files.write_text(path, sdss.shard_query(shard, config["cuts"]))
    files.write_csv(plan, sdss.plan_table(shards))


if __name__ == "__main__":
    command.run(main)
