"""Probabilities adapted to another mix of classes, and the mix estimated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stellar.errors import UserError
from stellar.evaluation import mix

TRAINED = np.array([0.02, 0.03, 0.15, 0.35, 0.1, 0.2, 0.15])


def posterior(values, shares):
    """Exact probabilities of classes that are normal distributions one apart, as float32."""
    likelihood = np.exp(-0.5 * (values[:, None] - 1.5 * np.arange(7)) ** 2)
    joint = likelihood * shares
    return (joint / joint.sum(axis=1, keepdims=True)).astype(np.float32)


def drawn(shares, n, seed):
    random = np.random.default_rng(seed)
    labels = random.choice(7, n, p=shares).astype(np.int8)
    return labels, 1.5 * labels + random.standard_normal(n)


def test_adapted_probabilities_are_those_of_the_other_mix():
    shares = np.array([0.1, 0.3, 0.1, 0.1, 0.1, 0.1, 0.2])
    _, values = drawn(shares, 500, 0)
    found = mix.adapted(posterior(values, TRAINED), TRAINED, shares)
    np.testing.assert_allclose(found, posterior(values, shares), atol=1e-5)


@pytest.mark.long
@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(0.02, 1), min_size=7, max_size=7), st.integers(0, 99))
def test_the_mix_of_an_unlabelled_sample_is_found(weights, seed):
    shares = np.array(weights) / np.sum(weights)
    labels, values = drawn(shares, 20_000, seed)
    found = mix.estimated_shares(posterior(values, TRAINED), TRAINED)
    np.testing.assert_allclose(found, mix.class_shares(labels), atol=0.03)
    assert found.sum() == pytest.approx(1, abs=1e-4)


def test_a_class_that_was_not_trained_stays_unlikely_and_rows_stay_distributions():
    trained = np.array([0.0, 0.2, 0.2, 0.2, 0.2, 0.1, 0.1])
    probabilities = posterior(np.linspace(-3, 12, 50), trained)
    found = mix.adapted(probabilities, trained, np.full(7, 1 / 7))
    assert np.isfinite(found).all()
    assert not found[:, 0].any()
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    only_o = mix.adapted(probabilities, trained, np.eye(7)[0])
    np.testing.assert_allclose(only_o, probabilities)


@pytest.mark.parametrize("shares", [[-0.1] + [0.2] * 6, [np.nan] * 7, [0] * 7])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(UserError, match="seven numbers"):
        mix.adapted(np.full((1, 7), 1 / 7, np.float32), TRAINED, np.array(shares, float))


def test_shares_that_have_not_settled_are_those_of_the_last_step():
    trained = np.full(7, 1 / 7)
    probabilities = np.random.default_rng(0).dirichlet(np.ones(7), 100)
    first = mix.adapted(probabilities, trained, trained).mean(axis=0, dtype=np.float64)
    found = mix.estimated_shares(probabilities, trained, iterations=1)
    np.testing.assert_array_equal(found, first)
