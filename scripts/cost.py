"""Where the time went, by rule and by job: Snakemake's benchmark files and the jobs' logs."""

from pathlib import Path

from stellar import command, files
from stellar.command import Slice
from stellar.workflow.costs import cost_rows, job_rows, jobs_of


def main(config: Slice, benchmarks: list[Path], logs: list[Path], cost: Path, jobs: Path) -> None:
    known = jobs_of(benchmarks, logs)
    rows = cost_rows(known, config["purposes"], config["after"])
    files.write_text(cost, files.csv_text(rows))
    files.write_text(jobs, files.csv_text(job_rows(known)))


if __name__ == "__main__":
    command.run(main)
