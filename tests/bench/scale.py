"""Time and memory of the real rules up to the splits, for simulated surveys of growing size.

python tests/bench/scale.py --stars 100000 300000 1000000

prints the table of docs/scale.md. Each survey is made in a copy of the project by
`snakemake --cores 2`; memory is the resident memory of Snakemake and all its processes, added up
every tenth of a second (pages they share count as often as they are shared).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))
from project import copy_project, environment

PERIOD = 0.1  # seconds
STAGES = {"acquire": "simulate_shard", "label": "label_stars", "split": "split"}
ALL = "all, with Snakemake"
TARGETS = [f"results/splits/{name}.parquet" for name in ("train", "validation", "test")]


@dataclass
class Span:
    """When a stage's processes were first and last seen, seconds; memory at its peak, bytes."""

    first: float
    last: float
    peak: int = 0

    @property
    def seconds(self) -> float:
        return self.last - self.first + PERIOD


def measure(command: Sequence[str], folder: Path) -> dict[str, Span]:
    """Run a command and watch it and its descendants; raises RuntimeError if it fails."""
    with (folder / "run.log").open("w", encoding="utf-8") as log:
        run = psutil.Popen(command, cwd=folder, env=environment(), stdout=log, stderr=log)
    spans: dict[str, Span] = {}
    scripts: dict[psutil.Process, set[str]] = {}
    while run.poll() is None:
        now, total, active = time.perf_counter(), 0, {ALL}
        for process in [run, *descendants(run)]:
            try:
                if process not in scripts:
                    line = " ".join(process.cmdline())
                    scripts[process] = {s for s, r in STAGES.items() if f"scripts/{r}.py" in line}
                total += process.memory_info().rss
                active |= scripts[process]
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
        for name in active:
            span = spans.setdefault(name, Span(now, now))
            span.last, span.peak = now, max(span.peak, total)
        time.sleep(PERIOD)
    if run.returncode != 0:
        raise RuntimeError((folder / "run.log").read_text(encoding="utf-8")[-3000:])
    return spans


def descendants(run: psutil.Process) -> list[psutil.Process]:
    try:
        return run.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def run_study(n_stars: int, shards: int) -> dict[str, Span]:
    """Acquire, label and split a simulated survey in a copy of the project."""
    with tempfile.TemporaryDirectory(prefix="scale-") as name:
        folder = copy_project(Path(name))
        overlay = {"survey": {"source": "simulated", "n_stars": n_stars, "shards": shards}}
        (folder / "scale.yaml").write_text(yaml.safe_dump(overlay), encoding="utf-8")
        snakemake = [sys.executable, "-m", "snakemake", "--cores", "2"]
        return measure([*snakemake, "--configfile", "scale.yaml", "--", *TARGETS], folder)


def table(measured: dict[int, dict[str, Span]]) -> str:
    """Markdown: a line a survey and stage; time against linear growth from the survey before."""
    lines = [
        "| stars | stage | seconds | stars/s | peak memory / MB | time / linear |",
        "|---|---|---|---|---|---|",
    ]
    before = None
    for n_stars, spans in sorted(measured.items()):
        for stage in (*STAGES, ALL):
            seconds = spans[stage].seconds
            growth = "–"
            if before:
                growth = f"{seconds / (measured[before][stage].seconds * n_stars / before):.2f}"
            lines.append(
                f"| {n_stars:,} | {stage} | {seconds:.1f} | {n_stars / seconds:,.0f} "
                f"| {spans[stage].peak / 1e6:,.0f} | {growth} |"
            )
        before = n_stars
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stars", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--shard", type=int, default=100_000, help="stars a shard, about")
    args = parser.parse_args()
    measured = {}
    for n_stars in args.stars:
        shards = max(1, round(n_stars / args.shard))
        load = os.getloadavg()[0]
        print(f"{n_stars:,} stars, {shards} shards, load {load:.1f} …", file=sys.stderr, flush=True)
        measured[n_stars] = run_study(n_stars, shards)
        print(
            ", ".join(f"{name} {span.seconds:.1f} s" for name, span in measured[n_stars].items()),
            file=sys.stderr,
        )
    print(table(measured))


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, subprocess.SubprocessError) as error:
        raise SystemExit(f"error: {error}") from None
