"""Where the time went: Snakemake's benchmark files by rule.

python scripts/cost.py --benchmarks results/benchmarks/*.tsv --root results/benchmarks
--cost cost.csv
"""

from collections.abc import Sequence
from pathlib import Path

from stellar import command, files
from stellar.costs import cost_rows


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--benchmarks", type=Path, nargs="+", required=True)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--cost", required=True)
    args = parser.parse_args(argv)
    named = [
        (path.relative_to(args.root).with_suffix("").parts[0], path) for path in args.benchmarks
    ]
    files.write_text(args.cost, files.csv_text(cost_rows(named)))


if __name__ == "__main__":
    command.run(main)
