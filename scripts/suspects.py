"""List the stars whose labels the cross-validated probabilities contradict.

python scripts/suspects.py --config '{...}' --schemes schemes.parquet
--probabilities probabilities.parquet --suspects suspects.csv
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.crossvalidation.predictions import labelled
from stellar.experiments.suspects import COLUMNS, suspects


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("schemes", "probabilities", "suspects"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args(argv)
    cfg = args.config

    table = labelled(files.read_table(args.probabilities))
    catalogue = files.read_table(args.schemes, list(COLUMNS))
    rows = []
    if table.num_rows:  # none of a tier that was skipped
        rows = suspects(table, catalogue, cfg["most"], cfg["release"], cfg["seed"])
    files.write_text(args.suspects, files.csv_text(rows) if rows else "rank\n")
    command.log.info("%d suspects listed", len(rows))


if __name__ == "__main__":
    command.run(main)
