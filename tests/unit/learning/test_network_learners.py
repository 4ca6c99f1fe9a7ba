"""Networks as learners."""

import numpy as np
import pytest
from made_rows import rows
from made_samples import a_few
from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import run_rounds
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

from stellar.learning import network_learners  # noqa: E402


class Noting:
    """A trainer whose fits are their seeds and whether rows stop them early."""

    def __init__(self) -> None:
        self.fits: list[tuple[int, bool]] = []

    def fit(self, train, seed, beside):
        self.fits.append((seed, beside is not None))
        return seed

    def predict(self, fits, features):
        return np.full((len(features), 7), np.mean(fits), np.float32)


def test_members_have_seeds_of_their_own_and_predict_together():
    learn = network_learners.NetworkLearner(Noting(), members=3)
    one, two = learn(rows(9), None, 5, [rows(2).values, rows(4).values])
    assert one.shape == (2, 7)
    assert two.shape == (4, 7)
    assert learn.fits == [5, 1005, 2005]
    assert (one == np.mean(learn.fits)).all()


@pytest.mark.parametrize("stops_early", [False, True])
def test_each_fold_and_member_has_a_seed_of_its_own(stops_early):
    trainer = Noting()
    learner = network_learners.NetworkLearner(trainer, members=2)
    protocol = Protocol.study(4, stops_early)
    run_rounds(a_few(), protocol, lambda _: learner, 18, lambda _: None)
    seeds = [18, 1018, 19, 1019, 20, 1020, 21, 1021]
    assert trainer.fits == [(seed, stops_early) for seed in seeds]


def test_a_trainer_has_room_for_all_rows_and_copies(monkeypatch):
    made = []
    monkeypatch.setattr(network_learners, "Trainers", lambda *given: made.append(given))
    sample = a_few(60)
    network_learners.NetworkLearners(sample)
    network_learners.NetworkLearners(sample, 180)
    assert made == [(2, 60), (2, 180)]
