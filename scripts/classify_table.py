"""Type the stars of a table by the models of `make model`."""

from pathlib import Path

from stellar import command
from stellar.classify import commands
from stellar.classify.words import CONFIGURATION, said
from stellar.errors import UserError


def main(
    config: command.Slice,
    model: list[Path],
    version: list[Path],
    table: Path,
    typed: Path,
    threads: int = 1,
) -> None:
    made = ", ".join(path.read_text(encoding="utf-8").strip() for path in version)
    command.log.info("models: %s", made)
    request = commands.Request(
        str(table), str(typed), model[0].parent, **config, explain=True, force=True, threads=threads
    )
    try:
        commands.classify(request)
    except UserError as error:
        raise UserError(said(str(error), CONFIGURATION)) from None


if __name__ == "__main__":
    command.run(main)
