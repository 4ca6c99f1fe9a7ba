"""Gather the audits of all label schemes."""

from pathlib import Path

from stellar import command, files


def main(entries: list[Path], verdict: Path) -> None:
    files.write_json(verdict, [entry for path in entries for entry in files.read_json(path)])


if __name__ == "__main__":
    command.run(main)
