"""What the model `photometry` makes of dust, and of magnitudes that were corrected for it.

PYTHONPATH=scripts .venv/bin/python tests/bench/dereddened.py    # after make model

Simulated stars, most of which the model learnt from: only differences count.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from stellar import BANDS, CLASSES, files
from stellar.classify.tables import classify
from stellar.sample.spectral_types import label_rows

BINS = (0, 0.1, 0.2, 0.4, 10)  # mag of extinction in r


def outcome(table: pa.Table, truth: np.ndarray, results: Path) -> np.ndarray:
    """Of each row whether it is typed right, its probability, whether it is flagged: (n, 3)."""
    typed = classify(table, results / "model")
    numbers = [CLASSES.index(c) if c else -2 for c in typed["type"].to_pylist()]
    shares = np.column_stack([typed[f"type_p_{c}"].to_numpy() for c in CLASSES])
    flagged = typed["type_flag"].is_valid().to_numpy()
    return np.column_stack([np.array(numbers) == truth, shares.max(axis=1), flagged])


def main(results: Path = Path("results")) -> None:
    """Print the table of docs/limits.md: by extinction, as observed and corrected for dust."""
    shards = sorted((results / "shards").glob("*.parquet"))
    stars = pa.concat_tables(files.read_table(path) for path in shards)
    truth = label_rows(stars.to_pandas(), "subclass").numbers
    observed = corrected = stars.select(["specObjID", *BANDS])
    for place, band in enumerate(BANDS, start=1):
        without = pc.subtract(stars[band], stars[f"extinction_{band}"])
        corrected = corrected.set_column(place, band, without)
    seen, mended = (outcome(table, truth, results) for table in (observed, corrected))
    dust = stars["extinction_r"].to_numpy(zero_copy_only=False)
    print(
        "| extinction in r / mag | stars | right / % | mean probability / % | flagged / % ", end=""
    )
    print("| right if corrected / % |\n|---|---|---|---|---|---|")
    for low, high in [*pairwise(BINS), (0, 10)]:
        rows = (truth >= 0) & (dust >= low) & (dust < high) & np.isfinite(seen[:, 1])
        cells = [*100 * seen[rows].mean(axis=0), 100 * mended[rows, 0].mean()]
        print(f"| {low}–{high} | {rows.sum():,} | {' | '.join(f'{c:.1f}' for c in cells)} |")


if __name__ == "__main__":
    main()
