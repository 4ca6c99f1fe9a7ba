"""What importing a large table costs, by format, beside plain pandas and astropy.

python tests/bench/tables.py [--rows 1000000 3000000] [--formats csv parquet fits vot binary2.vot]

Writes simulated tables into a temporary folder (about 1.4 GB a million rows), runs
scripts/import_table.py and the peer on each as processes, and prints a Markdown table. Memory is
the peak of the process as the operating system counts it, mapped files included.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from astropy.io.votable.tree import VOTableFile  # noqa: E402
from astropy.table import Table  # noqa: E402
from stellar.survey.simulated.shard import simulate_shard  # noqa: E402

PEERS = {
    "csv": ("pandas.read_csv", "import pandas; pandas.read_csv({!r})"),
    "parquet": ("pandas.read_parquet", "import pandas; pandas.read_parquet({!r})"),
    "fits": ("astropy Table.read", "from astropy.table import Table; Table.read({!r})"),
    "vot": ("astropy Table.read", "from astropy.table import Table; Table.read({!r})"),
    "binary2.vot": ("astropy Table.read", "from astropy.table import Table; Table.read({!r})"),
}
PART = 100_000


def parts(rows: int) -> Iterator[pd.DataFrame]:
    for shard, low in enumerate(range(0, rows, PART)):
        yield simulate_shard(seed=1, shard=shard, n_stars=min(PART, rows - low))


def write(path: Path, kind: str, rows: int) -> None:
    """A table as its usual writer writes it; a long one a part at a time where that can be."""
    if kind == "csv":
        for number, frame in enumerate(parts(rows)):
            frame.to_csv(path, index=False, header=not number, mode="a" if number else "w")
    elif kind == "parquet":
        pd.concat(parts(rows), ignore_index=True).to_parquet(path)
    elif kind == "fits":
        Table.from_pandas(pd.concat(parts(rows), ignore_index=True)).write(path)
    elif kind == "vot":
        with path.open("w", encoding="utf-8") as file:
            for number, frame in enumerate(parts(rows)):
                head, body, end = tabledata(frame)
                file.write(body if number else head + body)
            file.write(end)
    else:
        frame = pd.concat(parts(rows), ignore_index=True)
        signed(frame).write(path, format="votable", tabledata_format="binary2")


def signed(frame: pd.DataFrame) -> Table:
    """VOTable has no unsigned long; CasJobs writes ids as long."""
    return Table.from_pandas(frame.astype({"specObjID": np.int64}))


def tabledata(frame: pd.DataFrame) -> tuple[str, str, str]:
    """Head, rows and end of a VOTable of text; the head is astropy's."""
    one_row = io.BytesIO()
    votable = VOTableFile.from_table(signed(frame.iloc[:1]))
    votable.to_xml(one_row, _debug_python_based_parser=True)  # astropy's C writer spoils memory
    text = one_row.getvalue().decode()
    head, rest = text.split("<TR>")
    end = rest.split("</TR>")[1]
    escaped = frame.astype(str).replace({"&": "&amp;", "<": "&lt;"}, regex=True)
    rows = ("<TR><TD>" + "</TD><TD>".join(row) + "</TD></TR>\n" for row in escaped.to_numpy())
    return head, "".join(rows), end


def measured(*command: str) -> tuple[float, float, float]:
    """Seconds, seconds of CPU (as of 10 ms before the end) and peak megabytes of a process."""
    start = time.perf_counter()
    process = psutil.Popen([sys.executable, *command], stderr=-1, stdout=-3)
    peak = cpu = 0.0

    def watch() -> None:
        nonlocal peak, cpu
        while process.is_running():
            try:
                peak = max(peak, process.memory_info().rss)
                cpu = max(cpu, sum(process.cpu_times()[:2]))
            except psutil.Error:
                return
            time.sleep(0.01)

    threading.Thread(target=watch, daemon=True).start()
    said = process.communicate()[1]
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}\n{said.decode()}")
    return time.perf_counter() - start, cpu, peak / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 3_000_000])
    formats = list(PEERS)  # not by default: binary2.vot, which takes 3 GB a million rows
    parser.add_argument("--formats", nargs="+", choices=formats, default=formats[:-1])
    args = parser.parse_args()
    print("| format | rows | file / MB | s | CPU s | rows/s | MB | peer | s | CPU s | MB |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for rows in args.rows:
        for kind in args.formats:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, f"stars.{kind}")
                write(path, kind, rows)
                seconds, cpu, peak = measured(
                    str(ROOT / "scripts" / "import_table.py"),
                    *(
                        "--config",
                        '{"columns": {}, "units": {}, "label": null, "own": {}}',
                        "--table",
                        str(path),
                    ),
                    *("--shards", *(f"{folder}/shards/{n}.parquet" for n in range(10))),
                )
                name, code = PEERS[kind]
                other = "{:.1f} | {:.1f} | {:.0f}".format(*measured("-c", code.format(str(path))))
                print(
                    f"| {kind} | {rows:,} | {path.stat().st_size / 1e6:.0f} | {seconds:.1f} | "
                    f"{cpu:.1f} | {rows / seconds:,.0f} | {peak:.0f} | {name} | {other} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
