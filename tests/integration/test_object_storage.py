"""The study with all results as objects in a store, by a storage plugin of Snakemake."""

import shutil

import pytest
from project import copy_project, differences, planned, snakemake

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("rsync") is None,
        reason="rsync, which the plugin copies with, is not installed",
    ),
]


def test_the_study_has_the_same_bytes_in_a_store(finished_study, tmp_path):
    folder = copy_project(tmp_path / "study")
    bucket = tmp_path / "bucket"
    bucket.mkdir()
    store = ("--default-storage-provider", "fs", "--default-storage-prefix", str(bucket))
    run = snakemake(folder, *store, timeout=1800)
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-4000:]
    assert not (folder / "results").exists()
    assert differences(bucket / "results", finished_study / "results") == []
    assert planned(folder, *store) == {}
    # A folder that has never seen the study goes on where the store is.
    shutil.rmtree(bucket / "results/cv/fold-00")
    other = copy_project(tmp_path / "other")
    assert planned(other, *store)["cv_fold"] == 1
