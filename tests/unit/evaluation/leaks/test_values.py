"""Values that name the label."""

import numpy as np
import pytest
from stellar.evaluation.leaks import values as leaks_values
from stellar.sample.arrays import Sample


def test_of_many_values_some_are_asked_for_their_neighbour(monkeypatch):
    random = np.random.default_rng(3)
    values = np.repeat(np.arange(400, dtype=np.float32), 4)[:, None]
    labels = ((values[:, 0] // 40) % 2 + 2).astype(np.int8)  # ten stretches of two classes
    folds = random.integers(0, 5, len(values)).astype(np.int8)
    every = leaks_values._exact_and_near(values, labels, folds, 1)
    monkeypatch.setattr(leaks_values, "MOST_ROWS", 50)
    some = leaks_values._exact_and_near(values, labels, folds, 1)
    assert some["near"] == pytest.approx(every["near"], abs=0.05)
    assert {**some, "near": 0} == {**every, "near": 0}


def filled(share: float, by_class: bool) -> Sample:
    """Stars of a colour; of a share of them it is the mean, of their class or of all."""
    random = np.random.default_rng(1)
    labels = random.choice(np.arange(2, 7), 3000).astype(np.int8)
    colour = labels + random.standard_normal(3000)
    means = np.array([colour[labels == label].mean() for label in labels])
    gone = random.random(3000) < share
    colour[gone] = means[gone] if by_class else colour.mean()
    return Sample(
        survey="test",
        ids=np.arange(3000, dtype=np.uint64),
        feature_names=("g_r",),
        values=colour[:, None].astype(np.float32),
        labels=labels,
        folds=(np.arange(3000) % 5).astype(np.int8),
    )


@pytest.mark.parametrize("share", [0.05, 0.3, 0.7])
def test_gaps_filled_with_a_classs_mean_name_it_and_those_filled_with_the_mean_do_not(share):
    findings, (evidence,) = leaks_values.values_that_name_the_label(filled(share, by_class=True))
    assert [finding.verdict for finding in findings] == ["leaks"]
    assert evidence["repeated"] == pytest.approx(share, abs=0.02)
    assert leaks_values.values_that_name_the_label(filled(share, by_class=False))[0] == []
