"""Fixtures of all rings."""

import signal
from pathlib import Path

import pytest
from hypothesis import settings
from project import shrunk_study

# How long an example takes says what else the machine does.
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")

# Started in the background of a script, tests would ignore SIGINT, and so would their children.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def finished_study() -> Path:
    """The real DAG, run to its end on the shrunk configuration; not to be changed."""
    return shrunk_study()


@pytest.fixture(scope="session")
def results(finished_study: Path) -> Path:
    """What the finished study left."""
    return finished_study / "results"
