import numpy as np
import pyarrow as pa
import pytest
from made_models import ROWS
from made_samples import a_few
from stellar import files
from stellar.classify import making
from stellar.classify.model import load
from stellar.crossvalidation.rounds import Round
from stellar.errors import MissingFeatureError


def test_parts_keep_folds_together():
    parts = making.in_parts(a_few(), 4).folds
    assert parts.tolist() == a_few().folds.tolist()
    many = making.in_parts(a_few(), 20).folds
    assert many.max() == 1  # folds 0 to 3 of 20 are parts 0 and 1 of 10


def test_stars_have_what_was_measured_and_kinds(tmp_path):
    columns = {
        "specObjID": pa.array([1, 2], pa.uint64()),
        "fold": pa.array([0, 3], pa.int8()),
        "label_subclass": pa.array([3, 4], pa.int8()),
        "negative": pa.array(["CV", None]),
        "u": [1.0, np.nan],
        "g": [2.0, 3.0],
    }
    files.write_table(tmp_path / "sample", pa.table(columns))
    stars = making.stars_of(tmp_path / "sample", "subclass", ["u_g"], 20)
    assert stars.measured.tolist()[0] == [1.0, 2.0]
    assert stars.whole.tolist() == [True, False]
    assert stars.kinds.tolist() == ["CV", ""]
    assert stars.sample.folds.tolist() == [0, 1]  # parts


def test_features_have_units_and_say_what_they_are_made_of():
    redshift, colour, measured = making.features_of(["redshift", "u_g", "sppMeasured"])
    assert redshift == {"name": "redshift", "unit": "", "made_of": ["redshift"]}
    assert colour == {"name": "u_g", "unit": "mag", "made_of": ["u", "g"]}
    assert measured["unit"] == ""


def test_without_a_whole_row_to_calibrate_by_there_is_no_model():
    sample = a_few()
    stars = making.Stars(sample, np.full((60, 2), np.nan), np.full(60, "", object))
    rows = np.flatnonzero(sample.folds == 1)
    shares = np.full((len(rows), 7), 1 / 7, np.float32)
    result = Round(0, 30, None, rows, shares, rows, shares)
    with pytest.raises(MissingFeatureError, match="calibrate"):
        making.judge(stars, result, level=0.9, outside=0.01, rejected=0.05)


def test_a_document_says_that_stars_are_simulated_and_with_what_it_was_made(models):
    about = load(models / "photometry").about
    assert about["simulated"] is True
    assert {"python", "numpy", "keras", "tensorflow", "onnx"} <= set(about["versions"])
    assert about["training_rows"] + about["calibration_rows"] < ROWS
