"""Of which tables of real stars `stellar-types classify` says that their magnitudes look shifted.

PYTHONPATH=scripts python tests/bench/shifted.py --data FOLDER

FOLDER holds files of real stars (docs/real-stars.md says what they are). Their magnitudes are
shifted as below; the model is `photometry` of `make model`. A cell is what is said of the whole
table (its first 1,000 rows), and of how many tables of 20 of its rows something is said, in %.
The last rows are of simulated stars, as they are: tables of one class, of bright and faint ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from stellar import BANDS, CLASSES, NO_LABEL, files
from stellar.classify.hints import shifted_bands
from stellar.classify.model import Model, load

TABLES = (
    *("real_natural_mix", "real_stars", "real_m_dwarfs"),
    *("real_white_dwarfs", "real_hot_subdwarfs", "real_types_by_others"),
)
_DUST = np.array([4.239, 3.303, 2.285, 1.698, 1.263]) / 2.285  # extinction, of that in r
SHIFTS: dict[str, NDArray[np.float64]] = {
    "none": np.zeros(5),
    **{f"{b} {s:+}": s * np.eye(5)[k] for k, b in enumerate(BANDS) for s in (-0.3, 0.3, -0.9, 0.9)},
    **{f"all {step:+}": np.full(5, float(step)) for step in (-4, -3, -2, 2, 3, 4)},
    "Vega's zero points": -np.array([0.91, -0.08, 0.16, 0.37, 0.54]),  # Blanton & Roweis 2007
    **{f"dust, {step} mag in r": step * _DUST for step in (0.2, 1.0)},
}
DRAWS, FEW = 200, 20


def said(values: NDArray[np.float64], model: Model) -> str:
    """What is said of a table of u g r i z, shape (n_rows, 5), in short."""
    found = shifted_bands(dict(zip(BANDS, values.T, strict=True)), model)
    step = next(iter(found.values()), 0)
    return f"{'all' if len(found) > 1 else ''.join(found)} {step:+g}" if found else "–"


def share(values: NDArray[np.float64], model: Model) -> str:
    """Of how many tables of a few of the rows something is said, in %."""
    random = np.random.default_rng(1)
    draws = [values[random.choice(len(values), FEW, replace=False)] for _ in range(DRAWS)]
    return f"{100 * np.mean([said(draw, model) != '–' for draw in draws]):.0f}"


def real(path: Path) -> NDArray[np.float64]:
    """Magnitudes of the rows that have all five, shape (n_rows, 5)."""
    values = pd.read_csv(path)[list(BANDS)].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    return np.asarray(values[((values > 0) & (values < 40)).all(axis=1)])


def simulated(place: Path) -> Mapping[str, NDArray[np.float64]]:
    """Magnitudes of the stars beside the models, in tables by class and brightness."""
    columns = [*BANDS, "label_subclass"]
    stars = files.read_table(place / "sample.parquet", columns).to_pandas().dropna()
    stars = stars[stars["label_subclass"] != NO_LABEL]
    values, labels = stars[list(BANDS)].to_numpy(float), stars["label_subclass"].to_numpy()
    r = values[:, 2]
    ends = (0, 14, 15, 16, 20, 21, 30)
    return {
        "simulated": values,
        **{f"simulated, {c}": values[labels == k] for k, c in enumerate(CLASSES)},
        **{
            f"simulated, r {low} to {high}": values[(r >= low) & (r < high)]
            for low, high in pairwise(ends)
        },
    }


def main(argv: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path("results/model"))
    given = parser.parse_args(argv)
    model = load(given.model / "photometry")
    assert model is not None
    print("| table | shift / mag | the whole table | tables of 20 of its rows / % |")
    print("|---|---|---|---|")
    for name in TABLES:
        values = real(given.data / f"{name}.csv")
        for shift, step in SHIFTS.items():
            if shift == "none" or name in TABLES[:3]:
                moved = values + step
                print(f"| {name} | {shift} | {said(moved, model)} | {share(moved, model)} |")
    for name, values in simulated(given.model).items():
        print(f"| {name} | none | {said(values, model)} | {share(values, model)} |")


if __name__ == "__main__":
    main()
