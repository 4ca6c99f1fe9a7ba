"""Networks as learners."""

import numpy as np
from made_rows import rows
from made_samples import a_few
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

from stellar.learning import network_learners  # noqa: E402


class Noting:
    """A trainer whose fits are their seeds, and whose predictions their mean."""

    def fit(self, train, seed):
        return seed

    def predict(self, fits, features):
        return np.full((len(features), 7), np.mean(fits))


def test_members_have_seeds_of_their_own_and_predict_together():
    learn = network_learners.network_learner(Noting(), members=3)
    one, two = learn(rows(9), 5, [rows(2).features, rows(4).features])
    assert one.shape == (2, 7)
    assert two.shape == (4, 7)
    assert (one == np.mean([5, 1005, 2005])).all()


def test_a_trainer_has_room_for_all_rows_and_copies(monkeypatch):
    made = []
    monkeypatch.setattr(network_learners, "Trainers", lambda *given: made.append(given))
    sample = a_few(60)
    network_learners.NetworkLearners(sample)
    network_learners.NetworkLearners(sample, 180)
    assert made == [(2, 60), (2, 180)]
