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
from project import copy_project, differences, planned, resume, snakemake, start

STARS = "results/stars.parquet"
SHARD = "results/shards/shard-0.parquet"
KILLS = 12
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
def small_disk(new: Path) -> Iterator[Path]:
    """The project, its results on a file system that holds the shards and no more."""
    results = new / "results"
    results.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=420k", "tmpfs", str(results)]
    made = subprocess.run(mount, check=False, capture_output=True, text=True)
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


# Disks ----------------------------------------------------------------------------------


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


def test_a_disk_without_any_space_begins_no_job(small_disk):
    (small_disk / "results/other").write_bytes(bytes(300 * 1024))
    for run in (snakemake(small_disk, STARS), resume(small_disk)):
        assert run.returncode != 0
        assert "results is full; free some space, and give the same" in run.stdout + run.stderr
        assert "Traceback" not in run.stdout + run.stderr
    assert not (small_disk / "results/logs").exists()


def test_read_only_results_begin_no_job(small_disk, finished_study):
    remount(small_disk, "ro")
    for run in (snakemake(small_disk, STARS), resume(small_disk)):
        assert run.returncode != 0
        assert "results cannot be written; make it writable" in run.stdout + run.stderr
        assert "Traceback" not in run.stdout + run.stderr
    remount(small_disk, "rw,size=100m")
    again = snakemake(small_disk, STARS)
    assert again.returncode == 0, again.stderr
    assert same_stars(small_disk, finished_study)


# Damage ---------------------------------------------------------------------------------


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize("noticed", [True, False], ids=["new time", "old time"])
@pytest.mark.parametrize("harm", [truncated, flipped])
def test_a_damaged_shard_is_no_data(study, finished_study, harm, noticed):
    shard = study / SHARD
    times = shard.stat()
    shard.write_bytes(harm(shard.read_bytes()))
    if not noticed:  # as a disk that rots does it; Snakemake sees no change
        os.utime(shard, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert planned(study, STARS) == {}
        (study / STARS).unlink()
    run = snakemake(study, STARS)
    assert run.returncode != 0
    assert f"error: {SHARD} is damaged; delete it and run snakemake again" in run.stderr
    assert "Traceback" not in run.stderr
    shard.unlink()
    again = snakemake(study, STARS)
    assert again.returncode == 0, again.stderr
    assert same_stars(study, finished_study)


# Clocks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["results", "scripts"])
def test_files_from_the_future_rerun_nothing_and_are_named(study, finished_study, name):
    """A clock that is set back leaves files from the future: results, or the code."""
    later = time.time() + DAY
    for path in (study / name).rglob("*"):
        os.utime(path, (later, later))
    assert planned(study) == {}
    (study / STARS).unlink()
    for run in (snakemake(study, STARS), resume(study)):
        said = run.stdout + run.stderr
        assert run.returncode != 0
        assert re.search(rf"{name}/\S+ is from the future; set the clock right, or", said)
        assert "Traceback" not in said
    advice = re.search(r"time: (find .*)", said).group(1)
    subprocess.run(advice, shell=True, cwd=study, check=True)  # noqa: S602
    run = snakemake(study, STARS)
    assert run.returncode == 0, run.stderr
    assert same_stars(study, finished_study)
    # The new log and benchmark stand in the cost table; nothing else has changed.
    assert planned(study) == {"cost": 1, "report": 1}


# Two runs, and kills ----------------------------------------------------------------------


def wait_for(run: subprocess.Popen, jobs: int) -> None:
    """Wait until a run has started `jobs` jobs, or is over."""
    log = Path(psutil.Process(run.pid).cwd()) / "run.log"
    while log.read_text().count("\nJob ") < jobs and run.poll() is None:
        time.sleep(0.05)


def test_a_second_run_is_refused_and_a_stale_lock_goes(new, finished_study):
    first = start(new)  # longer than the others take to be refused
    wait_for(first, jobs=1)
    second = snakemake(new, STARS)
    assert second.returncode != 0
    assert "Directory cannot be locked" in second.stdout + second.stderr
    assert f"another run works in {new} (process {first.pid}); wait" in resume(new).stderr
    first.kill()
    first.wait()
    stale = snakemake(new, STARS)
    assert stale.returncode != 0
    assert "can be removed with the --unlock argument" in stale.stdout + stale.stderr
    assert "removing the lock" in resume(new).stderr
    assert working_in(new) == []  # the jobs that it left have ended
    again = snakemake(new, STARS)
    assert again.returncode == 0, again.stderr
    assert same_stars(new, finished_study)


def jobs_of(run: subprocess.Popen) -> list[psutil.Process]:
    """Processes that do a run's jobs."""
    found = []
    for process in psutil.Process(run.pid).children(recursive=True):
        try:
            words = process.cmdline()
        except psutil.Error:
            continue
        if "python" in words[:1] and words[1].startswith("scripts/"):
            found.append(process)
    return found


def harm(run: subprocess.Popen, how: str, folder: Path, chance: random.Random) -> bool:
    """Kill a job, Snakemake alone, or all at once as a power cut does; whether one was there."""
    if how == "job":
        victims = chance.sample(jobs, 1) if (jobs := jobs_of(run)) else []
    else:
        victims = [psutil.Process(run.pid)] if how == "snakemake" else working_in(folder)
    for victim in victims:
        try:
            victim.kill()
        except psutil.NoSuchProcess:
            continue
    return bool(victims)


def finished_jobs(folder: Path) -> int:
    return (folder / "run.log").read_text().count("\nFinished jobid")


def test_kills_at_random_moments_change_no_byte(new, finished_study):
    """The whole study, killed a dozen times: after some jobs, and a moment more."""
    chance = random.Random(20)
    kinds = ["snakemake", "job", "power"] * (KILLS // 3)
    chance.shuffle(kinds)
    kills, run = 0, None
    for how in kinds:
        if run is None:
            ready = resume(new)
            assert ready.returncode == 0, ready.stderr
            run = start(new)
            done = 0
        else:
            done = finished_jobs(new)
        enough = done + chance.randint(0, 6)
        while finished_jobs(new) < enough and run.poll() is None:
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 3))
        if run.poll() is None:
            kills += harm(run, how, new, chance)
        if how != "job" or run.poll() is not None:
            run.wait(timeout=60)
            run = None
    if run is not None:
        run.wait(timeout=1200)
    print(f"{kills} kills of {KILLS} found something to kill")  # shown by pytest -rP
    assert kills >= 10
    ready = resume(new)
    assert ready.returncode == 0, ready.stderr
    last = snakemake(new, timeout=1200)
    assert last.returncode == 0, last.stdout + last.stderr
    assert planned(new) == {}
    assert partial_files(new) == []
    assert differences(new / "results", finished_study / "results") == []
