"""Where the time went, by rule: Snakemake's benchmark files and the jobs' logs.

python scripts/cost.py --benchmarks results/benchmarks/*.tsv --root results/benchmarks
--logs results/logs/*.log --cost cost.csv
"""

from collections.abc import Sequence
from pathlib import Path

from stellar import command, files
from stellar.costs import Job, cost_rows


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("benchmarks", "logs"):
        parser.add_argument(f"--{name}", type=Path, nargs="+", required=True)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--cost", required=True)
    args = parser.parse_args(argv)
    jobs = [
        Job(benchmark.relative_to(args.root).with_suffix("").parts[0], benchmark, log)
        for benchmark, log in zip(args.benchmarks, args.logs, strict=True)
    ]
    files.write_text(args.cost, files.csv_text(cost_rows(jobs)))


if __name__ == "__main__":
    command.run(main)
