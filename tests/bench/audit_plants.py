"""Leaks planted into simulated stars, and clean tables: what the audit says of each.

PYTHONPATH=scripts python tests/bench/audit_plants.py [--rows 6000] [--only KIND …] [--jobs 2]
    [--seeds N] [--json results/bench/audit.json]

Prints a line a plant and a summary by kind, and writes a list of
{plant, kind, rows, seed, worth, expected, got, cpu_s}. `worth` is what boosted trees gain by the
leak over its clean twin, in percentage points of accuracy. docs/audit-bench.md says what the kinds
are; audit_tables.py writes its tables.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from plants.lines import printed, summary  # noqa: E402
from plants.specs import Plant  # noqa: E402
from plants.stars import Wanted  # noqa: E402
from plants.tasks import Task, results, specs, tasks  # noqa: E402
from plants.worth import Worths  # noqa: E402
from stellar import files  # noqa: E402
from stellar.evaluation.leaks import audit  # noqa: E402

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "results" / "bench"
TREES = 12  # `audit.trees` of config/config.yaml


def verdict_of(plant: Plant) -> tuple[str, str]:
    """The audit's verdict and reason: the one place where the bench calls the audit."""
    found = audit.entry(plant.sample, plant.groups, seed=plant.seed, trees=TREES)
    return found["verdict"], found["reason"]


def tried(task: Task) -> dict[str, Any]:
    """A line of the bench."""
    given = task.plant()
    start = time.process_time()
    try:
        got, reason = verdict_of(given)
    except Exception as error:  # the bench goes on: a crash is a wrong answer
        got, reason = "error", f"{type(error).__name__}: {error}"
    cpu = time.process_time() - start
    return {
        "plant": given.name,
        "kind": given.kind,
        "strength": given.strength,
        "rows": len(given.sample.labels),
        "seed": given.seed,
        "worth": Worths(RESULTS / "worth").of(given),
        "expected": given.expected,
        "got": got,
        "cpu_s": round(cpu, 2),
        "reason": reason,
    }


def main(argv: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Print the bench, write the lines and return them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=Wanted.rows, help="of plants of the usual size")
    parser.add_argument(
        "--only", metavar="KIND", nargs="+", default=(), help="plants whose name has such a text"
    )
    parser.add_argument("--seeds", type=int, help="so many of each plant, not its own number")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path, default=RESULTS / "audit.json")
    options = parser.parse_args(argv)
    wanted = tasks(options.only, options.rows, options.seeds)
    if not wanted:
        texts = " or ".join(options.only)
        parser.error(f"no plant's name has {texts}; kinds stand in docs/audit-bench.md")
    order, lines = list(specs()), []
    for line in results(tried, wanted, options.jobs):
        print(printed(line), flush=True)
        lines.append(line)
        lines.sort(key=lambda line: (order.index(line["plant"]), line["seed"]))
        files.write_json(options.json, lines)  # at once: what a stopped bench found is kept
    print("\n".join(summary(lines)))
    return lines


if __name__ == "__main__":
    main()
