"""The study's own figures agree with each other."""

from itertools import pairwise

import pytest
from stellar import CLASSES
from stellar.reporting import published


def test_classes_sum_to_the_labelled_rows():
    assert list(published.CLASSES) == list(CLASSES)
    assert sum(published.CLASSES.values()) == published.LABELLED
    assert int(0.7 * published.LABELLED) == published.TRAINING_STARS


def test_the_first_network_has_the_parameters_of_its_widths():
    widths = (16, 16, 32, 7)
    assert sum((a + 1) * b for a, b in pairwise(widths)) == published.PARAMETERS


def test_weighted_recall_is_accuracy():
    assert published.DUMMY["recall_weighted"] == pytest.approx(published.DUMMY["accuracy"])
    recall, accuracy = (
        published.CROSS_VALIDATION[name] for name in ("recall_weighted", "accuracy")
    )
    assert recall == accuracy
