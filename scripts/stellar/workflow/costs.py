"""What each rule cost: phases that jobs wrote to their logs, and Snakemake's benchmark files."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stellar.files import read_csv
from stellar.phases import PHASES, logged


@dataclass(frozen=True)
class Job:
    """A job's rule, its name there, Snakemake's benchmark file and the job's log."""

    rule: str
    name: str
    benchmark: Path
    log: Path


def jobs_of(benchmarks: Sequence[Path], logs: Sequence[Path]) -> list[Job]:
    """The jobs behind benchmark files and logs, both in one order and named `<rule>/<job>`."""
    root = os.path.commonpath(path.parent for path in benchmarks)
    jobs = []
    for benchmark, log in zip(benchmarks, logs, strict=True):
        rule, *job = benchmark.relative_to(root).with_suffix("").parts
        jobs.append(Job(rule, "/".join(job), benchmark, log))
    return jobs


def cost_rows(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """One row a rule, dearest first, and a last row for all.

    Returns
    -------
    list of dict
        `rule`, `jobs`, `wall_s` (sum over jobs, seconds), `cpu_s` and its phases `import_s`,
        `compile_s`, `train_s`, `evaluate_s`, `other_s`, `peak_mb` (largest resident memory of a
        job, by its own count or by Snakemake's, which looks every few seconds).
    """
    by_rule: dict[str, list[dict[str, float]]] = defaultdict(list)
    for job in jobs:
        seen = read_csv(job.benchmark, delimiter="\t")[0]
        found = logged(job.log.read_text(encoding="utf-8"))
        peak = seen["max_rss"] if isinstance(seen["max_rss"], int | float) else 0.0
        found["peak"] = max(found["peak"], peak)
        by_rule[job.rule].append({"wall": float(seen["s"]), **found})

    def row(rule: str, found: Sequence[dict[str, float]]) -> dict[str, Any]:
        names = ("wall", "cpu", *PHASES, "other")
        return {
            "rule": rule,
            "jobs": len(found),
            **{f"{name}_s": sum(job[name] for job in found) for name in names},
            "peak_mb": max(job["peak"] for job in found),
        }

    rows = sorted((row(*item) for item in by_rule.items()), key=lambda r: (-r["cpu_s"], r["rule"]))
    return [*rows, row("all jobs", [job for found in by_rule.values() for job in found])]


def job_rows(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """One row a job: `rule`, `job` (empty: the rule's only one), `cpu_s`."""
    return [
        {
            "rule": job.rule,
            "job": job.name,
            "cpu_s": logged(job.log.read_text(encoding="utf-8"))["cpu"],
        }
        for job in jobs
    ]
