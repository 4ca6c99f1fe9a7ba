"""What a job's phases cost, and on how many rows: written to its log, read from there."""

from __future__ import annotations

import logging
import re
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

log = logging.getLogger("stellar")

PHASES = ("import", "compile", "train", "evaluate")
BOUGHT = ("trainings", "rows_trained", "rows_predicted")
# Logs of before this project wrote dates have the time alone.
_TIME = r"^(?:[\d-]{10} )?[\d:]{8}"
_PHASE = re.compile(_TIME + r" cpu (\w+) ([\d.]+) s(?:, (\d+) rows)?$", re.MULTILINE)
_BEGUN = re.compile(r"[\d-]{10} [\d:]{8}")
_DONE = re.compile(_TIME + r" done in [\d.]+ s, ([\d.]+) s of CPU(?:, (\d+) MB)?$", re.MULTILINE)


@dataclass
class Work:
    """Rows that a phase worked on, each as often as it did."""

    rows: int = 0


@contextmanager
def phase(name: str, rows: int = 0) -> Iterator[Work]:
    """Log the CPU time of a phase, one of `PHASES`, and its rows; phases do not nest."""
    start, work = time.process_time(), Work(rows)
    yield work
    log_phase(name, time.process_time() - start, work.rows)


def log_phase(name: str, seconds: float, rows: int = 0) -> None:
    """Log the CPU time of a phase, and its rows if it has any, as `logged` reads them."""
    log.info("cpu %s %.3f s%s", name, seconds, f", {rows} rows" if rows else "")


def log_done(wall: float, cpu: float) -> None:
    """Log what a whole process took as `logged` reads it: seconds, and memory at most."""
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
    log.info("done in %.1f s, %.2f s of CPU, %.0f MB", wall, cpu, peak)


def begun(text: str) -> str | None:
    """When a job began, date and time to the second, from its log; None if that does not say."""
    found = _BEGUN.match(text)
    return found and found[0]


def logged(text: str) -> dict[str, float]:
    """CPU seconds of a job by phase, `other` and `cpu` for all of it, `peak` in MB, from its log.

    Beside them what they bought: `trainings`, `rows_trained` (rows × epochs) and `rows_predicted`.
    A job of several processes has written several times: seconds are added up, of memory the most
    is given.
    """
    spent = dict.fromkeys(PHASES, 0.0)
    bought = dict.fromkeys(BOUGHT, 0.0)
    for name, seconds, rows in _PHASE.findall(text):
        spent[name] += float(seconds)
        if name == "train":
            bought["trainings"] += 1
            bought["rows_trained"] += int(rows or 0)
        if name == "evaluate":
            bought["rows_predicted"] += int(rows or 0)
    known = sum(spent.values())
    # A process that is ended from outside writes no last line.
    done = _DONE.findall(text)
    cpu = max(known, sum(float(seconds) for seconds, _ in done))
    peak = max((float(most or 0) for _, most in done), default=0.0)
    return {**spent, "other": cpu - known, "cpu": cpu, "peak": peak, **bought}
