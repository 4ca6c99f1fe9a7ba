"""Draw the answer: of each figure the tables that have its name, by the function of that name."""

from pathlib import Path

from stellar import command, files
from stellar.reporting import answer_figures


def main(pooled: Path, figures: list[Path], **tables: list[Path]) -> None:
    survey = files.read_json(pooled)["survey"]
    for figure in figures:
        rows = [row for table in tables[figure.stem] for row in files.read_csv(table)]
        getattr(answer_figures, figure.stem)(figure, survey, rows)


if __name__ == "__main__":
    command.run(main)
