import numpy as np
import pytest
from stellar import CLASSES
from stellar.learning import baselines
from stellar.learning.baselines import BASELINES, LookUp, Majority, StratifiedRandom, TemperatureCut

HOT, G, M = (CLASSES.index(c) for c in "OGM")


def test_the_temperature_cut():
    cut = TemperatureCut()
    cut.fit(np.zeros((3, 1), np.float32), np.array([G, G, M], np.int8))
    kelvin = np.array([[3999], [4000], [6000], [6001], [np.nan]], np.float32)
    assert cut.predict_proba(kelvin).argmax(axis=1).tolist() == [M, G, G, HOT, G]


def test_look_up_knows_exact_tuples_only():
    x = np.array([[1, 2], [1, 2], [3, 4], [5, np.nan]], np.float32)
    table = LookUp()
    table.fit(x, np.array([G, M, M, HOT], np.int8))
    found = table.predict_proba(np.array([[1, 2], [3, 4], [5, np.nan], [3, 4.001]], np.float32))
    assert found[0, [G, M]].tolist() == [0.5, 0.5]
    assert found[1:].argmax(axis=1).tolist() == [M, HOT, M]


def test_majority_and_random():
    x, y = np.zeros((1000, 1), np.float32), np.array([G] * 700 + [M] * 300, np.int8)
    majority, chance = Majority(), StratifiedRandom(3)
    majority.fit(x, y)
    chance.fit(x, y)
    assert (majority.predict_proba(x).argmax(axis=1) == G).all()
    share = (chance.predict_proba(x).argmax(axis=1) == G).mean()
    assert share == pytest.approx(0.7, abs=0.05)


@pytest.mark.parametrize("name", BASELINES)
def test_each_gives_probabilities_in_the_order_of_classes(name):
    random = np.random.default_rng(1)
    y = np.repeat([1, 3, 6], 60).astype(np.int8)
    n_features = len(BASELINES[name].features or "abcd")
    x = (y[:, None] + 0.1 * random.normal(size=(len(y), n_features))).astype(np.float32)
    classifier = BASELINES[name].make(0, 1)
    classifier.fit(x, y)
    probabilities = classifier.predict_proba(x)
    assert probabilities.shape == (len(y), len(CLASSES))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    if name not in ("temperature_cut", "majority", "stratified_random"):
        assert (probabilities.argmax(axis=1) == y).mean() > 0.95


def test_the_nearest_star_gives_its_class():
    random = np.random.default_rng(3)
    x, y = random.normal(size=(200, 3)).astype(np.float32), np.arange(200) % 7
    nearest = baselines.NearestNeighbour(threads=1)
    nearest.fit(x, y)
    others = random.normal(size=(20, 3)).astype(np.float32)
    distances = np.linalg.norm(others[:, None] - x, axis=2)
    np.testing.assert_array_equal(
        nearest.predict_proba(others).argmax(axis=1), y[distances.argmin(axis=1)]
    )


def test_a_forests_trees_see_a_fifth_of_the_stars_and_no_more_than_the_limit(monkeypatch):
    random = np.random.default_rng(0)
    x, y = random.normal(size=(1000, 2)).astype(np.float32), np.arange(1000) % 7
    for limit, seen in ((20_000, 200), (50, 50)):
        monkeypatch.setattr(baselines, "TREE_STARS", limit)
        forest = baselines.Forest(seed=0, threads=1)
        forest.fit(x, y)
        assert round(forest.forest.max_samples * 1000) == seen
        assert forest.predict_proba(x[:5]).shape == (5, 7)


def test_a_classifier_is_a_baseline_or_the_boosted_trees():
    assert baselines.classifier("lookup", {"num_leaves": 3}) is BASELINES["lookup"]
    trees = baselines.classifier("boosted_trees", {"num_leaves": 3, "n_estimators": 2})
    assert (trees.features, trees.make(5, 1).estimator.get_params()["num_leaves"]) == (None, 3)
    assert trees.make(5, 1).estimator.get_params()["random_state"] == 5
    assert "LightGBM" in trees.about
