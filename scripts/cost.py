"""Where the time went, by rule and by job: Snakemake's benchmark files and the jobs' logs.

python scripts/cost.py --benchmarks results/benchmarks/*.tsv --root results/benchmarks
--logs results/logs/*.log --cost cost.csv --jobs jobs.csv
"""

from collections.abc import Sequence
from pathlib import Path

from stellar import command, files
from stellar.workflow.costs import Job, cost_rows, job_rows


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("benchmarks", "logs"):
        parser.add_argument(f"--{name}", type=Path, nargs="+", required=True)
    parser.add_argument("--root", type=Path, required=True)
    for name in ("cost", "jobs"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args(argv)
    jobs = [
        Job(*_named(benchmark.relative_to(args.root)), benchmark, log)
        for benchmark, log in zip(args.benchmarks, args.logs, strict=True)
    ]
    files.write_text(args.cost, files.csv_text(cost_rows(jobs)))
    files.write_text(args.jobs, files.csv_text(job_rows(jobs)))


def _named(benchmark: Path) -> tuple[str, str]:
    """A rule, and which of its jobs (empty: the only one)."""
    rule, *job = benchmark.with_suffix("").parts
    return rule, "/".join(job)


if __name__ == "__main__":
    command.run(main)
