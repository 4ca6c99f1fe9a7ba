"""Stars of a made-up world, to plant leaks among: a temperature, what is measured, what is said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from stellar.sample.arrays import Sample


def made_stars(n: int = 4000, seed: int = 1, wrong: float = 0.04) -> tuple[Sample, np.ndarray]:
    """A sample of four measured columns, and each star's own class coordinate, 0 to 7.

    Classes are slices of a temperature; magnitudes and colours follow it with errors, and a share
    of the labels is `wrong`, as labels are.
    """
    random = np.random.default_rng(seed)
    coordinate = 7 * random.beta(2.0, 1.5, n)
    labels = np.floor(coordinate + random.normal(0, 0.15, n)).clip(0, 6)
    astray = random.random(n) < wrong
    labels[astray] = random.integers(7, size=astray.sum())
    colour = 0.4 * coordinate
    bright = 18 + 0.3 * coordinate + random.normal(0, 1, n)
    magnitudes = [bright + k * colour + random.normal(0, 0.12, n) for k in (1.0, 0.0, -0.7)]
    table = np.column_stack([*magnitudes, magnitudes[0] - magnitudes[1]])
    sample = Sample(
        survey="made up",
        ids=np.arange(n, dtype=np.uint64) * 7,
        feature_names=("u", "g", "r", "u_g"),
        values=table.astype(np.float32),
        labels=labels.astype(np.int8),
        folds=(np.arange(n) % 6).astype(np.int8),
    )
    return sample, coordinate


def with_column(sample: Sample, values: np.ndarray, name: str = "planted") -> Sample:
    """The sample with one more column."""
    return replace(
        sample,
        feature_names=(*sample.feature_names, name),
        values=np.column_stack([sample.values, values.astype(np.float32)]),
    )
