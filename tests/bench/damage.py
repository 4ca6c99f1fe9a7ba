"""What page checksums are good for, and what they cost: flipped bits, and seconds.

python tests/bench/damage.py results/stars.parquet

prints the figures of docs/survival.md. Each flip changes one bit at a random place of the file,
which is then read whole. Times are CPU seconds of one thread, the least of three, for the table
repeated to a million rows.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
from stellar import files

FLIPS = 2000
ROWS = 1_000_000


def write(path: Path, table: pa.Table, checksums: bool) -> None:
    """Write as `files.table_writer` does, with or without checksums."""
    pq.write_table(
        table.combine_chunks(),
        path,
        row_group_size=files.ROW_GROUP,
        compression="zstd",
        dictionary_pagesize_limit=files.DICTIONARY,
        write_page_checksum=checksums,
    )


def read(path: Path, checksums: bool) -> pa.Table:
    """Read whole, with one thread."""
    return pq.read_table(path, page_checksum_verification=checksums, use_threads=False)


def flips(path: Path, table: pa.Table, checksums: bool) -> Counter[str]:
    """How flipped bits end: an error, no difference, other values, or other names and types."""
    write(path, table, checksums)
    whole, chance = path.read_bytes(), random.Random(1)
    found: Counter[str] = Counter()
    for _ in range(FLIPS):
        place = chance.randrange(len(whole))
        changed = whole[place] ^ 1 << chance.randrange(8)
        path.write_bytes(whole[:place] + bytes([changed]) + whole[place + 1 :])
        try:
            seen = read(path, checksums)
        except (OSError, ValueError, pa.ArrowException):
            found["error"] += 1
            continue
        if not seen.schema.equals(table.schema, check_metadata=True):
            found["other names, types or metadata"] += 1
        else:
            found["no difference" if seen.equals(table) else "other values"] += 1
    return found


def least(work: Callable[[], object]) -> float:
    """CPU seconds, the least of three."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", help="a Parquet file of the study")
    table = files.read_table(parser.parse_args().table)
    large = pa.concat_tables([table] * -(-ROWS // table.num_rows)).slice(0, ROWS).combine_chunks()
    few = table.slice(0, 3000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.parquet"
        for checksums in (False, True):
            print(f"checksums: {checksums}; {FLIPS} flips: {dict(flips(path, few, checksums))}")
            written = least(lambda c=checksums: write(path, large, c))
            seen = least(lambda c=checksums: read(path, c))
            size = path.stat().st_size / 1e6
            print(f"  {ROWS} rows: written in {written:.2f} s, read in {seen:.2f} s, {size:.2f} MB")


if __name__ == "__main__":
    main()
