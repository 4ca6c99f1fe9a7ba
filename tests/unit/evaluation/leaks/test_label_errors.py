"""Columns that share the label's errors."""

import numpy as np
import pytest
from made_stars import made_stars
from stellar.evaluation.leaks.label_errors import (
    SURE,
    Gain,
    Neighbourhood,
    contradicted,
    gain,
    log_posterior,
)
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


def test_a_label_next_to_a_likely_class_is_not_contradicted():
    likely = np.log(np.array([[0.001, 0.003, 0.006, 0.99]] * 4))
    assert list(contradicted(likely, np.arange(4))) == [True, True, False, False]
    doubtful = np.log(np.array([[0.25, 0.25, 0.25, 0.25]]))
    assert not contradicted(doubtful, np.array([0]))[0]


def test_of_few_contradicted_labels_nothing_is_said():
    assert not Gain(0.2, 20.0, 10, 1.0).shares_errors(4)


def siding(stars, column, known=WHOLE) -> tuple[float, float]:
    """Lower and upper limit of the share of rows that side with their label."""
    sample, coordinate = stars
    classes = sample.labels.astype(np.int64)
    table = ranks(sample.values)
    around = Neighbourhood(table, classes, log_posterior(table, classes, FOLDS), WHOLE)
    share, error, rows = around.siding(ranks(column(sample, coordinate)[:, None])[:, 0], known)
    assert rows > 50 or not known.all()
    return share - SURE * error, share + SURE * error


@pytest.mark.long
@pytest.mark.parametrize("leaf", [1, 10])
def test_a_prediction_made_in_sample_follows_each_row_s_label(stars, leaf):
    from sklearn.ensemble import RandomForestClassifier

    def predicted(learnt, asked):
        forest = RandomForestClassifier(40, min_samples_leaf=leaf, random_state=0, n_jobs=1)
        forest.fit(learnt.values, learnt.labels)
        return forest.predict_proba(asked.values) @ forest.classes_

    other = made_stars(4000, seed=8)[0]
    assert siding(stars, lambda sample, t: predicted(sample, sample))[0] > 0.6
    assert siding(stars, lambda sample, t: predicted(other, sample))[0] < 0.5


@pytest.mark.parametrize("error", [0.01, 0.3, 3.0])
def test_a_measurement_does_not_follow_each_row_s_label(stars, error):
    random = np.random.default_rng(3)
    low, _ = siding(stars, lambda sample, t: t + error * random.normal(size=len(t)))
    assert low < 0.5


def test_of_a_column_that_few_rows_have_nothing_is_said(stars):
    assert siding(stars, lambda sample, t: t, np.arange(4000) < 50)[1] == np.inf


def test_where_labels_are_right_no_row_is_compared_with_its_neighbours():
    """Measurements say the label, but one star of twenty is the next class, or three away."""
    n, random = 4000, np.random.default_rng(9)
    likely = random.integers(7, size=n)
    posterior = np.full((n, 7), np.log(1e-4))
    posterior[np.arange(n), likely] = np.log(1 - 6e-4)
    table = np.column_stack([likely, random.normal(size=n)]) / 7
    moved = random.random(n) < 0.05
    for step, compared in ((1, False), (3, True)):
        classes = np.where(moved, (likely + step) % 7 if step > 1 else abs(likely - 1), likely)
        around = Neighbourhood(table, classes, posterior, np.full(n, True))
        assert (len(around.near) > 0) == compared
