"""Columns as arrays: rows and their ids stay together, whatever their order."""

import numpy as np
import pytest
from made_shards import write_shards
from stellar import files
from stellar.sample.columns import rows_of_ids, taken, thinned
from stellar.survey.conversion import to_catalogue
from stellar.survey.simulated.shard import simulate_shard


@pytest.fixture(scope="module")
def survey():
    return to_catalogue(simulate_shard(seed=2, shard=0, n_stars=700, repeats=0.3), "simulated")


def test_thinning_is_even_and_keeps_small_files_whole(survey, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "ROW_GROUP", 64)
    (path,) = write_shards(tmp_path, [survey])
    assert thinned(path, ["ra", "dec"], 400).equals(survey.select(["ra", "dec"]))
    assert thinned(path, ["ra"], 100)["ra"].to_pylist() == survey["ra"].to_pylist()[::7]


def test_rows_are_taken_in_the_order_they_are_asked_for(survey, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "ROW_GROUP", 64)
    (path,) = write_shards(tmp_path, [survey])
    rows = np.random.default_rng(1).permutation(survey.num_rows)[:100]
    assert taken(path, ["ra", "dec"], rows).equals(survey.select(["ra", "dec"]).take(rows))
    assert taken(path, ["ra"], np.array([], np.int64)).num_rows == 0


def test_each_id_is_found_where_it_stands():
    among = np.random.default_rng(1).permutation(50).astype(np.uint64) + np.uint64(2**63)
    ids = among[[7, 3, 41, 3]]
    assert rows_of_ids(ids, among).tolist() == [7, 3, 41, 3]
