"""Learners by name."""

import numpy as np
from made_rows import rows
from made_samples import a_few
from stellar.learning import trees, tuned


def test_settings_seed_and_threads_reach_the_trees(monkeypatch):
    asked = []

    class Nothing:
        def fit(self, x, y):
            pass

        def predict_proba(self, x):
            return np.zeros((len(x), 7), np.float32)

    def made(settings, seed, threads):
        asked.append((settings, seed, threads))
        return Nothing()

    monkeypatch.setattr(trees, "boosted_trees", made)
    learn = tuned.learner_of("boosted_trees", a_few(), threads=2)({"num_leaves": 7})
    (found,) = learn(rows(9), None, 5, [rows(4).values])
    assert found.shape == (4, 7)
    assert asked == [({"num_leaves": 7}, 5, 2)]
