"""Set-up in several terminals, and killed: real environments, from two tiny wheels in a folder."""

import hashlib
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from project import ROOT

UV = """#!/bin/sh
# Stands in for uv: pip does its work, slowly.
echo "$$" > uv.pid
sleep 0.5
exec "$4" -m pip install --quiet --no-index --find-links "$UV_FIND_LINKS" --require-hashes -r "$8"
"""


def wheel(folder: Path, name: str, file: str, content: str) -> str:
    """Make a wheel of one file; its line in a lock."""
    path = folder / f"{name}-1-py3-none-any.whl"
    about = f"{name}-1.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        program = zipfile.ZipInfo(file)
        program.external_attr = 0o100755 << 16
        archive.writestr(program, content)
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return f"{name}==1 \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def wait_until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + 180
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Place:
    """A folder with the set-up program, a lock of two wheels, and the wheels."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "envs").mkdir()
        (folder / "envs/environment.py").write_text(
            (ROOT / "envs/environment.py").read_text(encoding="utf-8"), encoding="utf-8"
        )
        wheels = folder / "wheels"
        wheels.mkdir()
        lines = wheel(wheels, "uv", "uv-1.data/scripts/uv", UV)
        lines += wheel(wheels, "small", "small.py", "VALUE = 7\n")
        (folder / "envs/lock.txt").write_text(lines, encoding="utf-8")
        own = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
        self.environment = {**os.environ, **own}
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"said-{len(self.started)}").open("w", encoding="utf-8") as said:
            setup = subprocess.Popen(
                [sys.executable, "envs/environment.py", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdout=said,
                stderr=said,
            )
        self.started.append(setup)
        return self.started[-1]

    def said(self, setup: subprocess.Popen[bytes]) -> str:
        return (self.folder / f"said-{self.started.index(setup)}").read_text(encoding="utf-8")

    def wait_for(self, setup: subprocess.Popen[bytes], text: str) -> None:
        wait_until(lambda: text in self.said(setup))

    def works(self) -> bool:
        """Whether the environment is what the lock says."""
        python = self.folder / ".venv/bin/python"
        asked = [python, "-c", "import small; print(small.VALUE)"]
        return subprocess.run(asked, check=True, stdout=subprocess.PIPE).stdout == b"7\n"

    def is_whole(self) -> bool:
        """Whether the program takes the environment for whole."""
        return self.start("--check").wait(30) == 0


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    for setup in made.started:
        setup.kill()
        setup.wait()


@pytest.mark.slow
def test_one_of_several_terminals_sets_up_and_the_others_wait(place):
    setups = [place.start() for _ in range(4)]
    assert [setup.wait(120) for setup in setups] == [0, 0, 0, 0]
    texts = [place.said(setup) for setup in setups]
    assert sum("setting up .venv" in text for text in texts) == 1
    assert sum("waiting for" in text for text in texts) == 3
    assert place.works()
    again = place.start()
    assert (again.wait(30), place.said(again)) == (0, "")


@pytest.mark.slow
def test_a_set_up_that_is_killed_at_any_moment_starts_anew(place):
    """The program alone is killed: what it left at work is waited for."""
    killed = []
    for moment in ("setting up .venv", "installing uv", "installing the 2 packages"):
        setup = place.start()
        place.wait_for(setup, moment)
        time.sleep(0.2)
        setup.kill()
        setup.wait()
        killed.append(setup)
        assert not place.is_whole()
    assert "waiting for what a killed set-up left at work" in place.said(killed[1])
    assert place.start().wait(120) == 0
    assert place.works()
    assert place.is_whole()


@pytest.mark.slow
def test_a_grandchild_that_outlives_all_others_is_waited_for(place):
    """Venv calls ensurepip, which calls pip: each but the last is killed."""
    setup = place.start()
    place.wait_for(setup, "setting up .venv")
    family = psutil.Process(setup.pid)
    wait_until(lambda: len(family.children(recursive=True)) == 3)
    alive = family.children(recursive=True)
    for process in (family, *alive[:2]):
        process.kill()
    setup.wait()
    again = place.start()
    place.wait_for(again, "waiting for what a killed set-up left at work")
    assert alive[2].is_running()
    assert again.wait(120) == 0
    assert place.works()


@pytest.mark.slow
def test_an_installer_that_is_killed_is_said_in_one_sentence(place):
    setup = place.start()
    number = place.folder / "uv.pid"
    wait_until(lambda: number.exists() and number.read_text(encoding="utf-8").strip())
    os.kill(int(number.read_text(encoding="utf-8")), signal.SIGKILL)
    assert setup.wait(30) == 1
    assert "error: installing the packages failed with status -9; see above" in place.said(setup)
    assert not place.is_whole()
