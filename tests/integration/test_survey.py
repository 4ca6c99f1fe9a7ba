"""The three sources of stars give the same kind of shards, through the real rules."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from astropy.table import Table
from project import SHRUNK, copy_project, environment, planned, resume, snakemake
from skyserver import FINAL, PASSING, WRONG, Fault, hangs_in_the_body, serving
from stellar import CLASSES, files
from stellar.survey import catalogue
from stellar.survey.conversion import to_catalogue
from stellar.survey.simulated.shard import simulate_shard

N_STARS = 1500
SHARDS = [f"results/shards/shard-{number}.parquet" for number in range(2)]


def overlay(folder, **survey) -> str:
    path = folder / "mine.yaml"
    path.write_text(
        yaml.safe_dump({"survey": {"n_stars": N_STARS, "shards": 2, **survey}}), encoding="utf-8"
    )
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


@pytest.fixture(scope="module")
def standin():
    with serving(N_STARS) as server:
        yield server


@pytest.fixture
def server(standin):
    """A healthy stand-in that was never asked, at the module's one address."""
    standin.reset()
    return standin


@pytest.fixture(scope="module")
def fetched(standin, tmp_path_factory):
    """A project with all of the archive's stars, and the server as it was asked for them."""
    folder = copy_project(tmp_path_factory.mktemp("fetched") / "project")
    config = overlay(folder, source="sdss", n_stars="all", sdss={"url": standin.url})
    standin.reset()
    run = snakemake(folder, "survey", configfile=config)
    assert run.returncode == 0, run.stderr
    return folder, standin.queries, list(standin.times)


@pytest.fixture
def again(fetched, tmp_path):
    """A copy of the fetched project, to be changed."""
    return shutil.copytree(fetched[0], tmp_path / "project", symlinks=True)


# The archive's stars by SQL of this test's own, in the catalogue's columns and order; missing
# values are made null as the catalogue has them.
TRUTH = """
SELECT specObjID, nullif(bestObjID, 0), plate, mjd, fiberID, s.ra, s.dec, class,
  nullif(subClass, ''), s.z, zErr, zWarning, snMedian,
  {bands}, {library},
  {parameters}, SNR, nullif(FLAG, ''), nullif(SPECTYPEHAMMER, '')
FROM SpecObjAll s LEFT JOIN PhotoObjAll p ON objID = bestObjID LEFT JOIN sppParams USING (specObjID)
WHERE sciencePrimary = 1 AND class = 'STAR' AND {condition} ORDER BY specObjID
""".format(
    bands=", ".join(
        f"nullif(p.{kind}{band}, -9999)"
        for kind in ("modelMag_", "modelMagErr_", "extinction_")
        for band in "ugriz"
    ),
    library=", ".join(
        ["nullif(elodieObject, '')", "nullif(elodieSpType, '')"]
        + [
            f"CASE WHEN elodieTEff != 0 THEN {name} END"
            for name in ("elodieBV", "elodieTEff", "elodieLogG", "elodieFeH", "elodieRChi2")
        ]
    ),
    parameters=", ".join(
        f"nullif({name}, -9999)"
        for name in ("TEFFADOP", "TEFFADOPUNC", "LOGGADOP", "LOGGADOPUNC", "FEHADOP", "FEHADOPUNC")
    ),
    condition="{condition}",
)


def test_stars_from_skyserver_are_the_archives_own(fetched, standin):
    folder, queries, times = fetched
    assert len(queries) == 3  # a count, two shards
    assert min(np.diff(times)) >= 1
    stars, tables = read_shards(folder)
    truth = standin.select(TRUTH.format(condition="true"))
    assert len(truth) > 1400
    assert [tuple(stars[row[0]].values()) for row in truth] == truth
    assert len(stars) == len(truth)
    assert {files.survey_of(t.schema) for t in tables} == {"sdss-dr18"}
    for number, table in enumerate(tables):
        shard = folder / f"results/shards/shard-{number}.parquet"
        origin = json.loads(shard.with_suffix(".json").read_text(encoding="utf-8"))
        assert origin["rows"] == table.num_rows
        assert origin["url"] == standin.url
        assert origin["release"] == 18
        assert origin["date"].startswith("20")
        assert origin["sha256"] == hashlib.sha256(shard.read_bytes()).hexdigest()
        query = (folder / f"results/query/shard-{number}.sql").read_text(encoding="utf-8")
        assert origin["sql"] == " ".join(query.split())
    log = (folder / "results/logs/fetch_shard/1.log").read_text(encoding="utf-8")
    assert f"shard 2 of 2: {tables[1].num_rows} of {len(truth)} rows" in log
    assert "rows/s" in log


