"""Folds that share no value of a feature."""

import numpy as np
from stellar.evaluation.leaks import disjoint_folds

ROWS = 3000


def test_disjoint_folds_have_the_same_shares_of_classes():
    """Else features that know nothing would lose: the other folds would have other shares."""
    random = np.random.default_rng(8)
    group = random.integers(120, size=ROWS)
    labels = (group % 7).astype(np.int8)
    side = disjoint_folds._disjoint(group, labels, random)
    assert all(len(set(side[group == number])) == 1 for number in range(120))
    shares = [np.bincount(labels[side == n], minlength=7) / (side == n).sum() for n in range(4)]
    assert np.ptp(shares, axis=0).max() < 0.05


def test_a_fold_that_gets_no_group_is_no_fold():
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], 100).astype(np.int8)
    x = (labels + random.normal(0, 0.1, 200)).astype(np.float32)[:, None]
    hits = disjoint_folds._trees(x, labels, np.arange(200) % 2, seed=0, trees=5)
    assert hits.mean() > 0.9


def test_a_loss_is_a_finding_where_it_exceeds_the_margin_by_more_than_chance():
    """Fits on other folds differ: of few rows by more than clusters of rows tell."""

    def found(loss: float) -> list:
        losses = {"plate": {"loss": loss, "ci95": 0.011, "least": 0.018}}
        return disjoint_folds.quick_findings({"losses": losses})

    assert found(0.022) == []
    assert [finding.verdict for finding in found(0.03)] == ["suspect"]
