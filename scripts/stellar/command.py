"""What all scripts share: options from `main`'s signature, logging, errors that speak to people."""

from __future__ import annotations

import argparse
import inspect
import io
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from types import UnionType
from typing import Any, NoReturn, get_args, get_origin

from stellar.errors import UserError, refusal
from stellar.phases import log_done, log_phase

log = logging.getLogger("stellar")

SLICE_HELP = "the rule's slice of the configuration, JSON"


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        """End with status 2 and the message."""
        self.exit(2, f"error: {message}; {self.prog} --help lists the options\n")


def parser(main: Callable[..., None], argv: Sequence[str] = ()) -> argparse.ArgumentParser:
    """An argument parser whose options are the parameters of a script's `main`.

    A parameter of type `list` takes several values, a `Slice` takes JSON, a default makes an option
    optional. A last parameter `**name` takes whatever further options `argv` has. `--config` and
    `--threads` are always known, since every rule gives them. The script's docstring is the help.
    """
    made = Parser(description=inspect.getdoc(sys.modules[main.__module__]), allow_abbrev=False)
    options: dict[str, inspect.Parameter] = {}
    for name, of in inspect.signature(main, eval_str=True).parameters.items():
        if of.kind is not of.VAR_KEYWORD:
            options[name] = of
            continue
        given = [word[2:].replace("-", "_") for word in argv if word.startswith("--")]
        options |= {other: of for other in given if other not in {*options, *GIVEN, "help"}}
        made.epilog = f"Further options, named as the rule names its files, are the {name}."
    for name, kind in GIVEN.items():
        if name not in options:
            made.add_argument(f"--{name}", type=kind, help=argparse.SUPPRESS)
    for name, of in options.items():
        kind = of.annotation
        if isinstance(kind, UnionType):  # or None
            kind = get_args(kind)[0]
        several = get_origin(kind) is list
        if several:
            kind = get_args(kind)[0]
        made.add_argument(
            f"--{name.replace('_', '-')}",
            type=_slice if kind is Slice else kind,
            nargs="*" if several else None,
            required=of.default is of.empty,
            default=of.default,
            help=SLICE_HELP if kind is Slice else None,
        )
    return made


def call(main: Callable[..., None], argv: Sequence[str] | None = None) -> None:
    """Call a script's `main` with the options of a command line."""
    argv = sys.argv[1:] if argv is None else argv
    given = vars(parser(main, argv).parse_args(argv))
    for name in GIVEN.keys() - inspect.signature(main).parameters.keys():
        del given[name]
    main(**given)


class Slice(dict[str, Any]):
    """A rule's slice of the configuration; a key that it lacks is a user's error."""

    def __missing__(self, key: str) -> Any:
        raise UserError(f"--config lacks the key {key}; give the slice that the rule gives")


def _slice(text: str) -> Slice:
    try:
        return Slice(json.loads(text))
    except (ValueError, TypeError):
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON object") from None


GIVEN: dict[str, Callable[[str], Any]] = {"config": _slice, "threads": int}  # by every rule


def speak_utf8() -> None:
    """Let what is printed hold any text, whatever the locale: minus signs, names of files."""
    for stream in (sys.stdout, sys.stderr):
        # Of a forked job's they are, and cannot change any more: they were another file's.
        if isinstance(stream, io.TextIOWrapper) and stream.encoding != "utf-8":
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")


def run(main: Callable[..., None], argv: Sequence[str] | None = None) -> None:
    """Run a script's `main`: log to stderr, end with one sentence and status 1 on a UserError."""
    speak_utf8()
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(message)s",
        datefmt="%Y-%m-%d %H:%M:%S",
    )
    log.info("%s", " ".join(sys.argv))
    start = time.perf_counter()
    log_phase("import", time.process_time())
    try:
        call(main, argv)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except FileNotFoundError as error:
        print(f"error: there is no file {error.filename}; correct its path", file=sys.stderr)
        raise SystemExit(1) from None
    except OSError as error:
        known = refusal(error, error.filename or "a file")
        if known is None:
            raise
        print(f"error: {known}", file=sys.stderr)
        raise SystemExit(1) from None
    log_done(time.perf_counter() - start, time.process_time())
