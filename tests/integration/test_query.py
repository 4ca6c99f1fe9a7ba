"""`stellar-types query` against the stand-in SkyServer: what it fetches, and what it refuses."""

import gc
import os
import subprocess
import sys
import warnings

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.table import Table
from made_models import make_model
from project import ROOT
from skyserver import FINAL, PASSING, WRONG, changes, serving
from stellar import files
from stellar.classify.commands import Request, classify
from stellar.classify.query import Wanted, query
from stellar.errors import UserError
from stellar.survey.skyserver import Server

pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@pytest.fixture(scope="module")
def standin():
    with serving(400) as server:
        yield server
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def archive(standin):
    standin.reset()
    standin.per_minute = 10**6
    yield standin
    standin.reset()


@pytest.fixture
def fetch(archive, tmp_path):
    def fetched(name: str = "stars.parquet", attempts: int = 3, **wanted) -> pa.Table:
        server = Server(archive.url, 18, 0.5, attempts, 0.01)
        query(Wanted(**wanted), server, str(tmp_path / name))
        return pq.read_table(tmp_path / name) if name.endswith("parquet") else None

    return fetched


def write(path, columns) -> str:
    files.write_text(
        path,
        "\n".join(",".join(map(str, r)) for r in [columns, *zip(*columns.values(), strict=True)]),
    )
    return str(path)


def test_a_cone_holds_the_stars_around_a_place_and_no_galaxy(archive, fetch):
    ((ra, dec),) = archive.select("SELECT ra, dec FROM PhotoObj WHERE type = 6 LIMIT 1")
    near = archive.select(
        f"SELECT n.objID FROM dbo.fGetNearbyObjEq({ra}, {dec}, 60) AS n "
        "JOIN PhotoObj AS p ON p.objID = n.objID WHERE p.type = 6"
    )
    found = fetch(cone=(ra, dec, 60))
    assert sorted(set(found["bestObjID"].to_pylist())) == sorted(row[0] for row in near)
    assert found["distance"].to_numpy().max() <= 3600
    assert found["ra"].type == pa.float64()


def test_ids_in_many_questions(archive, fetch, tmp_path):
    rows = archive.select(
        "SELECT specObjID FROM SpecObj WHERE class = 'STAR' ORDER BY 1 DESC LIMIT 250"
    )
    ids = [int(row[0]) for row in rows]
    found = fetch(ids=write(tmp_path / "ids.csv", {"specObjID": [*ids, 12345]}))
    assert sorted(found["specObjID"].to_pylist()) == sorted(ids)
    assert len(archive.queries) >= 2
    assert max(ids) > 2**63
    assert not list(tmp_path.glob("*.answers"))


def test_positions_are_matched_to_the_nearest_object(archive, fetch, tmp_path):
    stars = archive.select("SELECT ra, dec, objID FROM PhotoObj ORDER BY objID LIMIT 60")
    ra, dec, ids = (np.array(column) for column in zip(*stars, strict=True))
    ra = np.append(ra, 10.0)
    dec = np.append(dec + 0.5 / 3600, -89.9)
    found = fetch(positions=write(tmp_path / "places.csv", {"ra": ra, "dec": dec}))
    first = dict(zip(found["place"].to_pylist(), found["bestObjID"].to_pylist(), strict=True))
    assert first == dict(enumerate(ids.tolist(), 1))
    np.testing.assert_allclose(found["distance"].to_numpy(), 0.5, atol=0.01)


def test_a_select_of_ones_own(archive, fetch):
    found = fetch(sql="SELECT p.objID, p.u, p.g FROM PhotoObj AS p WHERE p.type = 6")
    rows = archive.select("SELECT objID, u, g FROM PhotoObj WHERE type = 6")
    assert sorted(found["objID"].to_pylist()) == sorted(row[0] for row in rows)
    assert found.column_names == ["objID", "u", "g"]
    assert [str(kind) for kind in found.schema.types] == ["int64", "double", "double"]
    with pytest.raises(UserError, match=r"refuses the query.*nosuch"):
        fetch("other.parquet", sql="SELECT p.nosuch FROM PhotoObj AS p")


@pytest.mark.parametrize(
    "name", ["stars.csv", "stars.fits", "stars.vot", "stars.ecsv", "stars.parquet"]
)
def test_what_is_fetched_can_be_typed(archive, fetch, tmp_path, name):
    ((ra, dec),) = archive.select("SELECT ra, dec FROM PhotoObj WHERE type = 6 LIMIT 1")
    fetch(name, cone=(ra, dec, 60))
    make_model(tmp_path / "models")
    typed = str(tmp_path / "typed.parquet")
    tally = classify(Request(str(tmp_path / name), typed, tmp_path / "models"))
    assert tally.rows > 0
    assert pq.read_table(typed)["type"].null_count < tally.rows / 2


@pytest.mark.parametrize("name", sorted(set(PASSING) - {"hangs in the body"}))
def test_a_failure_that_passes_is_mended(archive, fetch, name):
    archive.faults = [PASSING[name]]
    ((ra, dec),) = archive.select("SELECT ra, dec FROM PhotoObj WHERE type = 6 LIMIT 1")
    assert fetch(cone=(ra, dec, 60)).num_rows


