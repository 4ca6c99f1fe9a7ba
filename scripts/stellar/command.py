"""What all scripts share: arguments, logging, and errors that speak to people."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from stellar.errors import UserError, refusal
from stellar.phases import log_done, log_phase

log = logging.getLogger("stellar")


def parser(about: str | None) -> argparse.ArgumentParser:
    """An argument parser with `--config`, the rule's slice of the configuration as JSON."""
    made = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument(
        "--config", type=_slice, default=Slice(), help="slice of the configuration, JSON"
    )
    return made


class Slice(dict[str, Any]):
    """A rule's slice of the configuration; a key that it lacks is a user's error."""

    def __missing__(self, key: str) -> Any:
        raise UserError(f"--config lacks the key {key}; give the slice that the rule gives")


def _slice(text: str) -> Slice:
    try:
        return Slice(json.loads(text))
    except (ValueError, TypeError):
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON object") from None


def run(main: Callable[[Sequence[str] | None], None], argv: Sequence[str] | None = None) -> None:
    """Run a script's `main`: log to stderr, end with one sentence and status 1 on a UserError."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S"
    )
    log.info("%s", " ".join(sys.argv))
    start = time.perf_counter()
    log_phase("import", time.process_time())
    try:
        main(argv)
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
