"""What a job's phases cost: written to its log, and read from there."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger("stellar")

PHASES = ("import", "compile", "train", "evaluate")
_PHASE = re.compile(r"^[\d:]{8} cpu (\w+) ([\d.]+) s$", re.MULTILINE)
_DONE = re.compile(r"^[\d:]{8} done in [\d.]+ s, ([\d.]+) s of CPU$", re.MULTILINE)


@contextmanager
def phase(name: str) -> Iterator[None]:
    """Log the CPU time of a phase, one of `PHASES`; phases do not nest."""
    start = time.process_time()
    yield
    log_phase(name, time.process_time() - start)


def log_phase(name: str, seconds: float) -> None:
    """Log the CPU time of a phase as `logged` reads it."""
    log.info("cpu %s %.3f s", name, seconds)


def log_done(wall: float, cpu: float) -> None:
    """Log what a whole process took as `logged` reads it."""
    log.info("done in %.1f s, %.2f s of CPU", wall, cpu)


def logged(text: str) -> dict[str, float]:
    """CPU seconds of a job by phase, `other` and `cpu` for all of it, from its log.

    A job of several processes has written several times; what they wrote is added up.
    """
    spent = dict.fromkeys(PHASES, 0.0)
    for name, seconds in _PHASE.findall(text):
        spent[name] += float(seconds)
    known = sum(spent.values())
    # A process that is ended from outside writes no last line.
    cpu = max(known, sum(float(seconds) for seconds in _DONE.findall(text)))
    return {**spent, "other": cpu - known, "cpu": cpu}
