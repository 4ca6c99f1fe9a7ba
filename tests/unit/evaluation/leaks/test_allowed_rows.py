"""Which rows were used instead of the allowed ones is said in words."""

import numpy as np
import pytest
from made_runs import run_sample
from stellar.evaluation.leaks import allowed_rows
from stellar.sample.fingerprints import Fingerprint
from stellar.sample.scaler import Scaler

SAMPLE = run_sample()
OF_FOLDS = allowed_rows.by_fold(SAMPLE.folds, SAMPLE.values, SAMPLE.labels)


def rows_of(*folds: int, but: int = 0) -> Fingerprint:
    rows = np.flatnonzero(np.isin(SAMPLE.folds, folds))[but:]
    return Fingerprint.of(SAMPLE.values[rows], SAMPLE.labels[rows])


def said(used, may=(0, 1, 2), **options) -> list[tuple[str, str]]:
    found = allowed_rows.allowed("it", used, may, OF_FOLDS, **options)
    return [(finding.verdict, finding.reason) for finding in found]


def test_each_fold_has_the_fingerprint_of_its_rows():
    assert list(OF_FOLDS) == [0, 1, 2, 3, 4, 5]
    assert OF_FOLDS[4] == rows_of(4) != rows_of(4, but=1)


def test_exactly_the_allowed_rows_are_acquitted_however_often():
    assert said([rows_of(0, 1, 2)] * 3) == []
    assert said([Fingerprint()], may=()) == []


@pytest.mark.parametrize(
    ("used", "reason"),
    [
        (rows_of(0, 1, 2, 4), "it saw fold 4 too, which it may not see"),
        (rows_of(0, 1, 2, 3, 5), "it saw folds 3 and 5 too, which it may not see"),
        (rows_of(3), "it saw fold 3, which it may not see"),
        (rows_of(3, 4), "it saw folds 3 and 4, which it may not see"),
        (rows_of(*range(6)), "it saw the rows of all folds; it may not see folds 3, 4 and 5"),
        (rows_of(0, 1), "it saw 280 rows that are not the 420 it may see"),
        (rows_of(0, 1, 2, but=1), "it saw 419 rows that are not the 420 it may see"),
    ],
)
def test_other_rows_are_a_leak_that_names_them(used, reason):
    assert said([rows_of(0, 1, 2), used]) == [("leaks", reason)]


def test_rows_where_there_may_be_none_are_a_leak():
    assert said([rows_of(0, but=137)], may=()) == [("leaks", "it saw 3 rows where it may see none")]


def test_what_left_no_fingerprint_is_suspect_where_there_must_be_one():
    ((verdict, reason),) = said([])
    assert (verdict, reason[:23]) == ("suspect", "it left no fingerprint ")
    assert said([], must=False) == []


def test_a_table_is_scaled_as_the_entry_says():
    scaler = Scaler.fit(SAMPLE.values, SAMPLE.feature_names)
    scaled = allowed_rows.scaling({"scaler": scaler.to_json()})(SAMPLE.values)
    assert np.array_equal(scaled, scaler.transform(SAMPLE.values))
    assert allowed_rows.scaling({"scaler": None})(SAMPLE.values) is SAMPLE.values
