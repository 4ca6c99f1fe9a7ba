"""What a study survives: kills at any moment, full and read-only disks, damage, clocks, rivals.

The rerun ends with the same bytes, or one sentence says what to do. docs/survival.md is the table.
"""

import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from project import (
    TIMED,
    copy_project,
    planned,
    resume,
    scripts_of_rules,
    snakemake,
    start,
)
from stellar.workflow.resume import LEAST_SPACE

STARS = "results/stars.parquet"
SHARD = "results/shards/shard-0.parquet"
OTHER_SHARD = "results/shards/shard-1.parquet"
KILLS = 12
# Rules whose jobs are killed: a target that needs such a job, and seconds that one takes at least.
KINDS = {
    "simulate_shard": (STARS, 0.8),
    "tune": ("results/tune/best_hyperparameters.json", 3),
    "tier": ("results/tier/hammer/photometry/probabilities.parquet", 3),
    "cv_fold": ("cross_validation", 3),
    "collect": ("results/summary/cv.csv", 0.8),
}
DAY = 24 * 3600


def working_in(folder: Path) -> list[psutil.Process]:
    """Processes whose working folder lies in `folder`."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(folder):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder in which no process works when the test is over."""
    yield tmp_path
    left = working_in(tmp_path)
    said = [process.cmdline() for process in left if process.is_running()]
    for process in left:
        process.kill()
    assert said == []


@pytest.fixture
def new(place: Path) -> Path:
    """The project, where nothing has run."""
    return copy_project(place / "new")


@pytest.fixture
def study(finished_study: Path, place: Path) -> Path:
    """A copy of the finished study, to harm."""
    return shutil.copytree(finished_study, place / "study", symlinks=True)


@pytest.fixture
def small_disk(new: Path, finished_study: Path) -> Iterator[Path]:
    """The project, its results on a file system that holds the shards, and half of the stars."""
    results = new / "results"
    results.mkdir()
    shards = sum(path.stat().st_size for path in (finished_study / SHARD).parent.iterdir())
    room = shards + (finished_study / STARS).stat().st_size // 2
    mount = ["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(results)]
    made = subprocess.run(mount, check=False, capture_output=True, encoding="utf-8")
    if made.returncode:
        pytest.skip(f"no file system can be mounted here, which takes root: {made.stderr.strip()}")
    yield new
    subprocess.run(["umount", str(results)], check=True)


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder / "results")], check=True)


def same_stars(folder: Path, finished_study: Path) -> bool:
    return (folder / STARS).read_bytes() == (finished_study / STARS).read_bytes()


def partial_files(folder: Path) -> list[Path]:
    return list((folder / "results").rglob(".*.part*"))


def refused(folder: Path, why: str) -> str:
    """Both commands end in one sentence; what they say."""
    for run in (snakemake(folder, STARS), resume(folder)):
        said = run.stdout + run.stderr
        assert run.returncode != 0
        assert re.search(why, said), said
        assert "Traceback" not in said
    return said


# Disks ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_full_disk_is_said_in_one_sentence_and_leaves_nothing_partial(small_disk, finished_study):
    run = snakemake(small_disk, STARS)
    said = run.stdout + run.stderr
    assert run.returncode != 0
    assert "error: no space is left for results/" in said
    assert "free some, and give the same command again" in said
    assert "Traceback" not in said
    assert partial_files(small_disk) == []
    remount(small_disk, "size=100m")
    again = snakemake(small_disk, STARS)
    assert again.returncode == 0, again.stderr
    assert same_stars(small_disk, finished_study)


@pytest.mark.slow
def test_results_that_cannot_be_written_begin_no_job(small_disk, finished_study):
    results = small_disk / "results"
    rest = shutil.disk_usage(results).free - LEAST_SPACE // 2
    (results / "other").write_bytes(bytes(rest))
    refused(small_disk, "results is full; free some space, and give the same")
    remount(small_disk, "ro")
    refused(small_disk, "results cannot be written; make it writable")
    remount(small_disk, "rw,size=100m")
    assert [path.name for path in results.iterdir()] == ["other"]
    again = snakemake(small_disk, STARS)
    assert again.returncode == 0, again.stderr
    assert same_stars(small_disk, finished_study)


# Damage ---------------------------------------------------------------------------------


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.slow
@pytest.mark.parametrize(("seen", "unseen"), [(truncated, flipped), (flipped, truncated)])
def test_a_damaged_shard_is_no_data(study, finished_study, seen, unseen):
    shard, other = study / SHARD, study / OTHER_SHARD
    times = other.stat()
    other.write_bytes(unseen(other.read_bytes()))
    # As a disk that rots does it; Snakemake sees no change.
    os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert planned(study, STARS) == {}
    shard.write_bytes(seen(shard.read_bytes()))
    damaged = {SHARD, OTHER_SHARD}
    while damaged:
        run = snakemake(study, STARS)
        assert run.returncode != 0
        said = re.search(r"error: (\S+) is damaged; delete it and run snakemake again", run.stderr)
        assert said, run.stderr
        assert "Traceback" not in run.stderr
        damaged.remove(said.group(1))
        (study / said.group(1)).unlink()
    again = snakemake(study, STARS)
    assert again.returncode == 0, again.stderr
    assert same_stars(study, finished_study)


