"""The study on a real SLURM of two nodes: the same bytes, and every mishap of a cluster."""

import os
import shutil
import signal
from pathlib import Path

import psutil
import pytest
from project import ROOT, SHRUNK, copy_project, differences
from slurm_cluster import PROFILE, adapt, cluster, missing, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("slurm"),  # one cluster, which each test leaves empty
    pytest.mark.skipif(missing() is not None, reason=str(missing())),
]

ARRAYS = ("--slurm-array-jobs", "cv_fold")
# Jobs that rest until the test makes a file `morning`; one fold, or the first of an array, can
# be bad.
NAPS = """
config.setdefault("bad", "none")

rule all:
    input:
        "one.txt",
        expand("fold-{fold}.txt", fold=range(3)),

rule one:
    output:
        "one.txt",
    resources:
        mem_mb=lambda wildcards, attempt: 100 * attempt,
        runtime=5,
    shell:
        "touch {output}.begun; until [ -e morning ]; do sleep 0.1; done; echo rested > {output}"

rule cv_fold:
    output:
        "fold-{fold}.txt",
    resources:
        mem_mb=100,
        runtime=5,
    shell:
        "touch {output}.begun; until [ -e morning ]; do sleep 0.1; done;"
        " [ ${{SLURM_ARRAY_TASK_ID:-{wildcards.fold}}} != {config[bad]} ]"
        " && echo {wildcards.fold} > {output}"
"""


@pytest.fixture(scope="module")
def running_cluster():
    with cluster() as made:
        yield made
    assert made.processes() == []


@pytest.fixture
def slurm(running_cluster):
    """The cluster, on which each test leaves no job and no process."""
    yield running_cluster
    try:
        wait_until(lambda: not running_cluster.queue() and not running_cluster.processes(), 30)
    finally:
        left = running_cluster.processes()
        for process in left:
            process.kill()
        running_cluster.cancel_all()
    assert left == []


@pytest.fixture
def naps(tmp_path):
    """A folder with a workflow of naps and the project's profile."""
    shutil.copytree(ROOT / PROFILE, tmp_path / PROFILE)
    adapt(tmp_path)
    (tmp_path / "Snakefile").write_text(NAPS, encoding="utf-8")
    return tmp_path


def said(folder: Path) -> str:
    return (folder / "snakemake.log").read_text(encoding="utf-8")[-4000:]


def test_the_study_has_the_same_bytes_on_a_cluster(slurm, finished_study, tmp_path):
    folder = copy_project(tmp_path / "study")
    adapt(folder)
    before = len(slurm.jobs_seen())
    run = slurm.snakemake(folder, "--configfile", SHRUNK)
    assert run.wait(1800) == 0, said(folder)
    assert differences(folder / "results", finished_study / "results") == []
    jobs = slurm.jobs_seen()[before:]
    assert {job["NodeList"] for job in jobs} == {"one", "two"}
    assert {job["JobState"] for job in jobs} == {"COMPLETED"}


def test_folds_as_a_job_array_have_the_same_bytes(slurm, finished_study, tmp_path):
    folder = shutil.copytree(finished_study, tmp_path / "study", symlinks=True)
    adapt(folder)
    for fold in ("fold-00", "fold-01"):
        shutil.rmtree(folder / "results/cv" / fold)
    run = slurm.snakemake(folder, "cross_validation", "--configfile", SHRUNK, *ARRAYS)
    assert run.wait(600) == 0, said(folder)
    assert (folder / "snakemake.log").read_text(encoding="utf-8").count("Submitted array job") == 1
    assert differences(folder / "results", finished_study / "results") == []


def test_tables_are_typed_by_a_job_each_and_the_end_says_how(slurm, finished_study, tmp_path):
    folder = shutil.copytree(finished_study, tmp_path / "study", symlinks=True)
    adapt(folder)
    (folder / "nights").mkdir()
    (folder / "nights/good.csv").write_text("u,g,r,i,z\n19,18,17.5,17.3,17.2\n", encoding="utf-8")
    (folder / "nights/bad.csv").write_text("g,r,i,z\n18,17,16,16\n", encoding="utf-8")
    mine = (folder / SHRUNK).read_text(encoding="utf-8") + "\nclassify: {tables: [nights/*]}\n"
    (folder / "mine.yaml").write_text(mine, encoding="utf-8")
    run = slurm.snakemake(folder, "classify", "--configfile", "mine.yaml", "--retries", "0")
    assert run.wait(300) == 1, said(folder)
    assert (folder / "results/classified/good.parquet").is_file()
    assert "\nnights/good.csv: 1 rows, 1 typed: " in said(folder)
    assert "\nfailed: Type the stars of nights/bad.csv: nights/bad.csv: no column u" in said(folder)


