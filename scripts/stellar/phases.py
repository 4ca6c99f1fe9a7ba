"""What a job's phases cost: written to its log, and read from there."""

from __future__ import annotations

import logging
import re
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

log = logging.getLogger("stellar")

PHASES = ("import", "compile", "train", "evaluate")
_PHASE = re.compile(r"^[\d:]{8} cpu (\w+) ([\d.]+) s$", re.MULTILINE)
_DONE = re.compile(r"^[\d:]{8} done in [\d.]+ s, ([\d.]+) s of CPU(?:, (\d+) MB)?$", re.MULTILINE)


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
    """Log what a whole process took as `logged` reads it: seconds, and memory at most."""
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
    log.info("done in %.1f s, %.2f s of CPU, %.0f MB", wall, cpu, peak)


def logged(text: str) -> dict[str, float]:
    """CPU seconds of a job by phase, `other` and `cpu` for all of it, `peak` in MB, from its log.

    A job of several processes has written several times: seconds are added up, of memory the most
    is given.
    """
    spent = dict.fromkeys(PHASES, 0.0)
    for name, seconds in _PHASE.findall(text):
        spent[name] += float(seconds)
    known = sum(spent.values())
    # A process that is ended from outside writes no last line.
    done = _DONE.findall(text)
    cpu = max(known, sum(float(seconds) for seconds, _ in done))
    peak = max((float(most or 0) for _, most in done), default=0.0)
    return {**spent, "other": cpu - known, "cpu": cpu, "peak": peak}
