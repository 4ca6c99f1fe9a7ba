"""Draw the honest answer: tiers, reliability, risk, learning curves and the experiments.

python scripts/honest_figures.py --tiers tiers.csv
--reliability reliability.csv --risk-coverage risk_coverage.csv --learning-curves *.csv
--memorise memorise.csv --importance *.csv --brightness brightness.csv --pooled pooled.json
--figures tiers.svg reliability.svg ...
"""

from collections.abc import Sequence
from pathlib import Path

from stellar import command, files
from stellar.reporting import answer_figures

ONE = ("tiers", "reliability", "risk_coverage", "memorise", "brightness")
SEVERAL = ("learning_curves", "importance")


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in (*ONE, "pooled"):
        parser.add_argument(f"--{name.replace('_', '-')}", required=True)
    for name in SEVERAL:
        parser.add_argument(f"--{name.replace('_', '-')}", nargs="+", required=True)
    parser.add_argument("--figures", type=Path, nargs="+", required=True)
    args = parser.parse_args(argv)

    survey = files.read_json(args.pooled)["survey"]
    for path in args.figures:
        given = getattr(args, path.stem)
        tables = [given] if path.stem in ONE else given
        rows = [row for table in tables for row in files.read_csv(table)]
        getattr(answer_figures, path.stem)(path, survey, rows)


if __name__ == "__main__":
    command.run(main)
