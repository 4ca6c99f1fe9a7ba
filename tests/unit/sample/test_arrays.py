"""Samples as arrays."""

import numpy as np
import pyarrow as pa
import pytest
from stellar import files
from stellar.errors import MissingFeatureError, UserError
from stellar.sample.arrays import kinds_of_negatives, load_sample


def write(folder, **columns):
    ids = pa.array([2**63 + 1, 5, 9], pa.uint64())
    given = {"u": [1.0, 2.0, 3.0], "label_elodie": pa.array([0, -1, 6], pa.int8())} | columns
    folds = pa.array([0, 1, 0], pa.int8())
    files.write_table(folder / "sample", pa.table({"specObjID": ids, "fold": folds, **given}))
    return folder / "sample"


def test_ids_labels_and_folds_of_a_row_stay_together(tmp_path):
    sample = load_sample(write(tmp_path), "elodie", ["u"])
    assert sample.ids.tolist() == [2**63 + 1, 5, 9]
    assert sample.labels.tolist() == [0, -1, 6]
    assert sample.folds.tolist() == [0, 1, 0]
    assert sample.values.tolist() == [[1], [2], [3]]
    labelled = sample.labelled()
    assert labelled.ids.tolist() == [2**63 + 1, 9]
    assert labelled.values.tolist() == [[1], [3]]
    assert sample.rows_in([0]).tolist() == [0, 2]
    assert sample.rows_outside([0]).tolist() == []


def test_a_feature_that_no_star_has_is_named(tmp_path):
    path = write(tmp_path, u=np.full(3, np.nan))
    with pytest.raises(MissingFeatureError, match="no star of survey unknown has u; take it out"):
        load_sample(path, "elodie", ["u"])


def test_labels_of_one_class_are_no_labels(tmp_path):
    path = write(tmp_path, label_elodie=pa.array([3, 3, -1], pa.int8()))
    with pytest.raises(MissingFeatureError, match="fewer than two classes by label elodie"):
        load_sample(path, "elodie", ["u"])


def test_negatives_have_a_kind_and_others_none(tmp_path):
    path = write(tmp_path, negative=pa.array([None, "CV", None]))
    assert kinds_of_negatives(path).tolist() == ["", "CV", ""]


def test_a_column_that_the_sample_lacks_is_named(tmp_path):
    with pytest.raises(UserError, match="has no column redshiftErr; ask for one that it has"):
        load_sample(write(tmp_path), "elodie", ["redshiftErr"])
