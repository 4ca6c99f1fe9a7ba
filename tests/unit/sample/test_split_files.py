"""Standardized splits, read and written piece by piece."""

import numpy as np
import pyarrow as pa
import pytest
import split
from made_shards import label, write_shards
from stellar import files
from stellar.command import Slice
from stellar.errors import MissingFeatureError, UserError
from stellar.sample.arrays import features_of
from stellar.sample.features import resolve
from stellar.sample.scaler import Scaler
from stellar.sample.split_files import fit_scaler, load_split, scaled_pieces, write_parts
from stellar.sample.splits import parts_of_rows
from stellar.survey.conversion import to_catalogue
from stellar.survey.simulated.shard import simulate_shard

CONFIG = {"seed": 3, "split": {"train": 0.7, "validation": 0.2, "test": 0.1}, "features": "study"}
PARTS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def survey():
    return to_catalogue(simulate_shard(seed=2, shard=0, n_stars=700, repeats=0.3), "simulated")


@pytest.mark.parametrize("row_group", [50, 333, 10_000])
def test_streamed_splits_are_those_of_the_whole_table(survey, tmp_path, monkeypatch, row_group):
    monkeypatch.setattr(files, "ROW_GROUP", row_group)
    label(tmp_path, write_shards(tmp_path, [survey]))
    out = {name: tmp_path / name for name in (*PARTS, "scaler")}
    stars = tmp_path / "out/stars"
    split.main(Slice(CONFIG), stars, **out)

    table = files.read_table(stars)
    labels, features = table["label"].to_numpy(), resolve("study")
    part = parts_of_rows(labels, table["star"].to_numpy(), (0.7, 0.2, 0.1), CONFIG["seed"])
    values = features_of(table, features)
    expected = Scaler.fit(values[part == 0], features)
    scaler = Scaler.from_json(files.read_json(out["scaler"]))
    np.testing.assert_allclose(scaler.mean, expected.mean, rtol=1e-9)
    np.testing.assert_allclose(scaler.std, expected.std, rtol=1e-9)
    for number, name in enumerate(PARTS):
        rows = files.read_table(out[name])
        ids = table["specObjID"].to_numpy()[part == number]
        np.testing.assert_array_equal(rows["specObjID"].to_numpy(), ids)
        found = np.column_stack([rows[f].to_numpy() for f in features])
        np.testing.assert_allclose(found, expected.transform(values[part == number]), atol=1e-6)
        one_hot = np.column_stack([rows[f"is_{c}"].to_numpy() for c in "OBAFGKM"])
        np.testing.assert_array_equal(one_hot, np.eye(7)[labels[part == number]])
        assert files.survey_of(rows.schema) == "simulated"


def test_a_split_reads_back_as_it_was_standardized(survey, tmp_path):
    path, training = tmp_path / "stars", np.arange(700) < 500
    labels = pa.array(np.arange(700) % 7, pa.int8())
    files.write_table(path, survey.append_column("label", labels))
    scaler = fit_scaler(path, training, ["u", "redshift"])
    files.write_table(tmp_path / "split", pa.concat_tables(scaled_pieces(path, scaler)))
    rows, name = load_split(tmp_path / "split")
    assert name == "simulated"
    assert rows.labels.tolist() == labels.to_pylist()
    np.testing.assert_allclose(rows.values[training].mean(axis=0), 0, atol=1e-5)
    assert np.abs(rows.values[~training].mean(axis=0)).min() > 1e-5


def test_a_feature_that_no_star_has_is_refused(survey, tmp_path):
    nothing = pa.nulls(700, pa.float32())
    place = survey.schema.get_field_index("redshift")
    files.write_table(tmp_path / "stars", survey.set_column(place, "redshift", nothing))
    with pytest.raises(MissingFeatureError, match="no star of survey simulated has redshift"):
        fit_scaler(tmp_path / "stars", np.ones(700, bool), ["u", "redshift"])


def test_a_part_without_a_star_is_refused_and_nothing_written(survey, tmp_path):
    labels = pa.array(np.arange(700) % 7, pa.int8())
    table = survey.append_column("label", labels).append_column("star", pa.array([0, 1] * 350))
    files.write_table(tmp_path / "stars", table)
    scaler = fit_scaler(tmp_path / "stars", np.ones(700, bool), ["u"])
    paths = [tmp_path / name for name in PARTS]
    with pytest.raises(UserError, match="2 stars in 700 rows are too few for 3 parts"):
        write_parts(tmp_path / "stars", scaler, np.arange(700, dtype=np.int8) % 2, paths)
    assert not any(path.exists() for path in paths)
