"""A search shared by a chief and workers: the same trials, and no process left behind."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import yaml
from project import ROOT, environment
from stellar import files, workers
from stellar.errors import UserError

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text())
NETWORK = {**CONFIG["network"], "hidden": [8], "epochs": 3}
# Values with all their digits: what gRPC carries must not change them.
SPACE = {
    "learning_rate": {"min": 1e-3, "max": 1e-1, "sampling": "log"},
    "activation": {"values": ["relu", "tanh"]},
    "layers": {"min": 1, "max": 2},
    "units": {"values": [4, 8]},
}
OUTPUTS = ("best.json", "trials.csv")
ENDLESS = 1000  # trials: no busy machine lets such a search end before a test stops it


@pytest.fixture(scope="module")
def splits(finished_study: Path) -> Path:
    return finished_study / "results/splits"


def command(splits: Path, folder: Path, n_workers: int, **changes: object) -> list[str]:
    tuning = {**CONFIG["tuning"], "trials": 6, "executions": 1, "space": SPACE, **changes}
    del tuning["workers"]
    return [
        sys.executable,
        str(ROOT / "scripts/tune.py"),
        *("--config", json.dumps({"seed": 18, "network": NETWORK, "tuning": tuning})),
        *("--train", str(splits / "train.parquet")),
        *("--validation", str(splits / "validation.parquet")),
        *("--state", str(folder / "state"), "--best", str(folder / "best.json")),
        *("--trials", str(folder / "trials.csv"), "--workers", str(n_workers)),
    ]


def run(*arguments, **changes) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments, **changes),
        # A proxy, as clusters have it, is not to be asked for this very machine.
        env={**environment(), "http_proxy": "http://127.0.0.1:9", "no_proxy": ""},
        check=False,
        capture_output=True,
        text=True,
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
        until(lambda: self.log.read_text().count(": log-loss") >= trials, 120)
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


def test_workers_change_no_byte(splits, tmp_path):
    for n_workers in (1, 2, 3):
        done = run(splits, tmp_path / str(n_workers), n_workers)
        assert done.returncode == 0, done.stderr
        assert "\nerror: " not in done.stderr
    for name in OUTPUTS:
        assert len({(tmp_path / n / name).read_bytes() for n in "123"}) == 1
    rows = files.read_csv(tmp_path / "2/trials.csv")
    assert len(rows) == 6
    best = files.read_json(tmp_path / "2/best.json")
    assert best["network"]["learning_rate"] == pytest.approx(rows[0]["learning_rate"], abs=1e-6)


def test_a_killed_search_ends_its_children_and_goes_on_with_any_number(splits, tmp_path):
    started = Started(splits, tmp_path / "killed", trials=4, of=30)
    started.process.kill()
    started.process.wait()
    started.until_all_are_gone()
    assert not started.wrote()
    before = started.log.read_text().count(": log-loss")
    again = run(splits, started.folder, 1, trials=30)
    assert again.returncode == 0, again.stderr
    assert "going on with a search of" in again.stderr
    assert again.stderr.count(": log-loss") <= 30 - before + 2  # what two workers were at
    # The same trials as of a search that nobody stopped.
    assert run(splits, tmp_path / "whole", 2, trials=30).returncode == 0
    for name in OUTPUTS:
        assert (started.folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


@pytest.mark.parametrize("name", ["chief", "worker-2"])
def test_a_child_that_dies_ends_all_with_a_sentence(splits, tmp_path, name):
    started = Started(splits, tmp_path / "search", trials=1, of=ENDLESS)
    started.member(name).send_signal(signal.SIGKILL)
    assert started.process.wait(10) == 1
    started.until_all_are_gone(0.1)
    errors = [line for line in started.log.read_text().splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert f"the search's {name} ended by signal 9" in errors[0]
    assert not started.wrote()


def test_an_interrupt_ends_all(splits, tmp_path):
    started = Started(splits, tmp_path / "search", trials=1, of=ENDLESS)
    for process in (started.process, *started.children):  # as a terminal does
        process.send_signal(signal.SIGINT)
    assert started.process.wait(10) != 0
    started.until_all_are_gone(0.1)
    assert started.log.read_text().count("KeyboardInterrupt") == 1
    assert not started.wrote()


def test_a_search_that_only_diverges_ends_in_one_sentence(splits, tmp_path):
    hot = {"learning_rate": {"min": 1e30, "max": 1e31, "sampling": "log"}}
    done = run(splits, tmp_path / "hot", 2, trials=12, space=hot)
    assert done.returncode == 1
    assert done.stderr.count("\nerror: ") == 1
    assert done.stderr.endswith("lower learning_rate in tuning.space\n")


def test_a_space_that_is_used_up_ends_all_workers_alike(splits, tmp_path):
    few = {"activation": {"values": ["relu", "tanh"]}, "learning_rate": {"values": [0.01, 0.1]}}
    for n_workers in (1, 2):
        done = run(splits, tmp_path / str(n_workers), n_workers, space=few)
        assert done.returncode == 0, done.stderr
    for name in OUTPUTS:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


@pytest.mark.parametrize(
    ("algorithm", "trials"),
    [("bayesian", 6), ("hyperband", None)],
)
def test_the_other_algorithms_share_their_trials(splits, tmp_path, algorithm, trials):
    # One dimension: three trials at random, then the Gaussian process.
    space = {"learning_rate": SPACE["learning_rate"]}
    done = run(splits, tmp_path, 2, algorithm=algorithm, space=space)
    assert done.returncode == 0, done.stderr
    rows = files.read_csv(tmp_path / "trials.csv")
    assert {row["status"] for row in rows} == {"COMPLETED"}
    assert len({row["learning_rate"] for row in rows}) > 3
    assert trials in (None, len(rows))


# The processes alone, without a search -----------------------------------------------------

PART = """
import os, sys, time
from stellar import workers
from stellar.errors import UserError
name = sys.argv[-1]
with workers.member():
    print("noise")
    {}
"""


def part(tmp_path: Path, body: str) -> list[str]:
    script = tmp_path / "part.py"
    script.write_text(PART.format(body))
    return [sys.executable, str(script)]


@pytest.fixture(autouse=True)
def package_on_the_path(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "scripts"))


def test_a_search_is_over_when_the_workers_or_the_chief_are_done(tmp_path, capfd):
    workers.run(part(tmp_path, "name == 'chief' and time.sleep(60)"), 2)
    workers.run(part(tmp_path, "name == 'chief' or time.sleep(60)"), 2)
    assert capfd.readouterr() == ("", "")


def test_a_childs_sentence_is_its_parents(tmp_path):
    body = "if name == 'worker-1': raise UserError('too hot')\n    time.sleep(60)"
    with pytest.raises(UserError, match=r"^too hot$"):
        workers.run(part(tmp_path, body), 2)
    with pytest.raises(UserError, match="worker-2 ended with an error, see above"):
        workers.run(part(tmp_path, "name == 'worker-2' and sys.exit(3)\n    time.sleep(60)"), 2)


def test_each_search_has_a_port_of_its_own():
    with workers._reserved_port() as one, workers._reserved_port() as two:
        assert one != two
