"""Draw the answer: of each figure the tables that have its name, by the function of that name."""

from pathlib import Path

from stellar import command, files
from stellar.reporting.figures import answer, saved


def main(pooled: Path, figures: list[Path], **tables: list[Path]) -> None:
    charts = {
        name: getattr(answer, name)(*(files.read(path) for path in paths))
        for name, paths in tables.items()
    }
    saved.save_all(charts, figures, files.read_json(pooled)["survey"])


if __name__ == "__main__":
    command.run(main)
