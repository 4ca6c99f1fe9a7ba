"""No row that a fold scores is trained on, scaled by, or calibrated with."""

import numpy as np
import pytest
from made_samples import a_few
from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import rows_of_fold, run_fold, score_fold
from stellar.sample.arrays import Sample


@pytest.mark.parametrize("stops_early", [False, True])
def test_the_rows_of_a_fold_do_not_meet(stops_early):
    folds = a_few().folds
    seen = np.zeros(len(folds), int)
    for fold in range(4):
        rows = rows_of_fold(folds, fold, 4, stops_early)
        assert (rows.train.astype(int) + rows.validation + rows.test == 1).all()
        assert rows.validation.any() == stops_early
        seen += rows.test
    assert (seen == 1).all()


def test_the_scaler_sees_training_rows_alone():
    stars = a_few()
    stars.table[stars.folds == 2] = 1e6  # would drag a scaler that saw the scored rows

    def fit_predict(x, y, x_validation, y_validation, held_out):
        np.testing.assert_allclose(x.mean(axis=0), 0, atol=1e-5)
        np.testing.assert_allclose(x.std(axis=0), 1, atol=1e-5)
        assert held_out.min() > 1e4
        return np.eye(7, dtype=np.float32)[np.zeros(len(held_out), int)]

    result = run_fold(stars, 2, 4, fit_predict, stops_early=False, scale=True)
    assert result.fold == 2
    assert result.train_rows == (stars.folds != 2).sum()


def sample() -> Sample:
    random = np.random.default_rng(0)
    labels = random.integers(0, 7, 300).astype(np.int8)
    labels[::10] = -1
    return Sample(
        survey="test",
        ids=np.arange(300, dtype=np.uint64),
        features=("a", "row"),
        table=np.column_stack([random.normal(size=300), np.arange(300)]).astype(np.float32),
        labels=labels,
        folds=(np.arange(300) % 5).astype(np.int8),
    )


@pytest.mark.parametrize("n_train", [None, 40])
def test_training_sees_neither_scored_nor_calibration_nor_unlabelled_rows(n_train):
    stars, seen = sample(), {}

    def learner(train, seed, others):
        seen["train"] = train.features[:, 1].astype(int)
        seen["seed"] = seed
        assert (train.labels >= 0).all()
        return [np.full((len(x), 7), 1 / 7, np.float32) for x in others]

    protocol = Protocol(5, "held_out", 2)
    result = score_fold(stars, protocol, 3, learner, 10, scale=False, n_train=n_train)
    assert seen["seed"] == 13
    assert set(stars.folds[seen["train"]]) == {0, 1, 2}
    assert (stars.labels[seen["train"]] >= 0).all()
    assert len(seen["train"]) == (n_train or result.scored.train_rows)
    # Scored rows keep the unlabelled; calibration rows do not.
    assert result.scored.rows.sum() == (stars.folds == 3).sum()
    assert (stars.labels[result.calibration.rows] >= 0).all()
    assert (stars.folds[result.calibration.rows] == 4).all()


def test_the_scaler_is_the_training_rows():
    stars = sample()
    stars.table[stars.folds == 3] = 1e6

    def learner(train, seed, others):
        np.testing.assert_allclose(train.features.mean(axis=0), 0, atol=1e-5)
        return [np.full((len(x), 7), 1 / 7, np.float32) for x in others]

    result = score_fold(stars, Protocol(5, "held_out", 2), 3, learner, 0)
    assert max(result.scaler.mean) < 1000
