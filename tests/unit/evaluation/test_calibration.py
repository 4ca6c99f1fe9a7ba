"""Temperatures and conformal sets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_predictions import predicted
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import UserError
from stellar.evaluation import calibration, metrics


def drawn(n: int, seed: int, sharpness: float = 1.0):
    """Labels drawn from known probabilities, and those probabilities made surer or less sure."""
    random = np.random.default_rng(seed)
    logits = random.normal(0, 2, (n, 7))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = (random.random((n, 1)) < shares.cumsum(axis=1)).argmax(axis=1).astype(np.int8)
    sharp = np.exp(logits * sharpness)
    return truth, (sharp / sharp.sum(axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_overconfidence(sharpness):
    truth, shares = drawn(6000, 1, sharpness)
    temperature = calibration.fit_temperature(truth, shares)
    assert temperature == pytest.approx(sharpness, rel=0.1)
    _, known = drawn(6000, 1)
    np.testing.assert_allclose(calibration.tempered(shares, sharpness), known, atol=1e-3)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.2, 5), st.sampled_from([0.8, 0.9, 0.95]), st.integers(0, 100))
def test_sets_cover_each_class_however_wrong_the_probabilities(sharpness, level, seed):
    truth, shares = drawn(6000, seed, sharpness)
    sets = calibration.conformal_sets(truth[:3000], shares[:3000], shares[3000:], level)
    covered = sets[np.arange(3000), truth[3000:]]
    for number in range(7):
        of_class = truth[3000:] == number
        error = np.sqrt(level * (1 - level) * (1 / of_class.sum() + 1 / 300))
        assert covered[of_class].mean() == pytest.approx(level, abs=5 * error)


def test_a_class_without_calibration_stars_is_in_no_set():
    truth, shares = drawn(500, 0)
    kept = truth != 2
    sets = calibration.conformal_sets(truth[kept], shares[kept], shares, 0.9)
    assert not sets[:, 2].any()
    assert sets.any(axis=0).sum() == 6


def test_classes_with_few_stars_have_the_threshold_of_all_and_cost_the_others_nothing():
    truth, shares = drawn(6000, 3)
    kept = np.flatnonzero((truth[:3000] != 2) | (np.arange(3000) < 40))
    few = int((truth[kept] == 2).sum())
    assert few >= 2
    own = calibration.conformal_thresholds(truth[kept], shares[kept], 0.9)
    made = calibration.conformal_thresholds(truth[kept], shares[kept], 0.9, fewest=few + 1)
    assert np.flatnonzero(made != own).tolist() == [2]
    of_truth = np.sort(shares[kept, truth[kept]])
    share = (of_truth < made[2]).mean()  # of all stars, whose class would be missing
    assert share == pytest.approx(0.1, abs=2 / len(kept))
    none = truth != 2
    without = calibration.conformal_thresholds(truth[none], shares[none], 0.9, fewest=1)
    assert 0 < without[2] < 1


PROTOCOL = Protocol.comparison(folds=4, selection="held_out", selection_folds=1)


def predictions_of(tier: str, error: float = 0.2):
    made = predicted(error, name=f"elodie/{tier}", scheme="elodie", tier=tier, features=["u", "g"])
    return made, made


@pytest.mark.parametrize(("wanted", "given"), [("one", "one"), ("none", "two")])
def test_of_the_tiers_the_wanted_one_is_given_or_the_last_that_was_not_skipped(wanted, given):
    skipped = Predictions.none("elodie/three", "no features")
    pairs = [predictions_of("one"), predictions_of("two"), (skipped, skipped)]
    rows, shown, used = calibration.calibrate(pairs, PROTOCOL, 0.9, ("elodie", wanted))
    assert [(row["label"], row["tier"]) for row in rows] == [("elodie", "one"), ("elodie", "two")]
    assert (shown.label, shown.tier, shown.features) == ("elodie", given, ["u", "g"])
    assert [fold.fold for fold in shown.folds] == list(PROTOCOL.scored)
    assert [(u["tier"], len(u["folds"])) for u in used] == [("one", 3), ("two", 3)]


def test_a_survey_without_any_tier_ends_in_a_sentence():
    skipped = Predictions.none("elodie/three", "no features")
    with pytest.raises(UserError, match="the survey has the features of no tier"):
        calibration.calibrate([(skipped, skipped)], PROTOCOL, 0.9, ("elodie", "three"))


def test_exactly_right_probabilities_have_an_error_of_the_range_that_chance_gives():
    random = np.random.default_rng(5)
    errors, ranges = [], []
    for _ in range(200):
        probabilities = random.dirichlet(np.full(7, 0.5), 500).astype(np.float32)
        ranges.append(calibration.chance_of_error(probabilities))
        truth = (random.random((500, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
        truth = np.minimum(truth, 6).astype(np.int8)
        errors.append(metrics.calibration_error(truth, probabilities))
    inside = [low <= error <= high for (low, high), error in zip(ranges, errors, strict=True)]
    assert 0.9 < np.mean(inside) < 0.99
    few = calibration.chance_of_error(np.full((20, 7), 1 / 7, np.float32))
    assert few[1] > 2 * ranges[0][1]
