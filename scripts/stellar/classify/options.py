"""The command line of `stellar-types`: its commands, their options, and an example of each."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stellar import VERSION
from stellar.command import Parser

PROGRAM = "stellar-types"
# Catalogue columns beside magnitudes, as options of the command for one star.
OPTIONS_OF_ONE = {
    "redshift": "--redshift",
    "sppTeff": "--teff",
    "sppLogG": "--logg",
    "sppFeH": "--feh",
}
SHELLS = ("bash", "zsh", "fish")
_ABOUT = """Spectral classes O B A F G K M for tables of stars."""
_NEGATIVE = re.compile(r"-(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$", re.IGNORECASE)
_CODES = """
exit codes:
  0    all is well
  1    a table, a model, a server or the disk is not as it should be; one sentence says what
  2    the command line has a mistake
  130  interrupted; 143 and 129: ended by SIGTERM, SIGHUP; no file is left, and a sentence says
       where standard output is not whole
"""


class _Parser(Parser):
    """A parser that takes -5e-05 for a number, as argparse does from Python 3.14 on."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._negative_number_matcher = _NEGATIVE


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = _Parser(
        PROGRAM,
        description=_ABOUT,
        epilog=f"{_CODES}\n{PROGRAM} COMMAND --help has options and examples of a command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("--version", action="version", version=f"{PROGRAM} {VERSION}")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, about: str, *examples: str) -> argparse.ArgumentParser:
        lines = "".join(f"\n  {PROGRAM} {name} {example}".rstrip() for example in examples)
        return commands.add_parser(
            name,
            help=about,
            description=f"{about[0].upper()}{about[1:]}.",
            epilog=f"examples:{lines}\n{_CODES}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    for fill in (_classify, _one, _info, _evaluate, _query, _completion):
        fill(add)
    return made


def _count(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return number


Add = Callable[..., argparse.ArgumentParser]


def _classify(add: Add) -> None:
    made = add(
        "classify",
        "type the stars of a table",
        "stars.csv -o typed.parquet",
        "stars.fits -o typed.csv --column u=my_u --explain",
        "stars.csv -o typed.csv --mix estimate",
        "- < stars.csv > typed.csv",
    )
    say = made.add_argument
    say("table", help="CSV, ECSV, Parquet, FITS or VOTable; - is standard input, as CSV")
    say("-o", "--output", default="-", help="by its ending; - is standard output, as CSV")
    _columns(made)
    say("--mix", metavar="estimate|FILE", help="another mix of classes; FILE: JSON, class: share")
    say("--prefix", default="type", help="of the new columns' names")
    say("--explain", action="store_true", help="say which column is taken as what")
    _force(made)
    threads = min(4, os.cpu_count() or 1)
    say("--threads", type=_count, default=threads, help="that type side by side")
    _model(made)


def _one(add: Add) -> None:
    made = add(
        "one",
        "type one star",
        "19.85 18.73 18.31 18.15 18.04",
        "19.85 18.73 18.31 18.15 18.04 --redshift 0.0001",
    )
    for band in "ugriz":
        made.add_argument(band, type=float, help="magnitude of SDSS, not corrected for dust")
    abouts = ("radial velocity over that of light", "SSPP's, in K", *["SSPP's, in dex"] * 2)
    for (name, option), about in zip(OPTIONS_OF_ONE.items(), abouts, strict=True):
        made.add_argument(option, type=float, dest=name, help=about)
    _model(made)


def _info(add: Add) -> None:
    _model(add("info", "what the models are good for", "", "--model folder/of/models"))


def _evaluate(add: Add) -> None:
    made = add(
        "evaluate",
        "score the types of a table against known ones",
        "stars.csv --truth subClass",
        "stars.csv --truth subClass -o scores.json --page scores.html",
    )
    made.add_argument("table", help="a table as of classify, with a column of known types")
    made.add_argument(
        "--truth", default="subClass", help="that column, such as G2 or F5V (%(default)s)"
    )
    made.add_argument("-o", "--output", default="-", help="a JSON file of the scores")
    made.add_argument("--page", metavar="FILE", help="an HTML page; - is standard output")
    _columns(made)
    _force(made)
    _model(made)


def _query(add: Add) -> None:
    made = add(
        "query",
        "fetch a table of stars from SDSS, for classify to read",
        "--cone 150.1 2.2 10 -o stars.parquet",
        "--positions mine.csv --radius 2 -o stars.csv",
        "--ids mine.csv -o stars.fits",
        '--sql "SELECT p.u, p.g, p.r, p.i, p.z FROM PhotoObj AS p WHERE p.ra < 0.1" -o stars.csv',
    )
    wanted = made.add_mutually_exclusive_group(required=True)
    names = ("RA", "DEC", "ARCMIN")
    wanted.add_argument("--cone", type=float, nargs=3, metavar=names, help="degrees, and radius")
    wanted.add_argument("--positions", metavar="FILE", help="a table with columns ra and dec")
    wanted.add_argument("--ids", metavar="FILE", help="a table with specObjID or bestObjID")
    wanted.add_argument("--sql", metavar="SELECT", help="one SELECT … FROM … WHERE …")
    made.add_argument("-o", "--output", default="-", help="by its ending; - is standard output")
    made.add_argument(
        "--radius",
        type=float,
        default=2.0,
        metavar="ARCSEC",
        help="how far from a position (%(default)g)",
    )
    made.add_argument("--release", type=int, default=18, help="data release of SDSS (%(default)g)")
    made.add_argument("--url", default="https://skyserver.sdss.org", help="address of SkyServer")
    made.add_argument(
        "--timeout", type=float, default=660, help="seconds until an attempt fails (%(default)g)"
    )
    made.add_argument(
        "--attempts", type=_count, default=8, help="how often a question is asked (%(default)g)"
    )
    _force(made)


def _completion(add: Add) -> None:
    made = add(
        "completion",
        "print what completes the command in a shell",
        "bash >> ~/.bash_completion",
        "zsh > ~/.zfunc/_stellar-types",
        "fish > ~/.config/fish/completions/stellar-types.fish",
    )
    made.add_argument("shell", choices=SHELLS, help="that reads it")


def _columns(made: argparse.ArgumentParser) -> None:
    say = made.add_argument
    say("--column", action="append", default=[], metavar="NAME=YOURS", help="for example u=my_u")
    say("--unit", action="append", default=[], metavar="NAME=UNIT", help="for example sppTeff=kK")


def _force(made: argparse.ArgumentParser) -> None:
    made.add_argument("--force", action="store_true", help="replace an output that is there")


def _model(made: argparse.ArgumentParser) -> None:
    folder = Path("results/model")
    made.add_argument("--model", type=Path, default=folder, help="folder of make model")
