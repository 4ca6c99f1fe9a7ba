"""Standardization by the rows that it was fitted on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from stellar import files
from stellar.sample.scaler import Scaler


@given(arrays(np.float32, (20, 3), elements=st.floats(-1e3, 1e3, width=32)))
def test_scaler_standardizes_what_it_was_fitted_on(table):
    scaler = Scaler.fit(table, ["a", "b", "c"])
    scaled = scaler.transform(table)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-2)
    varied = table.astype(float).std(axis=0) > 1e-2
    np.testing.assert_allclose(scaled.std(axis=0)[varied], 1, atol=1e-2)


def test_scaler_leaves_missing_values_out_and_survives_json():
    table = np.array([[1, np.nan], [3, np.nan], [np.nan, np.nan]], np.float32)
    scaler = Scaler.from_json(Scaler.fit(table, ["a", "b"]).to_json())
    assert scaler.mean == (2.0, 0.0)
    assert scaler.std == (1.0, 1.0)
    np.testing.assert_array_equal(scaler.transform(table), [[-1, 0], [1, 0], [0, 0]])


def test_an_exact_scaler_is_written_to_the_last_bit(tmp_path):
    random = np.random.default_rng(0)
    scaler = Scaler.fit(random.normal(18, 2, (99, 2)).astype(np.float32), ["a", "b"])
    files.write_json(tmp_path / "scaler.json", scaler.to_json(exact=True))
    assert Scaler.from_json(files.read_json(tmp_path / "scaler.json")) == scaler
    files.write_json(tmp_path / "scaler.json", scaler.to_json())
    assert Scaler.from_json(files.read_json(tmp_path / "scaler.json")) != scaler  # ten digits


@given(
    arrays(np.float32, (40, 3), elements=st.floats(-1e3, 1e3, width=32) | st.just(np.nan)),
    st.lists(st.integers(0, 40), max_size=6),
)
def test_scaler_is_the_same_for_any_cut(table, cuts):
    table[:, 1] += np.float32(1e4)  # far from zero: squares alone would lose digits
    whole = Scaler.fit(table, ["a", "b", "c"])
    pieces = Scaler.fit_pieces(np.split(table, sorted(cuts)), ["a", "b", "c"])
    np.testing.assert_allclose(pieces.mean, whole.mean, rtol=1e-12, atol=1e-10)
    np.testing.assert_allclose(pieces.std, whole.std, rtol=1e-6, atol=1e-9)


def test_a_constant_feature_is_not_blown_up_by_rounding():
    pieces = [np.full((n, 1), 5040.3, np.float32) for n in (1, 70_001, 129)]
    scaler = Scaler.fit_pieces(pieces, ["elodieTEff"])
    assert scaler.std == (1.0,)
    assert scaler.mean == pytest.approx((5040.3,))
