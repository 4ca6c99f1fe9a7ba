"""The command `stellar-types`: spectral classes for tables of stars."""

from __future__ import annotations

import argparse
import logging
import os
import re
import signal
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

from stellar.classify.options import parser
from stellar.classify.words import OPTIONS, QUERY, said
from stellar.command import speak_utf8
from stellar.errors import UserError, refusal


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


def perform(given: argparse.Namespace) -> str:
    """Do what a command line says; what is to be printed."""
    if given.command == "completion":
        from stellar.classify.completion import script

        return script(given.shell)
    if given.command == "query":
        return _query(given)
    from stellar.classify import commands

    if given.command == "one":
        values = {name: value for name, value in vars(given).items() if isinstance(value, float)}
        return commands.one(given.model, values)
    if given.command == "info":
        return commands.info(given.model)
    columns = chosen(given.column, "--column")
    shared: dict[str, Any] = {
        "columns": {name: None if own == "null" else own for name, own in columns.items()},
        "units": chosen(given.unit, "--unit"),
        "force": given.force,
    }
    if given.command == "evaluate":
        request = commands.Request(given.table, given.output, given.model, **shared)
        return commands.evaluate(request, given.truth, given.page)
    commands.classify(
        commands.Request(
            *(given.table, given.output, given.model),
            mix=given.mix,
            prefix=given.prefix,
            explain=given.explain,
            threads=given.threads,
            **shared,
        )
    )
    return ""


def _query(given: argparse.Namespace) -> str:
    from stellar.classify.query import Wanted, query
    from stellar.survey.skyserver import Server

    wanted = Wanted(given.cone, given.positions, given.ids, given.sql, given.radius)
    server = Server(given.url, given.release, given.timeout, given.attempts)
    try:
        print(query(wanted, server, given.output, given.force), file=sys.stderr)
    except UserError as error:
        raise UserError(said(str(error), QUERY)) from None
    return ""


def main(argv: Sequence[str] | None = None) -> None:
    """The command: one sentence and a code on a mistake."""
    speak_utf8()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    try:
        if text := perform(parser().parse_args(argv)):
            print(text)
    except UserError as error:
        _end(said(str(error), OPTIONS), error)
    except BrokenPipeError:  # who reads has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        known = refusal(error, error.filename or "the output")
        _end(str(known or f"{error.filename or 'a file'}: {error.strerror or error}"), error)
    except KeyboardInterrupt as error:
        print("; ".join(["stopped", *(_notes(error) or ["no output is left"])]), file=sys.stderr)
        raise SystemExit(getattr(error, "code", 130)) from None


class _Stopped(KeyboardInterrupt):
    """A signal that ends the program as Ctrl-C does, with a code of its own."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = 128 + number


def _stop(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second one would disturb what takes the output away
    raise _Stopped(number)


def _heed_signals() -> None:
    """End on SIGTERM and SIGHUP as on Ctrl-C, unless who started the program ignores them."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)


class _WithoutPandas:
    """PyArrow imports pandas where it finds it: half a second that nothing here needs.

    It is found, as astropy asks, and cannot be imported.
    """

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name == "pandas" else None  # type: ignore[arg-type]

    def create_module(self, _spec: ModuleSpec) -> None:
        raise ModuleNotFoundError("pandas is not needed here")

    def exec_module(self, _module: object) -> None: ...


def command() -> None:
    """The installed program."""
    # Pieces run side by side: threads of linear algebra would only wait for each other.
    os.environ.update(dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1"))
    sys.meta_path.insert(0, _WithoutPandas())
    if sys.stderr is None:  # closed: print would take standard output instead
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    _heed_signals()
    main()


def _notes(error: BaseException) -> list[str]:
    return getattr(error, "__notes__", [])


def _end(sentence: str, error: BaseException) -> None:
    print("; ".join([f"error: {sentence}", *_notes(error)]), file=sys.stderr)
    raise SystemExit(1) from None


if __name__ == "__main__":
    command()
