"""Rows copied from one fold to another, and values that repeat by chance."""

from dataclasses import replace

import numpy as np
import pytest
from made_stars import made_stars
from stellar.evaluation.leaks.near_copies import near_copies, published_step
from stellar.sample.arrays import Sample

ROWS = 4000


@pytest.fixture(scope="module")
def clean() -> Sample:
    return made_stars(ROWS)[0]


def reasons(sample: Sample, stars: np.ndarray | None = None) -> str:
    found, _ = near_copies(sample, np.arange(len(sample.labels)) if stars is None else stars, 0)
    return " ".join(finding.reason for finding in found)


def copied(sample: Sample, share: float, error: float) -> Sample:
    """Rows of even numbers copied to the next ones, of another fold."""
    random = np.random.default_rng(2)
    first = 2 * np.flatnonzero(random.random(len(sample.labels) // 2) < share)
    values = sample.values.copy()
    values[first + 1] = values[first] + error * random.normal(size=(len(first), values.shape[1]))
    return replace(sample, values=values)


@pytest.mark.parametrize("step", [None, 0.1, 0.01, 0.001])
def test_stars_are_no_copies_however_they_are_rounded(clean, step):
    values = clean.values if step is None else (clean.values / step).round() * step
    assert reasons(replace(clean, values=values.astype(np.float32))) == ""


@pytest.mark.parametrize("error", [1e-4, 1e-3, 3e-3])
def test_copies_with_small_differences_are_found(clean, error):
    assert "copies of rows" in reasons(copied(clean, 0.1, error))


def test_one_exact_copy_is_found(clean):
    values = clean.values.copy()
    values[1] = values[0]
    assert "2 rows have the very values" in reasons(replace(clean, values=values))


def test_rows_of_one_star_are_no_copies(clean):
    assert reasons(copied(clean, 1.0, 0.0), np.arange(ROWS) // 2) == ""


def test_a_repeated_spectrum_beside_a_near_star_is_no_copy(clean):
    """Its values stand in another row, of the same star; the near star is near by chance."""
    stars = np.arange(ROWS)
    values, folds = clean.values.copy(), clean.folds.copy()
    spread = values.std(axis=0)
    for first in range(0, 40, 4):
        values[first + 1] = values[first]
        values[first + 2] = values[first] + 3e-4 * spread
        stars[first + 1], folds[first + 1] = stars[first], folds[first]
        folds[first + 2] = (folds[first] + 1) % 5
    assert "very values" not in reasons(replace(clean, values=values, folds=folds), stars)


def test_rows_without_values_are_no_copies(clean):
    values = clean.values.copy()
    values[:200] = np.nan
    assert reasons(replace(clean, values=values)) == ""


def test_few_columns_are_not_tested_and_it_is_said(clean):
    few = replace(clean, values=clean.values[:, :2], feature_names=("u", "g"))
    assert near_copies(few, np.arange(ROWS), 0)[1][0].startswith("near copies: fewer than 4")


@pytest.mark.parametrize("step", [50.0, 0.1, 0.01])
def test_a_published_step_is_seen(step):
    random = np.random.default_rng(3)
    values = (random.normal(100 * step, 20 * step, 3000) / step).round() * step
    assert published_step(values.astype(np.float32).astype(float)) == pytest.approx(step, rel=1e-3)


def test_names_have_no_step():
    names = np.random.default_rng(4).random(200)
    assert published_step(np.repeat(names, 10)) is None