# Clocks ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_files_from_the_future_rerun_nothing_and_are_named(study, finished_study):
    """A clock that is set back leaves files from the future: results, and the code."""
    files = {name: list((study / name).rglob("*")) for name in ("results", "scripts")}
    later = time.time() + DAY
    for path in (*files["results"], *files["scripts"]):
        os.utime(path, (later, later))
    assert planned(study) == {}
    (study / STARS).unlink()
    files["results"].remove(study / STARS)
    said = refused(study, r"results/\S+ is from the future; set the clock right, or")
    for path in files["results"]:
        os.utime(path)
    refused(study, r"scripts/\S+ is from the future; set the clock right, or")
    advice = re.search(r"time: (find .*)", said).group(1)
    subprocess.run(advice, shell=True, cwd=study, check=True)  # noqa: S602
    run = snakemake(study, STARS)
    assert run.returncode == 0, run.stderr
    assert same_stars(study, finished_study)
    # The new log and benchmark stand in the cost table; nothing else has changed.
    assert planned(study) == {"cost": 1, "draw_cost": 1, "report": 1}


# Two runs, and kills ----------------------------------------------------------------------


@pytest.mark.slow
def test_two_runs_in_one_folder_and_the_lock_of_a_killed_one(new, finished_study):
    ready = resume(new)
    assert (ready.returncode, ready.stderr) == (0, "")
    first = start(new)  # longer than the others take to be refused
    assert meets(first, "simulate_shard")
    second = snakemake(new, STARS)
    assert second.returncode != 0
    assert "Directory cannot be locked" in second.stdout + second.stderr
    live = resume(new)
    assert live.returncode == 1
    assert f"another run works in {new} (process {first.pid}); wait" in live.stderr
    first.kill()
    first.wait()
    stale = snakemake(new, STARS)
    assert stale.returncode != 0
    assert "can be removed with the --unlock argument" in stale.stdout + stale.stderr
    ready = resume(new)
    assert ready.returncode == 0, ready.stderr
    assert "removing the lock" in ready.stderr
    assert working_in(new) == []  # the jobs that it left have ended
    again = snakemake(new, STARS)
    assert again.returncode == 0, again.stderr
    assert same_stars(new, finished_study)


def jobs_of(run: subprocess.Popen, rule: str) -> list[psutil.Process]:
    """Processes that do a run's jobs of a rule."""
    found = []
    for process in psutil.Process(run.pid).children(recursive=True):
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if "python" in words[:1] and words[1] == f"scripts/{scripts_of_rules()[rule]}.py":
            found.append(process)
    return found


def meets(run: subprocess.Popen, rule: str) -> bool:
    """Wait until a run does a job of a rule; False if it ends before."""
    while run.poll() is None:
        if jobs_of(run, rule):
            return True
        time.sleep(0.1)
    return False


def harm(run: subprocess.Popen, how: str, rule: str, folder: Path, chance: random.Random) -> bool:
    """Kill a job, Snakemake alone, or all at once as a power cut does; whether one was there."""
    if how == "job":
        victims = chance.sample(jobs, 1) if (jobs := jobs_of(run, rule)) else []
    else:
        victims = [psutil.Process(run.pid)] if how == "snakemake" else working_in(folder)
    for victim in victims:
        try:
            victim.kill()
        except psutil.NoSuchProcess:
            continue
    return bool(victims)


def changed(folder: Path, finished_study: Path) -> list[str]:
    """Files of results that are not those of the finished study, times aside."""
    paths = [path for path in (folder / "results").rglob("*") if path.is_file()]
    names = {path.relative_to(folder / "results").as_posix(): path for path in paths}
    return [
        name
        for name, path in names.items()
        if not name.startswith(TIMED)
        and path.read_bytes() != (finished_study / "results" / name).read_bytes()
    ]


@pytest.mark.slow
def test_kills_at_random_moments_change_no_byte(new, finished_study):
    """Runs towards a job of each kind, killed a dozen times at a random moment of that job."""
    chance = random.Random(20)
    plan = [(rule, how) for rule in KINDS for how in ("snakemake", "job", "power")]
    for one in chance.sample(plan, len(plan) - KILLS):
        plan.remove(one)
    hits = []
    for rule, how in plan:
        ready = resume(new)
        assert ready.returncode == 0, ready.stderr
        target, seconds = KINDS[rule]
        run = start(new, target)
        if meets(run, rule):
            time.sleep(chance.uniform(0, seconds))  # the random moment of the job
            if run.poll() is None and harm(run, how, rule, new, chance):
                hits.append((rule, how))
        run.wait(timeout=300)
    print(f"{len(hits)} kills of {KILLS} found something to kill")  # shown by pytest -rP
    assert len(hits) >= 10
    assert {rule for rule, _ in hits} == KINDS.keys()
    ready = resume(new)
    assert ready.returncode == 0, ready.stderr
    targets = [target for target, _ in KINDS.values()]
    last = snakemake(new, *targets, warm=False)
    assert last.returncode == 0, last.stdout + last.stderr
    assert planned(new, *targets) == {}
    assert partial_files(new) == []
    assert changed(new, finished_study) == []
