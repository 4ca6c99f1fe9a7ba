import json

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from stellar.evaluation.densities import Densities


@pytest.fixture
def rows():
    random = np.random.default_rng(0)
    values = np.concatenate(
        [
            random.multivariate_normal([18, 5], [[1, 0.6], [0.6, 1]], 600),
            random.normal(0, 2, (300, 2)),
        ]
    )
    return values, np.repeat([0, 1], [600, 300])


def test_odds_are_those_of_normal_distributions(rows):
    values, kind = rows
    densities = Densities.fit(values, kind, ["star", "other"])
    odds, far = densities.scores(values[::50], ["star"])
    parts = [values[kind == k] for k in (0, 1)]
    logs = [
        multivariate_normal(p.mean(axis=0), np.cov(p.T)).logpdf(values[::50]) + np.log(len(p) / 900)
        for p in parts
    ]
    np.testing.assert_allclose(odds, logs[1] - logs[0], rtol=1e-3)
    assert (far >= 0).all()
    assert np.median(far) < 5


def test_what_is_far_from_all_kinds_shows(rows):
    values, kind = rows
    _, far = Densities.fit(values, kind, ["star", "other"]).scores(np.array([[90.0, -90.0]]), [])
    assert far[0] > 1000


def test_a_kind_of_few_rows_is_left_out(rows):
    values, kind = rows
    kind = kind.copy()
    kind[0] = 2
    densities = Densities.fit(values, kind, ["star", "other", "rare"])
    assert densities.kinds == ("star", "other")
    odds, _ = densities.scores(values[:1], ["star", "other"])
    assert odds[0] == -np.inf


def test_a_constant_value_is_no_trouble(rows):
    values, kind = rows
    values = np.column_stack([values, np.full(len(values), 3.0)])
    odds, far = Densities.fit(values, kind, ["star", "other"]).scores(values, ["star"])
    assert np.isfinite(odds).all()
    assert np.isfinite(far).all()


def test_json(rows):
    densities = Densities.fit(*rows, ["star", "other"])
    again = Densities.from_json(json.loads(json.dumps(densities.to_json())))
    assert again.to_json() == densities.to_json()


def test_rows_in_tiles_are_the_same(rows):
    densities = Densities.fit(*rows, ["star", "other"])
    many = np.tile(rows[0], (20, 1))
    odds, _ = densities.scores(many, ["star"])
    np.testing.assert_array_equal(odds[:900], odds[-900:])
