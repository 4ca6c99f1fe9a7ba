"""What each rule cost, and what that bought: from jobs' logs and Snakemake's benchmark files."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stellar.files import read_csv
from stellar.phases import BOUGHT, PHASES, begun, logged


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


def purpose(docstring: str) -> str:
    """A rule's docstring as a sentence for all its jobs: what each fills in is left open.

    >>> purpose("Score tier {wildcards.tier}, label {wildcards.scheme}.")
    'Score tier …, label ….'
    """
    return re.sub(r"{[\w.]+}", "…", docstring)


def after(made: Mapping[str, str], read: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Of each rule the rules that make what it reads: `made` by file, `read` by rule."""
    return {rule: sorted({made[f] for f in files & made.keys()}) for rule, files in read.items()}


def cost_table(
    jobs: Sequence[Job], purposes: Mapping[str, str], after: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """One row a rule, dearest first, and a last row for all.

    Parameters
    ----------
    jobs : sequence of Job
    purposes : mapping of str to str
        What rules are there for, in a sentence.
    after : mapping of str to sequence of str
        Of each rule those whose files it reads.

    Returns
    -------
    list of dict
        `rule`, `jobs`, `wall_s` (sum over jobs, seconds), `cpu_s` and its phases `import_s`,
        `compile_s`, `train_s`, `evaluate_s`, `other_s`, `peak_mb` (largest resident memory of a
        job, by its own count or by Snakemake's, which looks every few seconds); what it bought:
        `trainings`, `rows_trained` (rows × epochs), `rows_predicted`; the rules that it comes
        `after`, with spaces between them, and the rule's `purpose`.
    """
    by_rule: dict[str, list[dict[str, float]]] = defaultdict(list)
    for job in jobs:
        by_rule[job.rule].append(_spent(job))

    def row(rule: str, found: Sequence[dict[str, float]]) -> dict[str, Any]:
        names = ("wall", "cpu", *PHASES, "other")
        return {
            "rule": rule,
            "jobs": len(found),
            **{f"{name}_s": sum(job[name] for job in found) for name in names},
            "peak_mb": max(job["peak"] for job in found),
            **{name: int(sum(job[name] for job in found)) for name in BOUGHT},
            "after": " ".join(name for name in after.get(rule, ()) if name in by_rule),
            "purpose": purposes.get(rule, ""),
        }

    rows = sorted((row(*item) for item in by_rule.items()), key=lambda r: (-r["cpu_s"], r["rule"]))
    return [*rows, row("all jobs", [job for found in by_rule.values() for job in found])]


def _spent(job: Job) -> dict[str, float]:
    """What a job's log says, with its seconds by the clock and the most memory that was seen."""
    seen = read_csv(job.benchmark, delimiter="\t")[0]
    found = logged(job.log.read_text(encoding="utf-8"))
    peak = seen["max_rss"] if isinstance(seen["max_rss"], int | float) else 0.0
    return {**found, "peak": max(found["peak"], peak), "wall": float(seen["s"])}


def job_table(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """One row a job.

    Returns
    -------
    list of dict
        `rule`, `job` (empty: the rule's only one), `start` (date and time; None: its log does not
        say), `wall_s`, `cpu_s`, and what that bought.
    """
    rows = []
    for job in jobs:
        found = _spent(job)
        bought = {name: int(found[name]) for name in BOUGHT}
        start = begun(job.log.read_text(encoding="utf-8"))
        known = {"rule": job.rule, "job": job.name, "start": start, "wall_s": found["wall"]}
        rows.append({**known, "cpu_s": found["cpu"], **bought})
    return rows
