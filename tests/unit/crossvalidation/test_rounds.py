"""No row that a fold scores is trained on, scaled by, or calibrated with."""

from dataclasses import replace

import numpy as np
import pytest
from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import (
    predictions_of,
    protocol_and_rows,
    run_round,
    run_rounds,
    types_as_predictions,
)
from stellar.sample.arrays import Sample

COMPARISON = Protocol.comparison(5, "held_out", 2)


def sample() -> Sample:
    random = np.random.default_rng(0)
    labels = random.integers(0, 7, 300).astype(np.int8)
    labels[::10] = -1
    return Sample(
        survey="test",
        ids=np.arange(300, dtype=np.uint64),
        feature_names=("a", "row"),
        values=np.column_stack([random.normal(size=300), np.arange(300)]).astype(np.float32),
        labels=labels,
        folds=(np.arange(300) % 5).astype(np.int8),
    )


def even(x: np.ndarray) -> np.ndarray:
    return np.full((len(x), 7), 1 / 7, np.float32)


@pytest.mark.parametrize("n_train", [None, 40])
def test_training_sees_neither_scored_nor_calibration_nor_unlabelled_rows(n_train):
    stars, seen = sample(), {}

    def learner(train, beside, seed, others):
        assert beside is None
        seen["train"] = train.values[:, 1].astype(int)
        seen["seed"] = seed
        assert (train.labels >= 0).all()
        return [even(x) for x in others]

    result = run_round(stars, COMPARISON, 3, learner, 10, scale=False, n_train=n_train)
    assert seen["seed"] == 13
    assert set(stars.folds[seen["train"]]) == {0, 1, 2}
    assert (stars.labels[seen["train"]] >= 0).all()
    assert len(seen["train"]) == (n_train or result.train_rows)
    # Scored rows keep the unlabelled; calibration rows do not.
    assert (stars.folds[result.rows] == 3).all()
    assert len(result.rows) == (stars.folds == 3).sum()
    assert (stars.labels[result.calibration_rows] >= 0).all()
    assert (stars.folds[result.calibration_rows] == 4).all()


@pytest.mark.parametrize("stops_early", [False, True])
def test_the_rows_of_a_fold_do_not_meet(stops_early):
    stars = sample().labelled()
    protocol = Protocol.study(5, stops_early)
    seen = np.zeros(len(stars.labels), int)

    def learner(train, beside, seed, others):
        rows = [train.values[:, 1], others[0][:, 1]]
        if stops_early:
            rows.append(beside.values[:, 1])
        else:
            assert beside is None
        met = np.bincount(np.concatenate(rows).astype(int), minlength=300)
        assert (met[stars.ids.astype(int)] == 1).all()
        return [even(x) for x in others]

    for result in run_rounds(stars, protocol, lambda _: learner, 0, lambda _: None, scale=False):
        seen[result.rows] += 1
        assert len(result.calibration_rows) == 0
    assert (seen == 1).all()


@pytest.mark.parametrize(
    "protocol", [COMPARISON, Protocol.study(5, True), Protocol.study(5, False)]
)
def test_the_scaler_sees_training_rows_alone(protocol):
    stars = sample()
    stars.values[np.isin(stars.folds, protocol.away(3))] = 1e6  # would drag a scaler that saw them

    def learner(train, beside, seed, others):
        np.testing.assert_allclose(train.values.mean(axis=0), 0, atol=1e-5)
        np.testing.assert_allclose(train.values.std(axis=0), 1, atol=1e-5)
        assert others[0].min() > 1e3
        return [even(x) for x in others]

    result = run_round(stars, protocol, 3, learner, 0)
    assert max(result.scaler.mean) < 1000


def test_predictions_of_rounds_keep_rows_and_ids_together():
    stars = sample()

    def learner(train, beside, seed, others):
        return [np.eye(7, dtype=np.float32)[x[:, 1].astype(int) % 7] for x in others]

    said = []
    rounds = run_rounds(stars, COMPARISON, lambda _: learner, 0, said.append, scale=False)
    assert [text[:7] for text in said] == ["fold 2:", "fold 3:", "fold 4:"]
    rounds = [replace(r, about={"n": k}) for k, r in enumerate(rounds)]
    found = predictions_of(stars, rounds, name="row")
    assert (found.classes == found.ids % 7).all()
    assert (found.labels == stars.labels[found.ids.astype(int)]).all()
    assert [(f["fold"], f["n"]) for f in found.about["folds"]] == [(2, 0), (3, 1), (4, 2)]
    beside = predictions_of(stars, rounds, calibration=True, name="row")
    assert beside.folds[0] == 3  # of the model of fold 2
    assert (beside.labels >= 0).all()
    assert rounds[0].accuracy(stars) == found.of_fold(2).accuracy


def test_types_are_certain_predictions_of_rows_that_have_both():
    stars = sample()
    types = np.roll(stars.labels, 1)
    found = types_as_predictions(stars, types, COMPARISON)
    rows = found.ids.astype(int)
    assert (found.labels >= 0).all()
    assert (found.classes == types[rows]).all()
    assert set(found.folds) == {2, 3, 4}
    none = types_as_predictions(replace(stars, labels=stars.labels * 0 - 1), types, COMPARISON)
    assert none.skipped == "fold 2 has no star with a type by hammer"


def test_the_comparison_predicts_rows_without_a_label_and_the_study_does_not():
    cv = {"folds": 5, "selection": "held_out", "selection_folds": 2}
    protocol, stars = protocol_and_rows({"cv": cv, "folds": 9}, sample())
    assert protocol == COMPARISON
    assert (stars.labels == -1).any()
    for stops_early in (False, True):
        protocol, stars = protocol_and_rows({"folds": 5}, sample(), stops_early)
        assert protocol == Protocol.study(5, stops_early)
        assert len(stars.labels) == (sample().labels != -1).sum()
