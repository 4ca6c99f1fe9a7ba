"""Where the time went, by rule and by job: Snakemake's benchmark files and the jobs' logs."""

from pathlib import Path

from stellar import command, files
from stellar.command import Slice
from stellar.workflow.costs import cost_table, job_table, jobs_of


def main(config: Slice, benchmarks: list[Path], logs: list[Path], cost: Path, jobs: Path) -> None:
    known = jobs_of(benchmarks, logs)
    rows = cost_table(known, config["purposes"], config["after"])
    files.write_csv(cost, rows)
    files.write_csv(jobs, job_table(known))


if __name__ == "__main__":
    command.run(main)
