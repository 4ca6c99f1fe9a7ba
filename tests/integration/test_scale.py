"""The measurement of docs/scale.md runs; what it measures is not judged here."""

import re
import subprocess
import sys

import pytest
from project import ROOT


@pytest.mark.slow
def test_the_measurement_runs():
    sizes = [600, 1200]
    command = [sys.executable, str(ROOT / "tests/bench/scale.py"), "--shard", "600", "--stars"]
    run = subprocess.run(
        [*command, *map(str, sizes)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert run.returncode == 0, run.stderr
    rows = re.findall(
        r"^\| ([\d,]+) \| ([a-z]+).* \| ([\d.]+) \| [\d,]+ \| ([\d,]+) \|", run.stdout, re.M
    )
    assert [(row[0], row[1]) for row in rows] == [
        (f"{size:,}", stage) for size in sizes for stage in ("acquire", "label", "split", "all")
    ]
    assert all(float(seconds) > 0 and int(peak) > 20 for _, _, seconds, peak in rows)
