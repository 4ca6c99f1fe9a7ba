"""Count the stars of SDSS that pass the cuts, and write the SQL of each shard of the sample."""

from dataclasses import asdict
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
    count = sdss.count_query(config["cuts"])
    answers = count_sql.parent / "answers"
    table = skyserver.ask(server, count, sdss.COUNT_TYPES, sdss.stars_by_residue, answers)
    counts = sdss.stars_by_residue(table)
    shards = sdss.plan(counts, config["n_stars"], len(sql))
    rows = [shard.rows for shard in shards]
    command.log.info("SDSS has %d stars with these cuts", counts.sum())
    command.log.info(
        "the sample: %d stars, residues 0 to %d of %d, in %d shards of %d to %d rows",
        sum(rows), shards[-1].high - 1, sdss.MODULUS, len(rows), min(rows), max(rows),
    )  # fmt: skip
    files.write_text(count_sql, count)
    for path, shard in zip(sql, shards, strict=True):
        files.write_text(path, sdss.shard_query(shard, config["cuts"]))
    table_rows = [{"shard": number, **asdict(shard)} for number, shard in enumerate(shards)]
    files.write_text(plan, files.csv_text(table_rows))


if __name__ == "__main__":
    command.run(main)
