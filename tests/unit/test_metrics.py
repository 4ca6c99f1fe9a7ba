import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar import CLASSES, metrics, study


def test_a_perfect_and_a_constant_prediction():
    truth = np.repeat(np.arange(7), 3).astype(np.int8)
    perfect = metrics.scores(truth, truth)
    assert perfect["accuracy"] == perfect["f1_macro"] == 1.0
    constant = metrics.scores(truth, np.zeros_like(truth))
    assert constant["accuracy"] == pytest.approx(1 / 7)
    assert constant["recall"]["O"] == 1.0
    assert constant["recall"]["B"] == 0.0


def test_the_studys_own_majority_figures():
    # study.md: accuracy .275, weighted precision .076 on the study's counts.
    truth = np.repeat(np.arange(7), [study.CLASSES[c] for c in CLASSES]).astype(np.int8)
    scores = metrics.scores(truth, np.full_like(truth, CLASSES.index("K")))
    assert scores["accuracy"] == pytest.approx(0.275, abs=5e-4)
    assert scores["precision_weighted"] == pytest.approx(0.076, abs=5e-4)


def test_absent_classes_have_no_recall_and_no_part_in_macro_averages():
    truth = np.array([0, 0, 6, 6], np.int8)
    scores = metrics.scores(truth, np.array([0, 0, 6, 0], np.int8))
    assert scores["recall"]["G"] is None
    assert scores["recall_macro"] == pytest.approx(0.75)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=60))
def test_confusion_agrees_with_scikit_learn(pairs):
    from sklearn.metrics import confusion_matrix

    truth, predicted = np.array(pairs, np.int8).T
    expected = confusion_matrix(truth, predicted, labels=range(7))
    np.testing.assert_array_equal(metrics.confusion(truth, predicted), expected)


def test_the_corrected_interval_of_the_study():
    # study.md: ±0.62 points at 95 % for the 20-fold accuracy with population deviation .9;
    # there with deviation .9 taken as the sample's.
    values = np.concatenate([np.full(10, 0.969 - 0.009), np.full(10, 0.969 + 0.009)])
    half, _ = metrics.corrected_interval(values, 1 / 19)
    assert half == pytest.approx(0.0062, abs=2e-4)
