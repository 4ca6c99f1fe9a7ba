"""Samples as arrays."""

import pyarrow as pa
import pytest
from stellar import files
from stellar.errors import UserError
from stellar.sample.arrays import load_sample


def test_folds_of_other_stars_are_refused(tmp_path):
    """Even of as many; the same stars in another order are other rows."""
    ids = pa.array([2**63 + 1, 5, 9], pa.uint64())
    stars = pa.table({"specObjID": ids, "label": pa.array([0, 4, 6], pa.int8()), "u": [1.0, 2, 3]})
    files.write_table(tmp_path / "stars", stars)
    folds = pa.table({"specObjID": ids, "fold": pa.array([0, 1, 0], pa.int8())})
    files.write_table(tmp_path / "folds", folds)
    sample = load_sample(tmp_path / "stars", tmp_path / "folds", ["u"])
    assert sample.ids.tolist() == ids.to_pylist()
    assert sample.folds.tolist() == [0, 1, 0]
    files.write_table(tmp_path / "folds", folds.take([1, 0, 2]))
    with pytest.raises(UserError, match="folds belongs to other stars; delete it"):
        load_sample(tmp_path / "stars", tmp_path / "folds", ["u"])
