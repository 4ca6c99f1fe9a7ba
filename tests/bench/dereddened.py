"""What a model of `make model` makes of magnitudes that were corrected for dust, by mistake.

PYTHONPATH=scripts .venv/bin/python tests/bench/dereddened.py    # after make model

Simulated stars, most of which the model learnt from: only the difference between the two counts.
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


def main(results: Path = Path("results")) -> None:
    """Print accuracies of both by extinction, as the table of docs/limits.md."""
    shards = sorted((results / "shards").glob("*.parquet"))
    stars = pa.concat_tables(files.read_table(path) for path in shards)
    truth = label_rows(stars.to_pandas(), "subclass").numbers
    observed = stars.select(["specObjID", *BANDS])
    without = observed
    for band in BANDS:
        corrected = pc.subtract(stars[band], stars[f"extinction_{band}"])
        without = without.set_column(without.column_names.index(band), band, corrected)
    dust = stars["extinction_r"].to_numpy(zero_copy_only=False)
    right = {}
    for name, table in (("as observed", observed), ("corrected", without)):
        types = classify(table, results / "model")["type"].to_pylist()
        numbers = np.array([CLASSES.index(c) if c else -2 for c in types])
        right[name] = numbers == truth
    print("| extinction in r / mag | stars | as observed / % | corrected / % |\n|---|---|---|---|")
    for low, high in [*pairwise(BINS), (0, 10)]:
        rows = (truth >= 0) & (dust >= low) & (dust < high)
        shown = " | ".join(f"{100 * hits[rows].mean():.1f}" for hits in right.values())
        print(f"| {low}–{high} | {rows.sum():,} | {shown} |")


if __name__ == "__main__":
    main()
