"""Write the audit's page: one HTML file that needs nothing else."""

from pathlib import Path

from stellar import command, files
from stellar.reporting.audit_page import render


def main(config: command.Slice, template: Path, audits: list[Path], html: Path) -> None:
    entries = [entry for path in audits for entry in files.read_json(path)]
    files.write_text(html, render(files.read_text(template), config, entries))
    for entry in entries:
        command.log.info("%s, %s: %s", entry["label"], entry["features"], entry["verdict"])


if __name__ == "__main__":
    command.run(main)
