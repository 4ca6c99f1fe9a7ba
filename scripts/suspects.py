"""List the stars whose labels the cross-validated probabilities contradict."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import labelled
from stellar.experiments.suspects import COLUMNS
from stellar.experiments.suspects import suspects as find_suspects


def main(config: command.Slice, schemes: Path, probabilities: Path, suspects: Path) -> None:
    table = labelled(files.read_table(probabilities))
    catalogue = files.read_table(schemes, list(COLUMNS))
    rows = []
    if table.num_rows:  # none of a tier that was skipped
        rows = find_suspects(table, catalogue, config["most"], config["release"], config["seed"])
    files.write_text(suspects, files.csv_text(rows) if rows else "rank\n")
    command.log.info("%d suspects listed", len(rows))


if __name__ == "__main__":
    command.run(main)
