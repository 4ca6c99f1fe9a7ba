"""What Snakemake's jobs came to, in sentences: why some failed, and what tables were typed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from stellar import files
from stellar.workflow import named_tables
from stellar.workflow.progress import Failed, Progress, progress

RULE, TYPES = "classify_table", "Type the stars of "  # a rule, and how its jobs begin
AGAIN = "put right what is said above, and give the same command again"
MOST = 20  # tables that get a line each
_TYPED = " typed: "  # in the line of a log that says how many rows were
_MANY = "many rows are flagged"


def reason(log: str) -> str:
    """Why a job failed, from its log: its own sentence, or the end of a traceback."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    for line in reversed(lines):
        if line.startswith("error: "):
            return line.removeprefix("error: ")
    if "Traceback (most recent call last):" in log:
        return lines[-1]
    return "it ended without a word; it was killed, perhaps for want of memory"


def failure(job: Failed) -> str:
    """A failed job in one or two lines."""
    if job.log is None:
        return f"failed: {job.what}"
    try:
        said = reason(Path(job.log).read_text(encoding="utf-8", errors="replace"))
    except FileNotFoundError:
        return f"failed: {job.what}"
    return f"failed: {job.what}: {said}\n        log: {job.log}"


def say(texts: Iterable[str], logs: Path, config: Mapping[str, Any]) -> None:
    """Say on stderr what `sentences` has, below all else that Snakemake says.

    Parameters
    ----------
    texts : iterable of str
        Files of Snakemake's own log.
    logs : Path
        Folder of the jobs' logs.
    config : mapping
        The run's configuration.
    """
    text = "".join(files.read_text(path) for path in texts)
    if found := progress(text, datetime.now(), config):
        for line in sentences(found, logs):
            print(line, file=sys.stderr)


def sentences(found: Progress, logs: Path) -> list[str]:
    """What a run typed, and why each job failed that did.

    Parameters
    ----------
    found : Progress
    logs : Path
        Folder of the jobs' logs.
    """
    lines = [*typed(found, logs), *map(failure, found.failed)]
    if found.failed:
        lines.append(f"{len(found.failed)} of {found.jobs} jobs failed; {AGAIN}")
    return lines


def typed(found: Progress, logs: Path) -> list[str]:
    """A line for each table: how many rows have which type, and whether many are odd."""
    tables = [job.removeprefix(TYPES) for job in found.finished if job.startswith(TYPES)]
    lines = [f"{table}: {_summary(logs, table)}" for table in tables[:MOST]]
    if len(tables) > MOST:
        lines.append(f"and {len(tables) - MOST:,} tables more; their logs are in {logs / RULE}")
    return lines


def _summary(logs: Path, table: str) -> str:
    path = logs / RULE / f"{named_tables.name_of(table)}.log"
    if not path.is_file():
        return "typed"
    text = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return "; ".join(line for line in text if _TYPED in line or line.startswith(_MANY))
