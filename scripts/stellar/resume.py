"""Make a folder ready to go on after a run that was killed: `python -m stellar.resume`.

A run that ends by SIGKILL or a power cut leaves Snakemake's lock behind, and perhaps jobs that
still write. `make study` calls this first, so that the same command goes on.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil

from stellar.errors import UserError

SKEW = 60  # seconds by which the clocks of two machines may differ
LEAST_SPACE = 2**18  # bytes, for locks and notes


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
        if any(Path(word).name == "snakemake" for word in words):
            snakemakes.append(process.pid)
        elif any(word.startswith("scripts/") for word in words):
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
                f"time: find {places} -newermt now -exec touch {{}} +"
            )


def make_ready(folder: Path) -> None:
    """Wait for left-over jobs, then remove a lock that no run holds.

    Raises
    ------
    UserError
        A Snakemake works in this folder, it cannot be written, or holds files from the future.
    """
    for name in (".snakemake", "results"):
        check_writable(folder / name)
    check_times(folder / "results", folder / "scripts")
    if not any((folder / ".snakemake" / "locks").glob("*")):
        return
    snakemakes, jobs = left_over(folder)
    if snakemakes:
        raise UserError(
            f"another run works in {folder} (process {snakemakes[0]}); wait for it to end, "
            "or use another folder"
        )
    if jobs:
        print(f"waiting for {len(jobs)} job(s) that a killed run left behind", file=sys.stderr)
        while left_over(folder)[1]:
            time.sleep(0.5)
    print("removing the lock that a killed run left behind", file=sys.stderr)
    unlock = [sys.executable, "-m", "snakemake", "--unlock", "--quiet", "all"]
    subprocess.run(unlock, cwd=folder, check=True)


def main() -> None:
    """Make the current folder ready; one sentence and status 1 if a run is under way."""
    try:
        make_ready(Path.cwd())
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
