"""The command `stellar-types`: spectral classes for tables of stars.

Examples
--------
    stellar-types classify stars.csv -o typed.parquet
    stellar-types classify stars.fits -o typed.csv --column u=my_u --explain
    cat stars.csv | stellar-types classify - > typed.csv
    stellar-types one 19.85 18.73 18.31 18.15 18.04
    stellar-types evaluate stars.csv --truth subClass -o scores.json
    stellar-types info

Exit codes: 0 all is well; 1 a table, a model or the disk is not as it should be; 2 the command
line has a mistake; 130 interrupted.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stellar.classify.words import OPTIONS, said
from stellar.command import Parser, speak_utf8
from stellar.errors import UserError, refusal


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = Parser(
        "stellar-types",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = made.add_subparsers(dest="command", required=True, metavar="command")
    classify = commands.add_parser("classify", help="type the stars of a table", allow_abbrev=False)
    say = classify.add_argument
    say("table", help="CSV, ECSV, Parquet, FITS or VOTable; - is standard input, as CSV")
    say("-o", "--output", default="-", help="by its ending; - is standard output, as CSV")
    say("--column", action="append", default=[], metavar="NAME=YOURS", help="for example u=my_u")
    say("--unit", action="append", default=[], metavar="NAME=UNIT", help="for example sppTeff=kK")
    say("--mix", metavar="estimate|FILE", help="another mix of classes; FILE: JSON, class: share")
    say("--prefix", default="type", help="of the new columns' names")
    say("--explain", action="store_true", help="say which column is taken as what")
    say("--force", action="store_true", help="replace an output that is there")
    say("--threads", type=int, default=min(4, os.cpu_count() or 1))
    one = commands.add_parser("one", help="type one star", allow_abbrev=False)
    for band in "ugriz":
        one.add_argument(band, type=float, help="magnitude")
    for option, name in (("redshift", "redshift"), ("teff", "sppTeff")):
        one.add_argument(f"--{option}", type=float, dest=name)
    for option, name in (("logg", "sppLogG"), ("feh", "sppFeH")):
        one.add_argument(f"--{option}", type=float, dest=name)
    info = commands.add_parser("info", help="what the models are good for", allow_abbrev=False)
    scored = commands.add_parser("evaluate", help="score known types", allow_abbrev=False)
    scored.add_argument("table", help="a table as of classify, with a column of known types")
    scored.add_argument("--truth", default="subClass", help="that column, such as G2 or F5V")
    scored.add_argument("-o", "--output", default="-", help="a JSON file of the scores")
    scored.add_argument("--page", metavar="FILE", help="an HTML page of them")
    scored.add_argument("--column", action="append", default=[], metavar="NAME=YOURS")
    scored.add_argument("--unit", action="append", default=[], metavar="NAME=UNIT")
    scored.add_argument("--force", action="store_true", help="replace an output that is there")
    for command in (classify, one, info, scored):
        command.add_argument(
            "--model", type=Path, default=Path("results/model"), help="folder of make model"
        )
    return made


def chosen(words: Sequence[str], option: str) -> dict[str, str]:
    """Pairs NAME=YOURS of a command line; NAME: YOURS, as in a configuration, will do.

    Raises
    ------
    UserError
        A word is no pair.
    """
    found = {}
    for word in words:
        pair = re.fullmatch(r"\s*(\w+)\s*(?:=|:\s)\s*(.+?)\s*", word)
        if not pair:
            raise UserError(f"{option} {word!r}: give a pair such as u=my_u")
        found[pair.group(1)] = pair.group(2).strip("\"'")
    return found


def perform(given: argparse.Namespace) -> None:
    """Do what a command line says."""
    from stellar.classify import commands

    if given.command == "classify":
        columns = chosen(given.column, "--column")
        choices: dict[str, Any] = {n: None if o == "null" else o for n, o in columns.items()}
        commands.classify(
            commands.Request(
                table=given.table,
                output=given.output,
                model=given.model,
                columns=choices,
                units=chosen(given.unit, "--unit"),
                mix=given.mix,
                prefix=given.prefix,
                explain=given.explain,
                force=given.force,
                threads=max(1, given.threads),
            )
        )
    elif given.command == "evaluate":
        request = commands.Request(
            table=given.table,
            output=given.output,
            model=given.model,
            columns=chosen(given.column, "--column"),
            units=chosen(given.unit, "--unit"),
            force=given.force,
        )
        print(commands.evaluate(request, given.truth, given.page))
    elif given.command == "one":
        values = {name: value for name, value in vars(given).items() if isinstance(value, float)}
        print(commands.one(given.model, values))
    else:
        print(commands.info(given.model))


def main(argv: Sequence[str] | None = None) -> None:
    """The command: one sentence and a code on a mistake."""
    speak_utf8()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    try:
        perform(parser().parse_args(argv))
    except UserError as error:
        _end(said(str(error), OPTIONS))
    except BrokenPipeError:  # who reads has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        known = refusal(error, error.filename or "the output")
        _end(str(known or f"{error.filename or 'a file'}: {error.strerror or error}"))
    except KeyboardInterrupt:
        print("stopped; no output is left", file=sys.stderr)
        raise SystemExit(130) from None


class _WithoutPandas:
    """PyArrow imports pandas where it finds it: half a second that nothing here needs."""

    def find_spec(self, name: str, _path: object, _target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("pandas is not needed here")


def command() -> None:
    """The installed program."""
    # Pieces run side by side: threads of linear algebra would only wait for each other.
    os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1"))
    sys.meta_path.insert(0, _WithoutPandas())
    main()


def _end(sentence: str) -> None:
    print(f"error: {sentence}", file=sys.stderr)
    raise SystemExit(1) from None


if __name__ == "__main__":
    command()
