"""Feature sets, and features made of columns."""

import numpy as np
import pytest
from stellar.errors import UserError
from stellar.sample.features import FEATURE_SETS, FEATURES, columns_needed, matrix, resolve


def test_the_study_has_sixteen_features():
    assert len(resolve("study")) == 16
    assert resolve("study")[:2] == ["ra", "dec"]


def test_unions_keep_each_feature_once():
    assert resolve(["photometry", "u", "redshift"]) == ["u", "g", "r", "i", "z", "redshift"]


def test_without_takes_sets_and_single_features_away():
    assert resolve("study", "elodie") == list(FEATURE_SETS["study"][:12])
    assert "elodieTEff" not in resolve("study", "elodieTEff")
    assert not {"u", "dered_u"} & set(resolve("study", "u_band"))


@pytest.mark.parametrize(
    ("names", "without", "said"),
    [
        ("photometrie", (), "did you mean 'photometry'"),
        (["photometry", "qqq"], (), "use photometry"),
        ("redshift", "redshift", "leave no feature"),
    ],
)
def test_mistakes_are_named(names, without, said):
    with pytest.raises(UserError, match=said):
        resolve(names, without)


def test_null_takes_nothing_away():
    assert resolve("study", None) == resolve("study")


def test_a_user_s_own_columns_are_features_where_they_are_given():
    assert resolve(["redshift", "my score"], own=["my score"]) == ["redshift", "my score"]
    with pytest.raises(UserError, match="did you mean 'my score'"):
        resolve("my scores", own=["my score"])
    with pytest.raises(UserError, match="no feature or feature set 'my score'"):
        resolve("my score")


def test_derived_features():
    columns = {
        "u": np.array([20.0, 19.0]),
        "g": np.array([18.0, np.nan]),
        "extinction_u": np.array([0.5, 0.1]),
        "extinction_g": np.array([0.3, 0.1]),
        "sppTeff": np.array([np.nan, 5000.0]),
    }
    names = ["u", "u_g", "dered_u", "dered_u_g", "sppMeasured"]
    assert set(columns_needed(names)) == set(columns)
    table = matrix(columns, names)
    np.testing.assert_allclose(table[0], [20, 2, 19.5, 1.8, 0], rtol=1e-6)
    np.testing.assert_allclose(table[1, [0, 2, 4]], [19, 18.9, 1], rtol=1e-6)
    assert np.isnan(table[1, [1, 3]]).all()


def test_every_feature_can_be_made():
    columns = {name: np.ones(3) for name in columns_needed(FEATURES)}
    assert matrix(columns, FEATURES).shape == (3, len(FEATURES))
