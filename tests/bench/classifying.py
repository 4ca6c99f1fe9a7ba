"""Rows a second and memory of `stellar-types classify`, beside a script as a user would write it.

PYTHONPATH=scripts python tests/bench/classifying.py --rows 10000 100000 1000000 10000000

types tables of simulated stars from Parquet to Parquet by the models of `make model`, each in a
process of its own; prints the tables of docs/performance.md and writes
`results/bench/classifying.json`. Start-up is what a table of one row takes. Stars are those of one
simulated shard, over and over, each time with other ids and errors of measurement. Memory is the
peak of the process as the operating system counts it; "others" is how many cores other processes
had meanwhile; rates are without start-up.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from stellar import BANDS, files
from stellar.errors import UserError
from stellar.survey.simulated.shard import simulate_shard

ROOT = Path(__file__).parents[2]
PHOTOMETRY = ("specObjID", "ra", "dec", *BANDS)
ALL = (*PHOTOMETRY, "redshift", "sppTeff", "sppLogG", "sppFeH")
SHARD = 100_000  # simulated stars that are repeated
QUIET = 0.3  # cores that others have
SETTINGS = {
    "PYTHONPATH": str(ROOT / "scripts"),
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
}
COMMAND = ("-m", "stellar.classify.program", "classify")
SCRIPT = """
import json, sys
import keras, numpy as np, pandas as pd
from sklearn.preprocessing import StandardScaler

table, output, folder = sys.argv[1:]
about = json.load(open(f"{folder}/model.json"))["scaler"]
stars = pd.read_parquet(table)
features = stars[list("ugriz")].astype(float)
for a, b in zip("ugri", "griz"):
    features[f"{a}_{b}"] = features[a] - features[b]
scaler = StandardScaler()
numbers = {name: [float.fromhex(v) if isinstance(v, str) else v for v in about[name]]
           for name in ("mean", "std")}
scaler.mean_, scaler.scale_ = np.array(numbers["mean"]), np.array(numbers["std"])
values = scaler.transform(features[about["features"]].to_numpy())
network = keras.models.load_model(f"{folder}/network.keras")
shares = network.predict(values, verbose=0)
stars["type"] = np.array(list("OBAFGKM"))[shares.argmax(axis=1)]
for k, c in enumerate("OBAFGKM"):
    stars[f"type_p_{c}"] = shares[:, k]
stars.to_parquet(output)
"""


def write_table(path: Path, rows: int, columns: Sequence[str], shard: int = SHARD) -> None:
    """A Parquet file of so many stars, a shard at a time."""
    stars = simulate_shard(seed=1, shard=0, n_stars=shard)
    random = np.random.default_rng(2)
    errors = {band: stars[f"err_{band}"].clip(0, 0.5).to_numpy() for band in BANDS}
    first = pa.Table.from_pandas(stars[list(columns)], preserve_index=False)
    with pq.ParquetWriter(path, first.schema) as file:
        for low in range(0, rows, shard):
            part = stars[list(columns)].copy()
            part["specObjID"] += np.uint64(low)
            for band, error in errors.items():
                measured_again = part[band] + error * random.normal(size=len(part))
                part[band] = measured_again.where(part[band] > 0, part[band]).astype(np.float32)
            table = pa.Table.from_pandas(part, schema=first.schema, preserve_index=False)
            file.write_table(table.slice(0, rows - low))


def measured(command: Sequence[str]) -> dict[str, float]:
    """Seconds, seconds of CPU, peak megabytes of a process, and cores that others had meanwhile.

    Raises
    ------
    UserError
        The process failed.
    """
    busy, start, load = _busy(), time.perf_counter(), os.getloadavg()[0]
    process = psutil.Popen(
        [sys.executable, *command], stdout=-3, stderr=-1, env={**os.environ, **SETTINGS}
    )
    peak = 0

    def watch() -> None:
        nonlocal peak
        while process.is_running():
            try:
                peak = max(peak, process.memory_info().rss)
            except psutil.Error:
                return
            time.sleep(0.01)

    watcher = threading.Thread(target=watch, daemon=True)
    before = os.times()
    watcher.start()
    said = process.communicate()[1]
    seconds, after = time.perf_counter() - start, os.times()
    watcher.join()
    if process.returncode:
        raise UserError(f"{' '.join(command[:3])} failed: {said.decode()[-2000:]}")
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    own = cpu + after.user + after.system - before.user - before.system
    others = max(0.0, (_busy() - busy - own) / seconds)
    return {"s": seconds, "cpu_s": cpu, "mb": peak / 1e6, "others": others, "load": load}


def _busy() -> float:
    """Seconds that all cores have worked so far."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def until_quiet(seconds: float) -> None:
    """Wait until other processes leave the machine alone, but so long at most."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        busy = _busy()
        time.sleep(2)
        if (_busy() - busy) / 2 < QUIET:
            return


class Bench:
    """Runs both ways on tables in a folder."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.folder, self.models = folder, options.model
        self.repeats, self.threads, self.patience = (
            options.repeats,
            options.threads,
            options.patience,
        )
        self.script = folder / "script.py"
        self.script.write_text(SCRIPT, encoding="utf-8")

    def command(self, way: str, table: Path) -> list[str]:
        """What is run; its output is `way.parquet`."""
        output = str(self.folder / f"{way}.parquet")
        if way == "script":
            return [str(self.script), str(table), output, str(self.models / "photometry")]
        options = ["--model", str(self.models), "--threads", str(self.threads), "--force"]
        return [*COMMAND, str(table), "-o", output, *options]

    def run(self, way: str, table: Path) -> dict[str, float]:
        """Of some runs the one that other processes disturbed least."""
        runs = []
        for _ in range(self.repeats):
            until_quiet(self.patience)
            runs.append(measured(self.command(way, table)))
        return min(runs, key=lambda run: (round(run["others"], 1), run["s"]))

    def equal(self) -> float:
        """Share of the rows typed by both that have the same class both ways."""
        ours, theirs = (
            pq.read_table(self.folder / f"{way}.parquet", columns=["type"])["type"].to_pandas()
            for way in ("command", "script")
        )
        typed = ours.notna()
        return float((ours[typed] == theirs[typed]).mean())


