"""Columns that share the label's errors."""

import numpy as np
import pytest
from made_stars import made_stars
from stellar.evaluation.leaks.label_errors import Gain, gain, log_posterior
from stellar.evaluation.leaks.measurements import ranks


@pytest.fixture(scope="module")
def stars():
    return made_stars(4000)


WHOLE = np.full(4000, True)
FOLDS = np.random.default_rng(0).integers(4, size=4000)


def gained(stars, column) -> Gain:
    sample, coordinate = stars
    classes = sample.labels.astype(np.int64)
    table = ranks(sample.values)
    joint = np.column_stack([table, ranks(column(classes, coordinate)[:, None])])
    return gain(
        log_posterior(table, classes, FOLDS), log_posterior(joint, classes, FOLDS), classes, WHOLE
    )


def test_probabilities_are_out_of_fold_and_of_this_world(stars):
    sample, coordinate = stars
    found = log_posterior(ranks(sample.values), sample.labels.astype(np.int64), FOLDS)
    assert np.exp(found).sum(axis=1) == pytest.approx(1)
    right = (found.argmax(axis=1) == sample.labels).mean()
    assert 0.4 < right < (np.floor(coordinate) == sample.labels).mean()
    permuted = np.random.default_rng(1).permutation(sample.labels).astype(np.int64)
    blind = log_posterior(ranks(sample.values), permuted, FOLDS)
    assert (blind.argmax(axis=1) == permuted).mean() < np.bincount(permuted).max() / 4000 + 0.03


def test_a_fold_s_labels_do_not_reach_its_probabilities(stars):
    sample, _ = stars
    classes = sample.labels.astype(np.int64)
    other = np.where(FOLDS == 2, 6 - classes, classes)
    table = ranks(sample.values)
    first, second = (log_posterior(table, labels, FOLDS) for labels in (classes, other))
    assert first[FOLDS == 2] == pytest.approx(second[FOLDS == 2])


def test_a_measurement_gains_without_the_label_s_errors(stars):
    found = gained(stars, lambda y, t: t)
    assert found.won(4, 0.01)
    assert found.contradicted > 50
    assert found.siding < 0.5
    assert not found.shares_errors(4)


def test_the_label_gains_by_its_errors(stars):
    found = gained(stars, lambda y, t: y + 0.5 * np.random.default_rng(2).normal(size=len(y)))
    assert found.won(4, 0.01)
    assert found.siding > 0.7
    assert found.shares_errors(4)


def test_of_few_contradicted_labels_nothing_is_said():
    assert not Gain(0.2, 20.0, 10, 1.0).shares_errors(4)
