"""The shrunk study on this machine and on a SLURM of two nodes on it: what a cluster costs.

python tests/bench/slurm.py
"""

import csv
import re
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from project import SHRUNK, copy_project, snakemake
from slurm_cluster import adapt, cluster, missing


def local(folder: Path) -> float:
    """Seconds of the study by plain Snakemake on two cores."""
    start = time.monotonic()
    run = snakemake(folder, timeout=3600, warm=False)
    assert run.returncode == 0, run.stderr[-4000:]
    return time.monotonic() - start


def on_slurm(folder: Path) -> tuple[float, list[float]]:
    """Seconds of the study on two nodes of one core, and of each of SLURM's jobs."""
    adapt(folder)
    with cluster(hasty=False) as made:
        start = time.monotonic()
        run = made.snakemake(folder, "--configfile", SHRUNK)
        try:
            assert run.wait(3600) == 0, (folder / "snakemake.log").read_text(encoding="utf-8")[
                -4000:
            ]
        except subprocess.TimeoutExpired:
            run.kill()
            raise
        seconds = time.monotonic() - start
        jobs = [taken(job) for job in made.jobs_seen()]
    return seconds, jobs


def taken(job: dict[str, str]) -> float:
    """Seconds that a job held its node."""
    start, end = (datetime.fromisoformat(job[key]) for key in ("StartTime", "EndTime"))
    return (end - start).total_seconds()


def benchmarks(folder: Path) -> dict[str, list[float]]:
    """Seconds of the commands themselves, by rule."""
    root = folder / "results/benchmarks"
    found: dict[str, list[float]] = {}
    for path in root.rglob("*.tsv"):
        rule = path.relative_to(root).parts[0].removesuffix(".tsv")
        with path.open(encoding="utf-8") as file:
            found.setdefault(rule, []).extend(
                float(row["s"]) for row in csv.DictReader(file, delimiter="\t")
            )
    return found


def submitted_rules(log: str) -> set[str]:
    """Rules whose jobs went to SLURM, from Snakemake's log."""
    ids = set(re.findall(r"^Job (\d+) has been submitted", log, re.MULTILINE))
    finished = re.findall(r"^Finished jobid: (\d+) \(Rule: (\w+)\)", log, re.MULTILINE)
    return {rule for job, rule in finished if job in ids}


def main() -> None:
    """Run both, print the table."""
    if reason := missing():
        sys.exit(reason)
    with tempfile.TemporaryDirectory() as scratch:
        here, there = (copy_project(Path(scratch) / name) for name in ("local", "slurm"))
        seconds = local(here)
        slurm_seconds, jobs = on_slurm(there)
        times, slurm_times = benchmarks(here), benchmarks(there)
        log = (there / "snakemake.log").read_text(encoding="utf-8")
    commands = sum(sum(slurm_times[rule]) for rule in submitted_rules(log))
    count = [sum(map(len, rules.values())) for rules in (times, slurm_times)]
    total = [sum(map(sum, rules.values())) for rules in (times, slurm_times)]
    print("| | local, two cores | SLURM, two nodes of one core |")
    print("|---|---|---|")
    print(f"| wall time / s | {seconds:.0f} | {slurm_seconds:.0f} |")
    print(f"| jobs (through SLURM) | {count[0]} | {count[1]} ({len(jobs)}) |")
    print(f"| time of all commands / s | {total[0]:.0f} | {total[1]:.0f} |")
    print(f"| nodes held / s | – | {sum(jobs):.0f} |")
    print(f"| of that, not the command: a job / s | – | {(sum(jobs) - commands) / len(jobs):.1f} |")


if __name__ == "__main__":
    main()