SEEN = set(WRONG) - {  # what cannot be told from an answer here
    *("rows of another shard", "a row twice", "a value out of range", "specObjID rounded"),
    *("a number of SpecObj null in every fifth row", "only #Table1", "header without rows"),
    *("a magnitude null without its error", "a parameter null without the others", "a null id"),
    "empty body",
}


@pytest.mark.parametrize("name", sorted(SEEN))
def test_a_wrong_table_that_stays_is_a_sentence_and_leaves_nothing(archive, fetch, tmp_path, name):
    where = place(archive)
    archive.always = WRONG[name]
    with pytest.raises(UserError, match="gave no right answer") as error:
        fetch(cone=where)
    assert len(str(error.value).splitlines()) == 1
    assert not (tmp_path / "stars.parquet").exists()


def place(archive) -> tuple[float, float, float]:
    """A cone that holds several stars."""
    ((ra, dec),) = archive.select(
        "SELECT a.ra, a.dec FROM PhotoObj a, LATERAL dbo.fGetNearbyObjEq(a.ra, a.dec, 60) n "
        "GROUP BY ALL ORDER BY count(*) DESC LIMIT 1"
    )
    return ra, dec, 60.0


@pytest.mark.parametrize("name", FINAL)
def test_a_refusal_is_a_sentence(archive, fetch, name):
    archive.always = FINAL[name]
    with pytest.raises(UserError) as error:
        fetch(cone=(180, 0, 60))
    assert len(str(error.value).splitlines()) == 1


def test_a_cut_by_the_server_is_noticed(archive, fetch):
    archive.row_cap = 5
    with pytest.raises(UserError, match=r"5 of \d{3} rows"):
        fetch(sql="SELECT p.u FROM PhotoObj AS p")


def test_answers_are_kept_until_the_last_one_is_there(archive, fetch, tmp_path):
    ids = archive.select("SELECT objID FROM PhotoObj ORDER BY objID LIMIT 150")
    path = write(tmp_path / "ids.csv", {"objid": [row[0] for row in ids]})
    healthy = changes(lambda body: body)
    archive.faults = [healthy, healthy, *[FINAL["status 403"]]]
    with pytest.raises(UserError, match="refuses"):
        fetch(ids=path)
    asked = len(archive.queries)
    assert asked == 3
    assert fetch(ids=path).num_rows >= 150
    questions = len(set(archive.queries))
    assert len(archive.queries) == questions + 1  # the refused one alone is asked again


@pytest.mark.parametrize(
    ("wanted", "text", "said"),
    [
        ("ids", "specObjID\n1.24e18\n", "row 1: specObjID is no whole id"),
        ("ids", "specObjID\n5\n", "no such star"),
        ("ids", "name\nVega\n", "no column specObjID or bestObjID"),
        ("ids", "specObjID\n", "holds no id"),
        ("positions", "ra,dec\n10,95\n", "place 1: ra 10, dec"),
        ("positions", "ra,dec\n10,\n", "place 1"),
        ("positions", "ra\n10\n", "no columns ra and dec"),
        ("positions", "ra,dec\n", "holds no position"),
    ],
)
def test_a_list_that_is_none(fetch, tmp_path, wanted, text, said):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=said):
        fetch(**{wanted: str(path)})


def test_nothing_found_is_said(fetch):
    with pytest.raises(UserError, match="no such star"):
        fetch(cone=(10, -89.9, 0.01))


def command(archive, *words: str, **variables: str) -> subprocess.CompletedProcess:
    server = ["--url", archive.url, "--timeout", "2", "--attempts", "1"]
    return subprocess.run(
        [sys.executable, "-m", "stellar.classify.program", "query", *words, *server],
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts"), **variables},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )


def test_the_command(archive, tmp_path):
    ra, dec, radius = place(archive)
    path = tmp_path / "stars.fits"
    done = command(archive, "--cone", str(ra), str(dec), str(radius), "-o", str(path))
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith(f"{len(Table.read(path))} rows\n")
    again = command(archive, "--cone", str(ra), str(dec), str(radius), "-o", str(path))
    assert again.returncode == 1
    assert "exists" in again.stderr
    printed = command(archive, "--sql", "SELECT p.u FROM PhotoObj AS p")
    assert printed.stdout.splitlines()[0] == "u"
    refused = command(archive, "--sql", "SELECT p.nosuch FROM PhotoObj AS p")
    assert refused.returncode == 1
    assert refused.stderr.rstrip().endswith("; correct or shorten the query")


def test_without_astroquery_it_says_what_to_install(archive, tmp_path):
    """As after `pip install .`: a package that cannot be found stands for one not installed."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u; f = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'astroquery' else f(name, *more)\n",
        encoding="utf-8",
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT / "scripts")])
    done = command(archive, "--cone", "1", "1", "1", PYTHONPATH=path)
    assert done.returncode == 1
    assert "needs the package astroquery, which is not installed; type pip install" in done.stderr