def labelled(server, condition: str) -> list[tuple[int, str]]:
    """Stars that the archive's tables give a class, by SQL of this test's own."""
    rows = server.select(
        f"""SELECT specObjID, elodieSpType[1] FROM SpecObj
        WHERE class = 'STAR' AND elodieTEff != 0 AND {condition}
        AND regexp_matches(elodieSpType, '^[OBAFGKM]([^A-Za-z]|[IV]|[emnp])')"""
    )
    return sorted((int(number), letter) for number, letter in rows)


def classes_of(folder) -> list[tuple[int, str]]:
    stars = pq.read_table(folder / "results/stars.parquet").to_pylist()
    return sorted((row["specObjID"], CLASSES[row["label"]]) for row in stars)


def test_labels_are_those_of_the_archives_tables(fetched, standin):
    found = classes_of(fetched[0])
    assert found == labelled(standin, "true")
    assert len(found) > 1000


def assert_names_its_source(folder, server) -> None:
    report = (folder / "results/report/report.html").read_text(encoding="utf-8")
    assert server.url in report
    assert "sdss-dr18" in report


def test_the_report_names_server_and_release(fetched, finished_study, folder, server):
    """The rule itself, on this survey's files; what comes after them is another study's."""
    for made in (finished_study, fetched[0]):
        shutil.copytree(made / "results", folder / "results", dirs_exist_ok=True)
    # As old as the study's own, so that nothing seems out of date but the report.
    before = (finished_study / "results/shards/shard-0.parquet").stat().st_mtime
    for path in (fetched[0] / "results").rglob("*"):
        os.utime(folder / "results" / path.relative_to(fetched[0] / "results"), (before, before))
    (folder / "results/report/report.html").unlink()
    settings = yaml.safe_load((folder / SHRUNK).read_text(encoding="utf-8"))
    settings["survey"] = yaml.safe_load((fetched[0] / "mine.yaml").read_text(encoding="utf-8"))[
        "survey"
    ]
    (folder / "mine.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    target = ("results/report/report.html", "--allowed-rules", "report")
    run = snakemake(folder, *target, configfile="mine.yaml")
    assert run.returncode == 0, run.stderr
    assert re.findall(r"^Finished jobid: .* \(Rule: (\w+)\)", run.stderr, re.M) == ["report"]
    assert_names_its_source(folder, server)


def test_the_archive_is_not_asked_again(again, server):
    folder, settings = again, {"source": "sdss", "n_stars": "all", "sdss": {"url": server.url}}
    target = "results/stars.parquet"
    # Unrelated keys plan nothing.
    patient = {"url": server.url, "timeout": 900, "attempts": 3}
    config = overlay(folder, **{**settings, "sdss": patient, "simulated": {"repeats": 0.1}})
    assert planned(folder, target, configfile=config) == {}
    # A deleted shard, and an edited program, are made anew from the answers that are here.
    before = (folder / "results/shards/shard-0.parquet").read_bytes()
    (folder / "results/shards/shard-0.parquet").unlink()
    script = folder / "scripts/plan_query.py"
    script.write_text(script.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
    assert planned(folder, target, configfile=config) == {
        "plan_query": 1, "fetch_shard": 2, "label_stars": 1,
    }  # fmt: skip
    assert snakemake(folder, target, configfile=config).returncode == 0
    assert (folder / "results/shards/shard-0.parquet").read_bytes() == before
    assert server.queries == []


def test_cuts_and_sample_are_what_was_asked_for(folder, server):
    cuts = {"min_sn": 12, "zwarning_zero": True, "clean": True, "magnitudes": {"r": [15, 19]}}
    condition = (
        "snMedian >= 12 AND zWarning = 0 AND clean = 1 AND modelMag_r BETWEEN 15 AND 19 "
        "AND specObjID % 10007 < {high}"
    )
    config = overlay(folder, source="sdss", n_stars=150, sdss={"url": server.url, **cuts})
    run = snakemake(folder, *SHARDS, configfile=config)
    assert run.returncode == 0, run.stderr
    plan = (folder / "results/query/plan.csv").read_text(encoding="utf-8").splitlines()
    high = plan[-1].split(",")[2]
    stars, _ = read_shards(folder)
    truth = server.select(TRUTH.format(condition=condition.format(high=high)))
    assert [tuple(stars[number].values()) for number in sorted(stars)] == truth
    assert 150 <= len(truth) < 160


def test_more_stars_than_there_are_end_in_a_sentence(folder, server):
    config = overlay(folder, source="sdss", n_stars=5000, sdss={"url": server.url})
    run = snakemake(folder, "results/stars.parquet", configfile=config)
    assert run.returncode != 0
    assert "error: survey.n_stars is 5000, but SDSS has" in run.stdout + run.stderr
    assert not (folder / "results/query/plan.csv").exists()


def test_what_is_no_table_ends_in_a_sentence(folder, server):
    """Each shard meets a failure of another kind, and keeps no other from its own sentence."""
    kinds = ("HTML with status 200", "error_message", "a missing column")
    failures = [{**PASSING, **WRONG, **FINAL}[kind] for kind in kinds]
    choice = {"url": server.url, "attempts": 2}
    config = overlay(folder, source="sdss", n_stars="all", shards=3, sdss=choice)
    shards = [f"results/shards/shard-{number}.parquet" for number in range(3)]
    asked: list[str] = []  # the count first, then a shard each

    def fails(handler, body):
        query = server.queries[-1]
        if query not in asked:
            asked.append(query)
        number = asked.index(query)
        return failures[number - 1](handler, body) if number else handler.send(body)

    server.always = fails
    run = snakemake(folder, *shards, configfile=config)
    assert run.returncode != 0
    assert len(asked) == 4
    sentences = set()
    for number in range(3):
        log = (folder / f"results/logs/fetch_shard/{number}.log").read_text(encoding="utf-8")
        (sentence,) = [line for line in log.splitlines() if line.startswith("error: ")]
        assert sentence.startswith("error: SkyServer")
        assert "Traceback" not in log
        assert sentence in run.stdout + run.stderr  # shown without looking for the log
        sentences.add(sentence)
    assert len(sentences) == 3
    assert not list((folder / "results/shards").glob("*"))


@pytest.mark.slow
def test_a_run_killed_in_the_middle_of_a_shard_goes_on(folder, server):
    """SIGKILL while the second shard is on its way: the first is not asked for again."""
    choice = {"url": server.url}
    config = overlay(folder, source="sdss", n_stars="all", shards=3, sdss=choice)
    targets = [f"results/shards/shard-{number}.parquet" for number in range(3)]
    healthy: Fault = lambda handler, body: handler.send(body)  # noqa: E731
    server.faults = [healthy, healthy, hangs_in_the_body]
    run = subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--cores", "2", *targets, "--configfile", config],
        cwd=folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    assert server.hanging.wait(60)  # half of the body is sent
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert len(server.queries) == 3
    done = sorted(path.name for path in (folder / "results/shards").glob("*.parquet"))
    assert len(done) == 1
    ready = resume(folder)
    assert ready.returncode == 0, ready.stderr
    again = snakemake(folder, *targets, configfile=config)
    assert again.returncode == 0, again.stderr
    # One count, three shards, and the one that was killed a second time.
    assert len(server.queries) == 5
    assert len({*server.queries}) == 4
    assert server.queries.count(server.queries[2]) == 2
    shards = sorted((folder / "results/shards").iterdir())
    assert [path.suffix for path in shards] == [".json", ".parquet"] * 3
    rows = [row for path in shards[1::2] for row in pq.read_table(path).to_pylist()]
    truth = server.select(TRUTH.format(condition="true"))
    assert sorted(row["specObjID"] for row in rows) == [row[0] for row in truth]


@pytest.mark.slow
def test_the_whole_study_on_the_archives_stars(folder):
    """The real DAG on `source: sdss` ends with the stars that the archive's tables name."""
    with serving(2600) as server:
        settings = yaml.safe_load((folder / SHRUNK).read_text(encoding="utf-8"))
        settings["survey"] = {
            "source": "sdss", "n_stars": 2400, "shards": 2, "sdss": {"url": server.url},
        }  # fmt: skip
        config = folder / "mine.yaml"
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")
        run = snakemake(folder, "all", configfile=str(config), timeout=900)
        assert run.returncode == 0, run.stderr
        high = (
            (folder / "results/query/plan.csv")
            .read_text(encoding="utf-8")
            .splitlines()[-1]
            .split(",")[2]
        )
        found = classes_of(folder)
        assert found == labelled(server, f"specObjID % 10007 < {high}")
        assert len(found) > 1500
        assert_names_its_source(folder, server)


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
    expected = to_catalogue(raw, "expected")
    assert list(stars) == expected["specObjID"].to_pylist()
    for column in ("bestObjID", "subClass", "elodieSpType", "elodieTEff", "sppHammerType", "z"):
        assert [row[column] for row in stars.values()] == expected[column].to_pylist(), column
    ra = [row["ra"] for row in stars.values()]
    assert ra == pytest.approx(expected["ra"].to_pylist(), rel=1e-12)
    assert {files.survey_of(t.schema) for t in tables} == {name}


def test_a_bad_table_ends_in_a_sentence(folder):
    (folder / "stars.csv").write_text(
        "specObjID,ra,dec,u,g,r,i,z,elodieSpType,elodieTEff\n1,500,3,19,18,17,16,15,F5,6500\n",
        encoding="utf-8",
    )
    config = overlay(folder, source="table", table={"path": "stars.csv"})
    run = snakemake(folder, "survey", configfile=config)
    assert run.returncode != 0
    assert "stars.csv: column ra, row 1: 500.0 lies outside 0 to 360 deg" in run.stderr + run.stdout
    assert "(line 2 of the file)" in run.stderr + run.stdout
    assert "Traceback" not in run.stderr + run.stdout
    assert not list((folder / "results/shards").glob("*"))
