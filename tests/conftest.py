"""Fixtures of all rings."""

import signal
from pathlib import Path

import pytest
from project import copy_project, snakemake

# Started in the background of a script, tests would ignore SIGINT, and so would their children.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def finished_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real DAG, run to its end on the shrunk configuration; not to be changed."""
    folder = copy_project(tmp_path_factory.mktemp("study"))
    run = snakemake(folder, timeout=1800)
    assert run.returncode == 0, run.stderr[-4000:]
    return folder


@pytest.fixture(scope="session")
def results(finished_study: Path) -> Path:
    """What the finished study left."""
    return finished_study / "results"
