"""The `main` of experiments."""

import pyarrow as pa
import pytest
from stellar import files
from stellar.experiments.setting import experiment

CV = {"folds": 5, "selection": "held_out", "selection_folds": 2}
CONFIG = {"learner": "boosted_trees", "cv": CV, "label": "elodie", "features": ["u", "g"]}


@pytest.fixture
def run(tmp_path):
    """Run an experiment on stars with a u magnitude, and perhaps a g; its table as text."""

    def ran(measure, g, **config) -> str:
        columns = {
            "specObjID": pa.array(range(10), pa.uint64()),
            "fold": pa.array([n % 5 for n in range(10)], pa.int8()),
            "label_elodie": pa.array([3, 4] * 5, pa.int8()),
            "u": pa.array([18.0] * 10, pa.float32()),
            "g": pa.array([g] * 10, pa.float32()),
            **{f"err_{band}": [0.1] * 10 for band in "ug"},
        }
        table = pa.table(columns).replace_schema_metadata({files.SURVEY_KEY: b"test"})
        files.write_table(tmp_path / "sample.parquet", table)
        files.write_json(tmp_path / "held_out.json", {"settings": {"num_leaves": 7}})
        chosen = [tmp_path / "held_out.json"]
        given = {**CONFIG, **config}
        experiment(measure)(given, tmp_path / "sample.parquet", chosen, tmp_path / "out.csv")
        return (tmp_path / "out.csv").read_text(encoding="utf-8")

    return ran


def test_what_is_measured_is_written(run):
    def measure(given):
        return [{"folds": len(given.folds), **given.settings["held_out"], "n": given.sample.ids[9]}]

    assert run(measure, g=17.0).splitlines() == ["folds,num_leaves,n", "3,7,9"]
    assert run(measure, g=17.0, folds=1).splitlines()[1] == "1,7,9"


def test_a_survey_without_the_features_is_skipped(run):
    def measure(given):
        raise AssertionError

    assert run(measure, g=None) == "skipped\n"


def test_columns_are_those_behind_the_features(run):
    def measure(given):
        return [{"own": " ".join(given.columns()), "others": " ".join(given.columns(["g"]))}]

    assert run(measure, g=17.0).splitlines() == ["own,others", "u g err_u err_g,g err_g"]
