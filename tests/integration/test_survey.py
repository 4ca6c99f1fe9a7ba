"""The three sources of stars give the same kind of shards, through the real rules."""

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from astropy.table import Table
from project import copy_project, snakemake
from skyserver import serving
from stellar import catalogue
from stellar.simulation import simulate_shard
from stellar.standardisation import standardise

N_STARS = 1500


def overlay(folder, **survey) -> str:
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump({"survey": {"n_stars": N_STARS, "shards": 2, **survey}}))
    return str(path)


def read_shards(folder):
    shards = sorted((folder / "results/shards").glob("*.parquet"))
    assert len(shards) == 2
    tables = [pq.read_table(path) for path in shards]
    for table in tables:
        assert table.schema.equals(catalogue.SCHEMA)
    return {row["specObjID"]: row for table in tables for row in table.to_pylist()}, tables


@pytest.fixture
def folder(tmp_path):
    return copy_project(tmp_path / "project")


def test_stars_from_skyserver_are_the_archives_own(folder, monkeypatch):
    with serving(N_STARS) as server:
        # So few stars that the residues of a sample would be nearly none: ask for all.
        config = overlay(folder, source="sdss", n_stars=2_000_000, sdss={"url": server.url})
        run = snakemake(folder, "survey", configfile=config)
        assert run.returncode == 0, run.stderr
        assert len(server.queries) == 2
        expected = standardise(simulate_shard(seed=1, shard=0, n_stars=N_STARS), "expected")
        stars, tables = read_shards(folder)
        assert sum(table.num_rows for table in tables) == N_STARS
        wrong = []
        for row in expected.to_pylist():
            if row["bestObjID"] is None:
                continue  # the archive joins no photometry to them
            wrong += [
                (name, row[name], stars[row["specObjID"]][name])
                for name in catalogue.NAMES
                if not name.startswith("spp") or row["sppTeff"] is not None
                if row[name] != stars[row["specObjID"]][name]
            ]
        assert wrong == []
        assert {catalogue.survey_of(t.schema) for t in tables} == {"sdss-dr18"}
        # Again: nothing is asked twice.
        assert snakemake(folder, "survey", configfile=config).returncode == 0
        assert len(server.queries) == 2


@pytest.mark.parametrize(
    "answer",
    [
        (503, "down for maintenance"),
        (200, "<html><body>\nBusy\n</body></html>\n"),
        (200, "error_message\nIncorrect syntax near 'FROM'.\n"),
        (200, "#Table1\n"),
        (200, "#Table1\nspecObjID,ra\n1,2\n"),
    ],
    ids=["503", "HTML with status 200", "error message", "nothing", "other columns"],
)
def test_what_is_no_table_ends_in_a_sentence(folder, answer):
    with serving(10) as server:
        server.answer = answer
        config = overlay(folder, source="sdss", shards=1, sdss={"url": server.url})
        run = snakemake(folder, "results/shards/shard-0.parquet", configfile=config)
        assert run.returncode != 0
        log = (folder / "results/logs/fetch_shard/0.log").read_text()
        assert "error: SkyServer" in log
        assert "Traceback" not in log
        assert "error: SkyServer" in run.stdout + run.stderr  # shown without looking for the log
        assert not list((folder / "results/shards").glob("*"))


@pytest.mark.parametrize("name", ["stars.csv", "stars.fits"])
def test_a_users_table_gives_the_same_shards_as_the_survey_it_came_from(folder, name):
    raw = simulate_shard(seed=3, shard=0, n_stars=400)
    if name.endswith("csv"):
        raw.to_csv(folder / name, index=False)
        table = {"path": name}
    else:
        radians = raw.assign(ra=np.radians(raw["ra"]), dec=np.radians(raw["dec"]))
        Table.from_pandas(radians).write(folder / name)
        table = {"path": name, "units": {"ra": "rad", "dec": "rad"}}
    config = overlay(folder, source="table", table=table)
    run = snakemake(folder, "survey", configfile=config)
    assert run.returncode == 0, run.stderr
    stars, tables = read_shards(folder)
    expected = standardise(raw, "expected")
    assert list(stars) == expected["specObjID"].to_pylist()
    for column in ("bestObjID", "subClass", "elodieSpType", "elodieTEff", "sppHammerType", "z"):
        assert [row[column] for row in stars.values()] == expected[column].to_pylist(), column
    ra = [row["ra"] for row in stars.values()]
    assert ra == pytest.approx(expected["ra"].to_pylist(), rel=1e-12)
    assert {catalogue.survey_of(t.schema) for t in tables} == {name}


def test_a_bad_table_ends_in_a_sentence(folder):
    (folder / "stars.csv").write_text("specObjID,ra,dec,u,g,r,i,z\n1,500,3,19,18,17,16,15\n")
    config = overlay(folder, source="table", table={"path": "stars.csv"})
    run = snakemake(folder, "survey", configfile=config)
    assert run.returncode != 0
    assert "stars.csv: column ra, row 1: 500.0 lies outside 0 to 360 deg" in run.stderr + run.stdout
    assert "(line 2 of the file)" in run.stderr + run.stdout
    assert "Traceback" not in run.stderr + run.stdout
    assert not list((folder / "results/shards").glob("*"))
