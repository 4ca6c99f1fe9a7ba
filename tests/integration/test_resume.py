"""A killed run goes on by the same command."""

import os
import signal
import time

from project import copy_project, resume, snakemake, start


def test_a_killed_run_goes_on_and_a_live_one_is_left_alone(tmp_path):
    folder = copy_project(tmp_path / "killed")
    run = start(folder)
    log = folder / "results/logs/tune.log"
    deadline = time.monotonic() + 120
    while not (log.exists() and "tune.py" in log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.2)
    try:
        live = resume(folder)
        assert live.returncode == 1
        assert f"(process {run.pid})" in live.stderr
    finally:
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    assert any((folder / ".snakemake/locks").iterdir())
    ready = resume(folder)
    assert ready.returncode == 0, ready.stderr
    assert "removing the lock" in ready.stderr
    target = "results/tune/best_hyperparameters.json"
    again = snakemake(folder, target)
    assert again.returncode == 0, again.stderr
    assert (folder / target).exists()


def test_a_folder_without_a_lock_is_ready(tmp_path):
    ready = resume(copy_project(tmp_path / "new"))
    assert (ready.returncode, ready.stderr) == (0, "")
