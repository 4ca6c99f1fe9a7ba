"""Write the report: one HTML page that needs nothing else; and the configuration of the run."""

from pathlib import Path

from stellar import command, files
from stellar.reporting.page import network as panel
from stellar.reporting.page.page import as_yaml, render


def main(
    config: command.Slice,
    texts: list[Path],
    network: list[Path],
    origins: list[Path],
    audits: list[Path],
    figures: list[Path],
    page: list[Path],
    **results: Path,
) -> None:
    html, configuration = page
    found = {name: files.read(path) for name, path in results.items()}
    found["network"] = panel.packed(network[0]) if network else None
    found["verdict"] = [entry for path in audits for entry in files.read_json(path)]
    found["origins"] = [files.read_json(path) for path in origins]
    drawn = {path.name.partition(".")[0]: files.read_json(path) for path in figures}
    written = {path.name: files.read_text(path) for path in texts}
    files.write_text(configuration, as_yaml(config))
    files.write_text(html, render(written, config, found, drawn))


if __name__ == "__main__":
    command.run(main)
