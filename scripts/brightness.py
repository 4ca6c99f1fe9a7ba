"""Score the network against magnitude and signal-to-noise ratio.

python scripts/brightness.py --config '{...}' --schemes schemes.parquet
--network probabilities.parquet --trees probabilities.parquet --brightness brightness.csv
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.crossvalidation.predictions import labelled
from stellar.experiments.brightness import COLUMNS, brightness_rows


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("schemes", "network", "trees", "brightness"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args(argv)

    catalogue = files.read_table(args.schemes, ["specObjID", *COLUMNS])
    rows = []
    for name in ("network", "trees"):
        table = labelled(files.read_table(getattr(args, name)))
        learner = {"trees": "boosted_trees"}.get(name, name)
        rows += [{"learner": learner, **row} for row in brightness_rows(table, catalogue)]
    files.write_text(args.brightness, files.csv_text(rows))


if __name__ == "__main__":
    command.run(main)
