"""Rounds of networks."""

import numpy as np
import pytest
from made_samples import a_few
from stellar.crossvalidation.protocol import Protocol
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

from stellar.crossvalidation import network_rounds  # noqa: E402


class Fit:
    def __init__(self, best_epoch: int) -> None:
        self.best_epoch = best_epoch


class Learner:
    """Two members, of which one is best at the epoch that the settings name, one a bit later."""

    def __init__(self, settings) -> None:
        self.best, self.fits = settings["best"], []

    def __call__(self, train, beside, seed, others):
        self.fits = [Fit(self.best), Fit(self.best + 3)]
        return [np.eye(7, dtype=np.float32)[np.full(len(x), seed % 7)] for x in others]


@pytest.fixture(autouse=True)
def learners(monkeypatch):
    monkeypatch.setattr(network_rounds, "NetworkLearners", lambda sample: Learner)


def test_a_fold_of_the_study_tells_its_members_median_epoch():
    protocol = Protocol.study(4, stops_early=False)
    rounds, fits = network_rounds.network_rounds(
        a_few(), protocol, [2, 0], {"tuned": {"best": 4}}, 18
    )
    assert [one.fold for one in rounds] == [2, 0]
    assert [one.about["best_epoch"] for one in rounds] == [5, 5]
    assert all("settings" not in one.about for one in rounds)
    assert [len(members) for members in fits] == [2, 2]
    assert rounds[0].probabilities.argmax(axis=1).tolist() == [20 % 7] * len(rounds[0].rows)


def test_a_fold_of_the_comparison_tells_the_settings_that_its_selection_chose():
    protocol = Protocol.comparison(4, "nested", 2)
    settings = {name: {"best": k} for k, name in enumerate(protocol.selections)}
    rounds, _ = network_rounds.network_rounds(a_few(), protocol, protocol.scored, settings, 18)
    told = [one.about["settings"] for one in rounds]
    assert told == [settings[protocol.selection_of(fold)] for fold in protocol.scored]
    assert all("best_epoch" not in one.about for one in rounds)
    assert all({"scaler", "used"} <= one.about.keys() for one in rounds)
