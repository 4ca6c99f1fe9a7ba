"""The plants of `audit_plants.py` as deepchecks and cleanlab's Datalab see them.

python3.11 -m venv /tmp/peers && /tmp/peers/bin/pip install -r tests/bench/peers-requirements.txt
PYTHONPATH=scripts python tests/bench/audit_peers.py --python /tmp/peers/bin/python [--seeds 1]
    [--only KIND …] [--jobs 2] [--json results/bench/audit_peers.json]

Writes a list of {plant, kind, rows, seed, expected, deepchecks, datalab}, with what each found, and
prints how many plants of a kind each accuses; docs/audit-bench.md says what counts as one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
from plants.specs import Plant  # noqa: E402
from plants.tables import peers_table  # noqa: E402
from plants.tasks import Task, results, specs, tasks  # noqa: E402
from plants.worth import fingerprint  # noqa: E402
from stellar import files  # noqa: E402

RESULTS = Path(__file__).parents[2] / "results" / "bench"
PROGRAM = Path(__file__).with_name("peers_checks.py")


@cache
def peers(python: Path) -> subprocess.Popen[str]:
    """A process of the peers' environment, which ends with this one."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return subprocess.Popen(
        [python, PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        encoding="utf-8",
    )


def asked(task: Task, python: Path) -> dict[str, Any]:
    """What the peers say of a plant; answers are kept, as they take long."""
    given = task.plant()
    asked_for = PROGRAM.read_bytes() + given.groups["star"].tobytes()
    kept = RESULTS / "peers" / f"{fingerprint(given.sample, asked_for)}.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        files.write_json(kept, answer(given, python))
    about = {"plant": given.name, "kind": given.kind, "seed": given.seed}
    about |= {"rows": len(given.sample.labels), "expected": given.expected}
    return {**about, **files.read_json(kept)}


def answer(given: Plant, python: Path) -> dict[str, Any]:
    """What the peers say of a table."""
    process = peers(python)
    assert process.stdin
    assert process.stdout
    with tempfile.NamedTemporaryFile(suffix=".npz") as file:
        np.savez(
            file,
            values=given.sample.values,
            names=np.array(given.sample.feature_names),
            labels=given.sample.labels,
            folds=given.sample.folds,
            star=given.groups["star"],
        )
        file.flush()
        process.stdin.write(file.name + "\n")
        process.stdin.flush()
        said = process.stdout.readline()
    if not said:
        raise SystemExit(f"error: {python} cannot run the peers; install peers-requirements.txt")
    return dict(json.loads(said))


def main(argv: Sequence[str] | None = None) -> None:
    """Ask, write, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", type=Path, required=True, help="of the peers' environment")
    parser.add_argument(
        "--only", metavar="KIND", nargs="+", default=(), help="plants whose name has such a text"
    )
    parser.add_argument("--seeds", type=int, default=1, help="so many of each plant")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--json", type=Path, default=RESULTS / "audit_peers.json")
    options = parser.parse_args(argv)
    wanted = tasks(options.only, seeds=options.seeds)
    lines = []
    for line in results(partial(asked, python=options.python), wanted, options.jobs):
        lines.append(line)
        print(f"{len(lines)} of {len(wanted)}: {line['plant']}", flush=True)
    order = list(specs())
    lines.sort(key=lambda line: (order.index(line["plant"]), line["seed"]))
    files.write_json(options.json, lines)
    ours = RESULTS / "audit.json"
    print(peers_table(files.read_json(ours) if ours.exists() else [], lines))


if __name__ == "__main__":
    main()
