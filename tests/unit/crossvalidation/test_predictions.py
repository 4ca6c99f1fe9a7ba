"""Predictions are the same in memory and in their file."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_predictions import predicted
from stellar.crossvalidation.predictions import Predictions, most_probable, or_none, pairs
from stellar.errors import MissingFeatureError, UserError


def equal(ours: Predictions, theirs: Predictions) -> bool:
    arrays = ("ids", "folds", "labels", "probabilities")
    return (ours.about, ours.survey) == (theirs.about, theirs.survey) and all(
        np.array_equal(getattr(ours, name), getattr(theirs, name)) for name in arrays
    )


def test_what_is_written_is_read(tmp_path):
    given = predicted(0.3, name="network", scheme="elodie")
    given.write(tmp_path / "a.parquet")
    assert equal(Predictions.read(tmp_path / "a.parquet"), given)
    names = pq.read_schema(tmp_path / "a.parquet").names
    assert names == ["specObjID", "fold", "label", *(f"p_{c}" for c in "OBAFGKM")]


def test_a_reason_is_read_where_there_is_no_row(tmp_path):
    none = Predictions.none("sspp", "no star has sppTeff")
    none.write(tmp_path / "a.parquet")
    found = Predictions.read(tmp_path / "a.parquet")
    assert equal(found, none)
    assert found.skipped == "no star has sppTeff"
    assert predicted(0.0).skipped is None


def test_a_file_of_something_else_is_refused(tmp_path):
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a")
    with pytest.raises(UserError, match="lacks the column specObjID"):
        Predictions.read(tmp_path / "a")


def test_several_are_together_what_they_were_apart():
    whole = predicted(0.2, name="network")
    apart = [
        replace(whole.of_fold(fold), about={**whole.about, "folds": [whole.about["folds"][fold]]})
        for fold in range(4)
    ]
    assert equal(Predictions.together(apart), whole)


def test_rows_without_a_label_count_for_no_score():
    whole = predicted(0.0)
    labels = whole.labels.copy()
    labels[::2] = -1
    half = replace(whole, labels=labels)
    assert half.accuracy == 1
    assert len(half.labelled().ids) == 700
    assert (half.labelled().labels >= 0).all()


def test_each_row_is_found_by_its_id():
    some = predicted(0.0).of(np.array([5, 3, 900]))
    among = np.random.default_rng(0).permutation(1400).astype(np.uint64)
    assert (among[some.places_in(among)] == some.ids).all()


def test_of_equals_the_hotter_class_is_called():
    assert most_probable(np.array([[0, 0.4, 0.4, 0, 0, 0, 0.2]], np.float32)).tolist() == [1]


def test_an_average_is_of_the_log_probabilities_of_the_same_rows():
    one, other = predicted(0.2, name="network"), predicted(0.4, seed=1, name="trees")
    both = Predictions.averaged([one, other], "both")
    np.testing.assert_allclose(both.probabilities.sum(axis=1), 1, atol=1e-6)
    product = one.probabilities[:, 2:4].astype(float) * other.probabilities[:, 2:4]
    ratio = both.probabilities[:, 2].astype(float) / both.probabilities[:, 3]
    np.testing.assert_allclose(ratio**2, product[:, 0] / product[:, 1], rtol=1e-4)
    assert (both.about["name"], both.about["folds"]) == ("both", one.about["folds"])
    with pytest.raises(ValueError, match="other rows"):
        Predictions.averaged([one, other.of(np.arange(5))], "both")


def test_what_is_scored_is_read_with_what_calibrates(tmp_path):
    for name in ("a", "b"):
        predicted(0.3, name=name).write(tmp_path / name)
        predicted(0.1, name=f"beside {name}").write(tmp_path / f"beside-{name}")
    for name in ("c", "beside-c"):
        Predictions.none("c", "no star has sppTeff").write(tmp_path / name)
    names = "acb"
    found = list(pairs([tmp_path / n for n in names], [tmp_path / f"beside-{n}" for n in names]))
    names = [(scored.about["name"], beside.about["name"]) for scored, beside in found]
    assert names == [("a", "beside a"), ("b", "beside b")]
    with pytest.raises(ValueError, match="shorter"):
        list(pairs([tmp_path / "a"], []))


def test_a_learner_without_its_features_leaves_the_reason(tmp_path):
    paths = tmp_path / "a", tmp_path / "b"
    with or_none("sspp", *paths):
        raise MissingFeatureError("no star has sppTeff")
    for path in paths:
        assert equal(Predictions.read(path), Predictions.none("sspp", "no star has sppTeff"))
    with pytest.raises(UserError), or_none("sspp", tmp_path / "c"):
        raise UserError("something else")
    assert not (tmp_path / "c").exists()