def shown(rows: Sequence[dict[str, Any]]) -> str:
    """The table of docs/performance.md."""
    head = (
        "rows | columns | by | s | CPU s | rows/s | rows/CPU s | MB | load | others | ratio, of CPU"
    )
    lines = [f"| {head} |", "|---" * 11 + "|"]
    for row in rows:
        rates = f"{row['rate']:,.0f} | {row['cpu_rate']:,.0f}" if "rate" in row else "start-up | "
        ratio = f"{row['faster']:.0f}×, {row['less_cpu']:.0f}×" if "faster" in row else ""
        lines.append(
            f"| {row['rows']:,} | {row['columns']} | {row['by']} | {row['s']:.2f} | "
            f"{row['cpu_s']:.2f} | {rates} | {row['mb']:.0f} | {row['load']:.1f} | "
            f"{row['others']:.1f} | {ratio} |"
        )
    return "\n".join(lines)


def with_rates(
    found: dict[str, Any], start: dict[str, Any], ours: dict[str, Any] | None
) -> dict[str, Any]:
    """A run with its rows a second without start-up, and how many times as many ours does."""
    rates = {
        name: found["rows"] / max(found[of] - start[of], 1e-3)
        for name, of in (("rate", "s"), ("cpu_rate", "cpu_s"))
    }
    if ours is None:
        return {**found, **rates}
    ratios = {"faster": ours["rate"] / rates["rate"]}
    return {**found, **rates, **ratios, "less_cpu": ours["cpu_rate"] / rates["cpu_rate"]}


def bench(runner: Bench, sizes: Sequence[int], most: int, shard: int) -> list[dict[str, Any]]:
    """A line a size and way; the script stops at `most` rows."""
    rows: list[dict[str, Any]] = []
    for name, columns in (("u g r i z", PHOTOMETRY), ("and redshift, SSPP", ALL)):
        wide = name != "u g r i z"
        start: dict[str, dict[str, Any]] = {}
        for size in [1, *([max(n for n in sizes if n <= most)] if wide else sizes)]:
            table = runner.folder / "stars.parquet"
            write_table(table, size, columns, shard)
            for way in ["command"] + ["script"] * (size <= most and not wide):
                found: dict[str, Any] = {"rows": size, "columns": name, "by": way}
                found |= runner.run(way, table)
                if way in start:
                    ours = rows[-1] if way == "script" else None
                    found = with_rates(found, start[way], ours)
                start.setdefault(way, found)
                if way == "script":
                    found["equal"] = runner.equal()
                rows.append(found)
                print(shown([found]).splitlines()[-1], file=sys.stderr, flush=True)
    return rows


def main(argv: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Print the table, write the results and return them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--script-rows", type=int, default=1_000_000, help="most for the script")
    parser.add_argument("--model", type=Path, default=ROOT / "results/model")
    parser.add_argument("--repeats", type=int, default=3, help="the least disturbed counts")
    parser.add_argument(
        "--patience", type=float, default=0, help="seconds to wait for a quiet machine"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--shard", type=int, default=SHARD, help="simulated stars")
    parser.add_argument("--json", type=Path, default=ROOT / "results/bench/classifying.json")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="classifying-") as folder:
        runner = Bench(Path(folder), options)
        rows = bench(runner, options.rows, options.script_rows, options.shard)
    print(shown(rows))
    files.write_json(options.json, rows)
    return rows


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
