"""What repeated spectra allow."""

import numpy as np
import pytest
from stellar.evaluation.leaks.repeats import above_the_ceiling, ceiling


def spectra(agree: float, n: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    """Two spectra a star; a share of the pairs has one label."""
    random = np.random.default_rng(1)
    first = random.integers(3, size=n)
    second = np.where(random.random(n) < agree, first, (first + 1) % 3)
    return np.column_stack([first, second]).ravel().astype(np.int8), np.repeat(np.arange(n), 2)


def test_the_ceiling_is_the_root_of_agreement():
    found = ceiling(*spectra(0.81))
    assert found["pairs"] == 2000
    assert found["ceiling"] == pytest.approx(0.9, abs=0.02)


def test_no_classifier_of_the_star_exceeds_it():
    """The best one knows each star's probabilities."""
    random = np.random.default_rng(2)
    p = random.dirichlet([0.4, 0.4, 0.4], 5000)
    drawn = (random.random((5000, 2, 1)) > p.cumsum(axis=1)[:, None]).sum(axis=2)
    found = ceiling(drawn.ravel().astype(np.int8), np.repeat(np.arange(5000), 2))
    best = float((p.argmax(axis=1)[:, None] == drawn).mean())
    assert best < found["ceiling"] + 3 * found["error"]
    assert above_the_ceiling(best, 10000, found) == []


def test_more_than_the_star_can_tell_is_suspect():
    found = ceiling(*spectra(0.81))
    assert above_the_ceiling(0.99, 4000, found)[0].verdict == "suspect"
    assert above_the_ceiling(0.99, 4000, None) == []


def test_of_few_repeats_nothing_is_said():
    labels, stars = spectra(0.8, 20)
    assert ceiling(labels, stars) is None
