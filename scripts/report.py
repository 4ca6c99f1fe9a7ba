"""Write the report: one HTML page that needs nothing else."""

from pathlib import Path

from stellar import command, files
from stellar.reporting.page import render


def main(
    config: command.Slice,
    origins: list[Path],
    audits: list[Path],
    figures: list[Path],
    captions: list[Path],
    html: Path,
    **results: Path,
) -> None:
    found = {name: files.read(path) for name, path in results.items()}
    found["verdict"] = [entry for path in audits for entry in files.read_json(path)]
    found["origins"] = [files.read_json(path) for path in origins]
    drawn, said = (
        {path.stem: files.read_text(path) for path in paths if path.suffix == kind}
        for paths, kind in ((figures, ".svg"), (captions, ".rst"))
    )
    files.write_text(html, render(found.pop("template"), config, found, drawn, said))


if __name__ == "__main__":
    command.run(main)