@pytest.mark.parametrize(
    "arrays",
    [
        (),
        pytest.param(
            ARRAYS,
            marks=pytest.mark.xfail(
                strict=True,
                raises=AssertionError,
                reason="snakemake-executor-plugin-slurm 2.8.0 looks for the files of an array's "
                "first job after each of its jobs; once this passes, the profile can have arrays.",
            ),
        ),
    ],
    ids=["single jobs", "array"],
)
def test_a_fold_that_fails_takes_no_other_with_it(slurm, naps, arrays):
    (naps / "morning").touch()
    bad = ("--config", "bad=1", "--retries", "0", "--latency-wait", "1")
    run = slurm.snakemake(naps, "fold-0.txt", "fold-1.txt", *bad, *arrays)
    assert run.wait(300) == 1, said(naps)
    assert len(list(naps.glob("fold-*.txt"))) == 1


def test_a_job_that_fails_asks_for_twice_as_much(slurm, finished_study, tmp_path):
    folder = shutil.copytree(finished_study, tmp_path / "study", symlinks=True)
    adapt(folder)
    target = "results/baseline/majority/probabilities.parquet"
    script = folder / "scripts/classifier_on_folds.py"
    script.write_text(
        "import pathlib, sys\n"
        "tried = pathlib.Path('tried')\n"
        "if not tried.exists():\n"
        "    tried.touch()\n"
        "    sys.exit('out of memory')\n" + script.read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    before = len(slurm.jobs_seen())
    run = slurm.snakemake(folder, target, "--configfile", SHRUNK)
    assert run.wait(300) == 0, said(folder)
    first, second = slurm.jobs_seen()[before:]
    assert (first["JobState"], second["JobState"]) == ("FAILED", "COMPLETED")
    assert "mem=1500M" in first["Tres"]
    assert "mem=3000M" in second["Tres"]
    assert (first["TimeLimit"], second["TimeLimit"]) == ("60", "120")


def test_a_job_cancelled_from_outside_is_tried_again_and_fails_the_run(slurm, naps):
    run, begun = slurm.snakemake(naps, "one.txt", "--retries", "1"), naps / "one.txt.begun"
    asked = []
    for _ in range(2):
        # A job that is cancelled while it starts may stay in the queue for a minute.
        wait_until(begun.exists)
        job = next(job for job in slurm.queue() if job not in dict(asked))
        asked.append((job, slurm.job(job)["MinMemoryNode"]))
        begun.unlink()
        slurm.ask("scancel", job)
    assert run.wait(300) == 1, said(naps)
    assert [memory for _, memory in asked] == ["100M", "200M"]
    assert not (naps / "one.txt").exists()


def test_an_interrupt_leaves_no_job(slurm, naps):
    run = slurm.snakemake(naps)
    wait_until(lambda: len(slurm.queue()) == 4)
    wait_until(lambda: len(list(naps.glob("*.begun"))) == 2)  # not while they start, see above
    os.kill(run.pid, signal.SIGINT)
    assert run.wait(300) != 0
    wait_until(lambda: not slurm.queue())
    assert list(naps.glob(".snakemake/locks/*")) == []  # the same command goes on


def test_a_run_outlives_its_controller(slurm, naps):
    run = slurm.snakemake(naps)
    wait_until(lambda: len(list(naps.glob("*.begun"))) == 2)  # before, a job needs the controller
    with slurm.without_controller():
        (naps / "morning").touch()
        wait_until(lambda: len(list(naps.glob("*.txt"))) == 2)  # jobs go on
        before = slurm.asked_in_vain()
        wait_until(lambda: slurm.asked_in_vain() >= before + 2 or run.poll() is not None)
        assert run.poll() is None, said(naps)
    assert run.wait(300) == 0, said(naps)
    assert len(list(naps.glob("*.txt"))) == 4


def test_all_daemons_listen_on_loopback_alone(slurm):
    sockets = [
        connection.laddr.ip
        for daemon in slurm.daemons.values()
        for connection in psutil.Process(daemon.pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(sockets) == 3
    assert set(sockets) == {"127.0.0.1"}
