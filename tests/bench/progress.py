"""How right `make progress` was: a finished run's log, cut at parts of its time.

python tests/bench/progress.py .snakemake/log/2026-03-02T120000.000000.snakemake.log

prints the minutes that were left, and those it said (docs/survival.md).
"""

from __future__ import annotations

import argparse
import re
import sys
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
from stellar.workflow.progress import progress


def main() -> None:
    """Print a line for each cut."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    log = parser.parse_args().log.read_text(encoding="utf-8")
    stamps = [
        (found.start(), datetime.strptime(found.group(1), "%a %b %d %H:%M:%S %Y"))
        for found in re.finditer(r"^\[(\w{3} \w{3} .*)\]$", log, re.M)
    ]
    (_, start), (_, end) = stamps[0], stamps[-1]
    for part in (0.05, 0.1, 0.25, 0.5, 0.75, 0.9):
        place, now = max(s for s in stamps if s[1] - start <= part * (end - start))
        said = progress(log[:place], now)
        if said is not None:
            gone, left = (now - start).total_seconds() / 60, (end - now).total_seconds() / 60
            print(f"after {gone:.1f} min: {left:.1f} min were left, said {said.left / 60:.1f}")


if __name__ == "__main__":
    main()
