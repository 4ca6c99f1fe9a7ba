"""Make a folder ready to go on after a run that was killed: `python -m stellar.workflow.resume`.

A run that ends by SIGKILL or a power cut leaves Snakemake's lock behind, and perhaps jobs that
still write. `make study` calls this first, so that the same command goes on.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from stellar.command import speak_utf8
from stellar.errors import UserError

SKEW = 60  # seconds by which the clocks of two machines may differ
LEAST_SPACE = 2**18  # bytes, for locks and notes
NOTE = Path(".snakemake/last_run.json")


def note_run(folder: Path, local: bool, config: Mapping[str, Any] | None = None) -> None:
    """Note in `folder` this run's machine, process, configuration, and whether jobs are here."""
    here = {"host": platform.node(), "process": os.getpid(), "local": local, "config": config}
    (folder / NOTE).write_text(json.dumps(here), encoding="utf-8")


def last_run(folder: Path) -> dict[str, Any] | None:
    """What the last run in `folder` noted; None if there is no note, or no whole one."""
    try:
        noted = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    whole = isinstance(noted, dict) and {"host", "process", "local"} <= noted.keys()
    return noted if whole else None


def is_dead(run: dict[str, Any]) -> bool:
    """Whether a noted run was here and has ended; of another machine's nobody here can tell."""
    return run["host"] == platform.node() and not _is_alive(run["process"])


def _is_alive(number: int) -> bool:
    try:
        return _is_snakemake(psutil.Process(number).cmdline())
    except psutil.Error:
        return False


def _is_snakemake(words: list[str]) -> bool:
    return any(Path(word).name == "snakemake" for word in words)


def _is_job(words: list[str]) -> bool:
    if words[1:2] == ["-IS"]:  # the python of stellar.workflow.warm, a script of its own
        words = words[2:]
    # Not an editor that shows a script.
    return len(words) > 1 and "python" in Path(words[0]).name and words[1].startswith("scripts/")


def left_over(folder: Path) -> tuple[list[int], list[int]]:
    """Process numbers of Snakemakes, and of jobs without one, that work in `folder`.

    Processes of other users, and this one with its parents, are left out.
    """
    own = {os.getpid(), *(process.pid for process in psutil.Process().parents())}
    snakemakes, jobs = [], []
    for process in psutil.process_iter(["cmdline"]):
        try:
            if process.pid in own or Path(process.cwd()) != folder:
                continue
        except (psutil.Error, OSError):
            continue
        words = process.info["cmdline"] or []
        if _is_snakemake(words):
            snakemakes.append(process.pid)
        elif _is_job(words):
            jobs.append(process.pid)
    return snakemakes, jobs


def check_writable(folder: Path) -> None:
    """Raise UserError if a run could not write to `folder`, before Snakemake says so at length."""
    place = folder
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK):
        raise UserError(
            f"{place} cannot be written; make it writable (chmod -R u+rwX, or mount it so), "
            "and give the same command again"
        )
    if shutil.disk_usage(place).free < LEAST_SPACE:
        raise UserError(
            f"the disk of {place} is full; free some space, and give the same command again"
        )


def check_times(*folders: Path) -> None:
    """Raise UserError if files are from the future: Snakemake would refuse what is made of them."""
    future = time.time() + SKEW
    for path in (file for folder in folders for file in folder.rglob("*")):
        if path.lstat().st_mtime > future:
            places = " ".join(shlex.quote(str(folder)) for folder in folders)
            raise UserError(
                f"{path} is from the future; set the clock right, or give such files the present "
                f"time: find -H {places} -newermt now -exec touch {{}} +"
            )


def make_ready(folder: Path) -> None:
    """Wait for left-over jobs, then remove a lock that no run holds.

    Raises
    ------
    UserError
        A Snakemake works in this folder, or may on another machine, or jobs of a cluster may; it
        cannot be written, or holds files from the future.
    """
    for name in (".snakemake", "results"):
        check_writable(folder / name)
    check_times(folder / "results", folder / "scripts")
    if not any((folder / ".snakemake" / "locks").glob("*")):
        return
    snakemakes, jobs = left_over(folder)
    last = last_run(folder)
    if last and last["host"] != platform.node():
        raise UserError(
            f"the last run in {folder} was started on {last['host']} (process {last['process']}) "
            "and may still work there; if not: snakemake --unlock, then the same command"
        )
    if last and not is_dead(last):
        snakemakes.append(last["process"])
    if snakemakes:
        raise UserError(
            f"another run works in {folder} (process {snakemakes[0]}); wait for it to end, "
            "or use another folder"
        )
    if last and not last["local"]:
        raise UserError(
            "the last run gave its jobs to a cluster, where some may still work; cancel them "
            "(docs/slurm.md), then: snakemake --unlock, and the same command"
        )
    if jobs:
        print(f"waiting for {len(jobs)} job(s) that a killed run left behind", file=sys.stderr)
        while left_over(folder)[1]:
            time.sleep(0.5)
    print("removing the lock that a killed run left behind", file=sys.stderr)
    unlock = [sys.executable, "-m", "snakemake", "--unlock", "--quiet", "all"]
    if subprocess.run(unlock, cwd=folder, check=False).returncode:
        raise UserError("the lock is still there; put right what is said above, then try again")


def main() -> None:
    """Make the current folder ready; one sentence and status 1 if a run is under way."""
    speak_utf8()
    try:
        make_ready(Path.cwd())
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
