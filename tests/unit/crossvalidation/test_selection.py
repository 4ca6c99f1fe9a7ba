import numpy as np
from stellar.crossvalidation.selection import candidates, choice, ranked_trials
from stellar.sample.arrays import Sample


def test_settings_are_drawn_once_each_and_by_the_seed():
    space = {"a": [1, 2, 3], "b": [[1, 2], [3]], "off": None}
    drawn = candidates(space, 4, seed=1)
    assert len({str(d) for d in drawn}) == 4
    assert all(set(d) == {"a", "b"} for d in drawn)
    assert drawn == candidates(space, 4, seed=1)
    assert len(candidates(space, 99, seed=1)) == 6


def test_the_choice_sees_its_own_folds_alone():
    n = 600
    sample = Sample(
        survey="test",
        ids=np.arange(n, dtype=np.uint64),
        feature_names=("row",),
        values=np.arange(n, dtype=np.float32)[:, None],
        labels=(np.arange(n) % 7).astype(np.int8),
        folds=(np.arange(n) // 7 % 6).astype(np.int8),
    )
    sample.values[sample.folds > 1] = 1e9  # would shift every scaler
    seen = []

    def learner_of(values):
        def learn(train, beside, seed, others):
            assert beside is None
            seen.append((train, others[0]))
            # Surer of the truth than `sure` says would be worse.
            shares = np.full((len(others[0]), 7), (1 - values["sure"]) / 6, np.float32)
            fold = 0 if len(seen) % 2 else 1
            truth = sample.labels[sample.folds == fold]
            shares[np.arange(len(truth)), truth] = values["sure"]
            return [shares]

        return learn

    trials, used = ranked_trials(sample, [0, 1], [{"sure": 0.3}, {"sure": 0.9}], learner_of, 0)
    assert [t["values"]["sure"] for t in trials] == [0.9, 0.3]
    assert trials[0]["accuracy"] == 1
    assert trials[0]["log_loss"] < trials[1]["log_loss"]
    assert len(used) == 2  # one a fold held out, whatever the setting
    for train, held_out in seen:
        assert abs(train.values).max() < 3
        assert abs(held_out).max() < 100
        assert not np.isin(held_out, train.values).any()  # none is trained on and scored


def test_a_choice_has_fixed_settings_and_the_best_trials():
    fixed, space = {"epochs": 3, "sure": 0.5}, {"sure": [0.1, 0.9]}
    given = []

    def learner_of(values):
        given.append(values)
        truth = np.eye(7, dtype=np.float32)

        def learn(train, beside, seed, others):
            low = (1 - values["sure"]) / 6
            # Fold k has row k of the classes, over and over.
            return [truth[np.full(len(x), seed)] * (values["sure"] - low) + low for x in others]

        return learn

    n = 40
    sample = Sample(
        survey="test",
        ids=np.arange(n, dtype=np.uint64),
        feature_names=("a",),
        values=np.arange(n, dtype=np.float32)[:, None],
        labels=(np.arange(n) % 2).astype(np.int8),
        folds=(np.arange(n) % 2).astype(np.int8),
    )
    learner = {"fixed": fixed, "space": space, "trials": 5}
    found = choice(sample, (0, 1), learner, learner_of, 0)
    assert found["settings"] == {"epochs": 3, "sure": 0.9}
    assert sorted(values["sure"] for values in given) == [0.1, 0.9]
    assert [trial["values"] for trial in found["trials"]] == [{"sure": 0.9}, {"sure": 0.1}]
    assert (found["survey"], found["features"], found["folds"]) == ("test", ("a",), (0, 1))
    assert len(found["used"]) == 2
