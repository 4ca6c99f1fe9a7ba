"""Fixtures of all rings."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings
from project import shrunk_study

# How long an example takes says what else the machine does. CI tries the same examples each time:
# a change is not blamed for what chance finds; elsewhere chance goes on looking.
settings.register_profile("ours", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("ours")

# Started in the background of a script, tests would ignore SIGINT, and so would their children.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files so that no worker waits: one makes the shared study, others do without it.

    Files that need the study come later, and those of many short tests last, to fill gaps.
    """
    need = {item.path for item in items if "finished_study" in getattr(item, "fixturenames", ())}

    def place(item: pytest.Item) -> int:
        if item.path.parent.name == "workflow" and item.path in need:
            return 0
        return 3 if "unit" in item.path.parts else 1 + (item.path in need)

    items.sort(key=place)


@pytest.fixture(scope="session")
def finished_study() -> Path:
    """The real DAG, run to its end on the shrunk configuration; not to be changed."""
    return shrunk_study()


@pytest.fixture(scope="session")
def results(finished_study: Path) -> Path:
    """What the finished study left."""
    return finished_study / "results"
