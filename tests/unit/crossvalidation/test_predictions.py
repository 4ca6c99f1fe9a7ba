"""Tables of probabilities."""

import json

import made_predictions
import numpy as np
import pyarrow as pa
import pytest
from made_samples import a_few
from stellar import CLASSES, files
from stellar.crossvalidation.predictions import (
    FoldResult,
    labelled,
    predicted_class,
    probabilities_of,
    probability_table,
    rows_of,
    skipped_table,
)


def test_a_table_keeps_ids_folds_labels_and_what_it_is_about():
    sample = a_few()
    results = []
    for fold in (2, 1):
        rows = sample.folds == fold
        certain = np.eye(7, dtype=np.float32)[sample.labels[rows]]
        results.append(FoldResult(fold, rows, certain, 40 + fold))
    table = probability_table(sample, results, [{"more": 1}, {"more": 2}], name="x")
    truth, probabilities = probabilities_of(table)
    assert (probabilities.argmax(axis=1) == truth).all()
    found = table["specObjID"].to_numpy()
    assert (sample.labels[found] == truth).all()
    assert (sample.folds[found] == table["fold"].to_numpy()).all()
    about = json.loads(table.schema.metadata[b"about"])
    assert about["name"] == "x"
    assert about["features"] == ["a", "b"]
    assert about["folds"] == [
        {"fold": 2, "train_rows": 42, "more": 1},
        {"fold": 1, "train_rows": 41, "more": 2},
    ]
    assert files.survey_of(table.schema) == "test"


def test_what_is_skipped_has_the_same_columns_and_a_reason():
    skipped = skipped_table("x", "why")
    assert skipped.num_rows == 0
    assert json.loads(skipped.schema.metadata[b"about"]) == {"name": "x", "skipped": "why"}
    assert skipped.schema.names == ["specObjID", "fold", "label", *(f"p_{c}" for c in CLASSES)]
    assert skipped.schema.equals(made_predictions.table(0.1).schema)


def test_of_equal_probabilities_the_hotter_class_counts():
    assert predicted_class(np.array([[0.1, 0.4, 0.4, 0.1]])).tolist() == [1]


def test_rows_without_a_label_are_left_out():
    table = pa.table({"label": pa.array([-1, 0, 6], pa.int8()), "n": [1, 2, 3]})
    assert labelled(table)["n"].to_pylist() == [2, 3]


@pytest.mark.parametrize("order", [[2, 0, 1], [0, 1, 2]])
def test_stars_are_found_in_a_catalogue_of_any_order(order):
    ids = pa.array([2**63 + 5, 7, 2**63 + 4], pa.uint64())
    table, catalogue = (
        pa.table({"specObjID": given}) for given in (ids, ids.take(pa.array(order)))
    )
    found = rows_of(table, catalogue)
    assert catalogue["specObjID"].take(pa.array(found)).combine_chunks().equals(ids)
