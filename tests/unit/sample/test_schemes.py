"""From simulated shards to all label schemes, and audits of ELODIE values, copied and measured."""

import numpy as np
import pytest
from stellar import files
from stellar.evaluation.leaks import across_folds, audit
from stellar.sample import identity, labelling, schemes, splits
from stellar.sample.arrays import load_sample
from stellar.sample.columns import integers
from stellar.sample.features import resolve
from stellar.sample.spectral_types import NEGATIVES, SCHEMES
from stellar.survey.conversion import to_catalogue
from stellar.survey.simulated.shard import simulate_shard


def survey(folder, elodie, n=4000):
    """Files of a small simulated survey: stars, folds, shards, schemes."""
    shards = []
    for shard in range(2):
        raw = simulate_shard(seed=3, shard=shard, n_stars=n // 2, repeats=0.1, elodie=elodie)
        path = folder / f"shard-{shard}.parquet"
        files.write_table(path, to_catalogue(raw, "simulated"))
        shards.append(path)
    with (folder / "rejects.csv").open("w", encoding="utf-8") as rejects:
        labelled = labelling.label_shards(shards, "elodie", rejects)
    schema = labelling.labelled_schema(labelling.common_schema(shards))
    with files.table_writer(folder / "stars.parquet", schema) as write:
        for piece in labelling.labelled_pieces(shards, labelled):
            write(piece)
    stars = files.read_table(folder / "stars.parquet")
    fold = splits.folds_of_rows(integers(stars, "label"), integers(stars, "star"), 6, 0)
    path = folder / "sample.parquet"
    with files.table_writer(path, schemes.schema_of_schemes(folder / "stars.parquet")) as write:
        for piece in schemes.pieces_of_schemes(folder / "stars.parquet", fold, shards):
            write(piece)
    return path


@pytest.fixture(scope="module")
def leaking(tmp_path_factory):
    return survey(tmp_path_factory.mktemp("template"), "template")


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    return survey(tmp_path_factory.mktemp("measured"), "measured")


def test_rows_are_the_stars_then_the_negatives(leaking):
    table = files.read_table(leaking)
    stars = files.read_table(leaking.with_name("stars.parquet"))
    n = stars.num_rows
    assert table["specObjID"][:n].equals(stars["specObjID"])
    assert (integers(table, "label_elodie")[:n] == integers(stars, "label")).all()
    extra = table.slice(n)
    assert extra.num_rows > 0
    for scheme in SCHEMES:
        assert (integers(extra, f"label_{scheme}") == -1).all()
    assert set(extra["negative"].to_pylist()) <= set(NEGATIVES)
    assert len(set(table["specObjID"].to_pylist())) == table.num_rows


def test_negatives_have_no_class_by_sdss(leaking):
    table = files.read_table(leaking)
    negative = np.array([name is not None for name in table["negative"].to_pylist()])
    assert negative.any()
    assert (integers(table, "label_subclass")[negative] == -1).all()


def test_all_rows_of_a_star_stand_in_one_fold(leaking):
    table = files.read_table(leaking)
    star = identity.identify_stars(
        table["ra"].to_numpy(), table["dec"].to_numpy(), table["bestObjID"].fill_null(0).to_numpy()
    )
    assert len(np.unique(star)) < len(star)
    assert across_folds.stars_on_both_sides(star, integers(table, "fold")) == []


def verdict_on(path, features):
    sample = load_sample(path, "elodie", resolve(features))
    groups = audit.groups_of(files.read_table(path, audit.PLACES))
    return audit.entry(sample, groups, seed=0, trees=10)


@pytest.mark.long
@pytest.mark.parametrize("features", ["elodie", ["photometry", "colours", "elodie"]])
def test_copied_elodie_values_leak(leaking, features):
    found = verdict_on(leaking, features)
    assert found["verdict"] == "leaks"
    assert "elodie" in found["reason"]


@pytest.mark.long
@pytest.mark.parametrize("features", ["elodie", ["photometry", "colours", "elodie"]])
def test_measured_elodie_values_are_acquitted(measured, features):
    found = verdict_on(measured, features)
    assert found["verdict"] == "clean", found["findings"]


@pytest.mark.long
def test_photometry_is_acquitted_where_elodie_values_leak(leaking):
    found = verdict_on(leaking, ["photometry", "colours"])
    assert found["verdict"] == "clean", found["findings"]
