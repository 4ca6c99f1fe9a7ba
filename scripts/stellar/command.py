"""What all scripts share: arguments, logging, and errors that speak to people."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence

from stellar.errors import UserError
from stellar.phases import log_done, log_phase

log = logging.getLogger("stellar")


def parser(about: str | None) -> argparse.ArgumentParser:
    """An argument parser with `--config`, the rule's slice of the configuration as JSON."""
    made = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument(
        "--config", type=json.loads, default={}, help="slice of the configuration, JSON"
    )
    return made


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
    log_done(time.perf_counter() - start, time.process_time())
