"""Which rows were used is told by their values, in any order and any pieces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stellar.sample.fingerprints import (
    PREDICTED,
    SCALED_BY,
    TRAINED_ON,
    Fingerprint,
    Used,
    note,
    used_rows,
)
from stellar.sample.scaler import Scaler


def table(rows: int = 40, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(18, 2, (rows, 3)).astype(np.float32)


@given(st.permutations(range(40)), st.integers(0, 40))
def test_rows_in_any_order_and_any_two_parts_are_the_same(order, cut):
    rows, whole = table()[order], Fingerprint.of(table())
    assert Fingerprint.of(rows) == whole
    assert Fingerprint.of(rows[:cut]) + Fingerprint.of(rows[cut:]) == whole


def swapped(rows: np.ndarray) -> np.ndarray:
    """The values of one column of two rows exchanged: each column has the values it had."""
    rows[[0, 1], 1] = rows[[1, 0], 1]
    return rows


@pytest.mark.parametrize(
    "change",
    [
        swapped,
        lambda rows: rows[:, ::-1],
        lambda rows: rows[1:],
        lambda rows: np.vstack([rows[1:], rows[1:2]]),  # one twice, another not
        lambda rows: np.nextafter(rows, np.float32(0)),
        lambda rows: rows * np.where(np.arange(40) == 7, np.nan, 1)[:, None],
    ],
)
def test_other_rows_have_another_fingerprint(change):
    assert Fingerprint.of(change(table())) != Fingerprint.of(table())


def test_labels_belong_to_their_rows():
    labels = (np.arange(40) % 7).astype(np.int8)
    assert Fingerprint.of(table(), labels) != Fingerprint.of(table(), labels[::-1])
    assert Fingerprint.of(table(), labels) == Fingerprint.of(np.column_stack([table(), labels]))


def test_all_missing_values_and_both_zeros_are_alike():
    odd = np.array([[np.nan, -0.0]], np.float32)
    other = np.frombuffer(np.uint32([0xFFC00001, 0]).tobytes(), np.float32).reshape(1, 2)
    assert np.isnan(other[0, 0])
    assert Fingerprint.of(odd) == Fingerprint.of(other)


def test_it_survives_json():
    used = Used()
    used.add(TRAINED_ON, Fingerprint.of(table()))
    used.add(TRAINED_ON, Fingerprint.of(table(9)))
    assert Used.from_json(used.to_json()) == used
    assert len(used.to_json()[TRAINED_ON][0]["digest"]) == 16


def test_what_is_used_inside_is_collected_once_each():
    note(TRAINED_ON, table())  # nobody collects
    with used_rows() as outer:
        note(PREDICTED, table(5))
        with used_rows() as inner:
            note(TRAINED_ON, table())
            note(TRAINED_ON, table())
            note(TRAINED_ON, table(seed=1))
        note(PREDICTED, table(6))
    note(PREDICTED, table(7))
    assert inner == {TRAINED_ON: [Fingerprint.of(table()), Fingerprint.of(table(seed=1))]}
    assert outer == {PREDICTED: [Fingerprint.of(table(5)), Fingerprint.of(table(6))]}


def test_a_scaler_tells_the_rows_that_it_was_fitted_on():
    with used_rows() as used:
        Scaler.fit(table(), "abc")
        Scaler.fit_pieces([table()[:7], table()[7:]], "abc")
    assert used == {SCALED_BY: [Fingerprint.of(table())]}
