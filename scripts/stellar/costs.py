"""What each rule cost, from Snakemake's benchmark files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stellar.files import read_csv


def cost_rows(benchmarks: Sequence[tuple[str, Path]]) -> list[dict[str, Any]]:
    """One row a rule, dearest first, and a last row for all.

    Parameters
    ----------
    benchmarks : sequence of (str, Path)
        Name of the rule and one job's benchmark file.

    Returns
    -------
    list of dict
        `rule`, `jobs`, `wall_s` and `cpu_s` (sums over jobs, seconds), `peak_mb` (largest
        resident memory of a job). Snakemake looks at a job every few seconds, so that of very
        short jobs it may have seen no CPU time or memory: they count as 0.
    """
    jobs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for rule, path in benchmarks:
        jobs[rule].append(read_csv(path, delimiter="\t")[0])

    def number(value: Any) -> float:
        return float(value) if isinstance(value, int | float) else 0.0

    def row(rule: str, found: Sequence[dict[str, Any]]) -> dict[str, Any]:
        return {
            "rule": rule,
            "jobs": len(found),
            "wall_s": sum(number(job["s"]) for job in found),
            "cpu_s": sum(number(job["cpu_time"]) for job in found),
            "peak_mb": max(number(job["max_rss"]) for job in found),
        }

    rows = sorted((row(*item) for item in jobs.items()), key=lambda r: (-r["wall_s"], r["rule"]))
    return [*rows, row("all jobs", [job for found in jobs.values() for job in found])]
