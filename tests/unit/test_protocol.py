import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import score_fold
from stellar.sample.arrays import Sample


@st.composite
def protocols(draw) -> Protocol:
    n = draw(st.integers(4, 30))
    selection = draw(st.sampled_from(["held_out", "nested"]))
    return Protocol(n, selection, draw(st.integers(2, n - 2)))


@given(protocols())
def test_no_fold_is_scored_by_what_it_chose(protocol):
    assert protocol.scored
    for fold in protocol.scored:
        choosing = protocol.choosing(protocol.part_of(fold))
        assert fold not in choosing
        assert len(set(choosing)) == protocol.selection_folds
        calibrating = protocol.calibrating(fold)
        assert calibrating != fold
        assert calibrating not in choosing
        assert calibrating in protocol.scored
    assert {protocol.part_of(fold) for fold in protocol.scored} == set(protocol.parts)


def test_a_fifth_of_the_folds_choose_unless_told():
    cv = {"folds": 20, "selection": "held_out", "selection_folds": None}
    assert Protocol.from_json(cv).scored == list(range(4, 20))
    assert Protocol.from_json({**cv, "selection_folds": 6}).scored == list(range(6, 20))
    assert Protocol.from_json({**cv, "selection": "nested"}).scored == list(range(20))


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
