"""A search shared by a chief and workers: the same trials, and no process left behind."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import tune
import yaml
from project import ROOT, environment
from stellar import files
from stellar.command import call

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
NETWORK = {**CONFIG["network"], "hidden": [8], "epochs": 3, "steps": 0}
# Values with all their digits: what gRPC carries must not change them.
SPACE = {
    "learning_rate": {"min": 1e-3, "max": 1e-1, "sampling": "log"},
    "activation": {"values": ["relu", "tanh"]},
    "layers": {"min": 1, "max": 2},
    "units": {"values": [4]},
}
OUTPUTS = ("best.json", "trials.csv")
TRIALS = 20
ENDLESS = 1000  # trials: no busy machine lets such a search end before a test stops it


@pytest.fixture(scope="module")
def splits(finished_study: Path) -> Path:
    return finished_study / "results/splits"


@pytest.fixture(scope="module")
def whole(splits: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a search by two workers, which nobody stopped, leaves."""
    folder = tmp_path_factory.mktemp("whole")
    done = run(splits, folder, 2)
    assert done.returncode == 0, done.stderr
    assert "\nerror: " not in done.stderr
    return folder


def arguments(splits: Path, folder: Path, n_workers: int, **changes: object) -> list[str]:
    tuning = {**CONFIG["tuning"], "trials": TRIALS, "executions": 1, "space": SPACE, **changes}
    del tuning["workers"]
    return [
        *("--config", json.dumps({"seed": 18, "network": NETWORK, "tuning": tuning})),
        *("--train", str(splits / "train.parquet")),
        *("--validation", str(splits / "validation.parquet")),
        *("--best", str(folder / "best.json")),
        *("--trials", str(folder / "trials.csv"), "--threads", str(n_workers)),
    ]


def command(*where, **changes) -> list[str]:
    return [sys.executable, str(ROOT / "scripts/tune.py"), *arguments(*where, **changes)]


def run(*where, **changes) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*where, **changes),
        # A proxy, as clusters have it, is not to be asked for this very machine.
        env={**environment(), "http_proxy": "http://127.0.0.1:9", "no_proxy": ""},
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


class Started:
    """A search under way, of which `trials` of `of` have ended."""

    def __init__(self, splits: Path, folder: Path, trials: int, of: int) -> None:
        folder.mkdir()
        self.folder = folder
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command(splits, folder, 2, trials=of), env=environment(), stderr=log
            )
        until(lambda: self.log.read_text(encoding="utf-8").count(": log-loss") >= trials, 120)
        self.children = psutil.Process(self.process.pid).children(recursive=True)
        assert len(self.children) == 3

    def member(self, name: str) -> psutil.Process:
        return next(child for child in self.children if child.cmdline()[-1] == name)

    def until_all_are_gone(self, seconds: float = 10) -> None:
        until(lambda: not any(child.is_running() for child in self.children), seconds)

    def wrote(self) -> bool:
        return any((self.folder / name).exists() for name in OUTPUTS)


def until(holds, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def assert_same_outputs(ours: Path, theirs: Path) -> None:
    for name in OUTPUTS:
        assert (ours / name).read_bytes() == (theirs / name).read_bytes()


@pytest.mark.slow
def test_workers_change_no_byte(splits, whole, tmp_path):
    call(tune.main, arguments(splits, tmp_path, 1))
    assert_same_outputs(tmp_path, whole)
    rows = files.read_csv(whole / "trials.csv")
    assert len(rows) == TRIALS
    best = files.read_json(whole / "best.json")
    assert best["network"]["learning_rate"] == pytest.approx(rows[0]["learning_rate"], abs=1e-6)


@pytest.mark.slow
def test_three_workers_change_no_byte(splits, whole, tmp_path):
    done = run(splits, tmp_path, 3)
    assert done.returncode == 0, done.stderr
    assert "\nerror: " not in done.stderr
    assert_same_outputs(tmp_path, whole)


@pytest.mark.slow
def test_a_killed_search_ends_its_children_and_goes_on_with_any_number(splits, whole, tmp_path):
    started = Started(splits, tmp_path / "killed", trials=3, of=TRIALS)
    started.process.kill()
    started.process.wait()
    started.until_all_are_gone()
    assert not started.wrote()
    before = started.log.read_text(encoding="utf-8").count(": log-loss")
    again = run(splits, started.folder, 1)
    assert again.returncode == 0, again.stderr
    assert "going on with a search of" in again.stderr
    assert again.stderr.count(": log-loss") <= TRIALS - before + 2  # what two workers were at
    assert_same_outputs(started.folder, whole)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["chief", "worker-2"])
def test_a_child_that_dies_ends_all_with_a_sentence(splits, tmp_path, name):
    started = Started(splits, tmp_path / "search", trials=1, of=ENDLESS)
    started.member(name).send_signal(signal.SIGKILL)
    assert started.process.wait(10) == 1
    started.until_all_are_gone(0.1)
    errors = [
        line
        for line in started.log.read_text(encoding="utf-8").splitlines()
        if line.startswith("error: ")
    ]
    assert len(errors) == 1
    assert f"the search's {name} ended by signal 9" in errors[0]
    assert not started.wrote()


@pytest.mark.slow
def test_an_interrupt_ends_all(splits, tmp_path):
    started = Started(splits, tmp_path / "search", trials=1, of=ENDLESS)
    for process in (started.process, *started.children):  # as a terminal does
        process.send_signal(signal.SIGINT)
    assert started.process.wait(10) != 0
    started.until_all_are_gone(0.1)
    assert started.log.read_text(encoding="utf-8").count("KeyboardInterrupt") == 1
    assert not started.wrote()


@pytest.mark.slow
def test_a_search_that_only_diverges_ends_in_one_sentence(splits, tmp_path):
    hot = {"learning_rate": {"min": 1e30, "max": 1e31, "sampling": "log"}}
    done = run(splits, tmp_path / "hot", 2, trials=12, space=hot)
    assert done.returncode == 1
    assert done.stderr.count("\nerror: ") == 1
    assert done.stderr.endswith("lower learning_rate in tuning.space\n")


@pytest.mark.slow
def test_a_space_that_is_used_up_ends_all_workers_alike(splits, tmp_path):
    few = {"activation": {"values": ["relu", "tanh"]}, "learning_rate": {"values": [0.01, 0.1]}}
    done = run(splits, tmp_path / "2", 2, space=few)
    assert done.returncode == 0, done.stderr
    call(tune.main, arguments(splits, tmp_path / "1", 1, space=few))
    assert_same_outputs(tmp_path / "1", tmp_path / "2")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("algorithm", "trials"),
    [("bayesian", 6), ("hyperband", None)],
)
def test_the_other_algorithms_share_their_trials(splits, tmp_path, algorithm, trials):
    # One dimension: three trials at random, then the Gaussian process.
    space = {"learning_rate": SPACE["learning_rate"]}
    done = run(splits, tmp_path, 2, algorithm=algorithm, trials=6, space=space)
    assert done.returncode == 0, done.stderr
    rows = files.read_csv(tmp_path / "trials.csv")
    assert {row["status"] for row in rows} == {"COMPLETED"}
    assert len({row["learning_rate"] for row in rows}) > 3
    assert trials in (None, len(rows))
