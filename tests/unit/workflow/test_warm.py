"""The `python` that is put first on PATH, while no interpreter serves."""

import os
import stat
import subprocess
import sys

import pytest
from stellar.workflow.warm import Warm, forget_project


@pytest.fixture
def cold():
    """One that is never started."""
    warm = Warm()
    yield warm
    warm.end()


def test_without_an_interpreter_it_is_an_ordinary_python(cold, tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/job.py").write_text(
        "import sys; print(sys.argv[1:], sys.executable)", encoding="utf-8"
    )
    done = subprocess.run(
        [cold.bin / "python", "scripts/job.py", "a b"],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout == f"['a b'] {sys.executable}\n"


def test_what_it_made_vanishes_with_it(cold):
    assert (cold.bin / "python").stat().st_mode & stat.S_IXUSR
    assert len(str(cold.folder / "socket")) < 100
    other = Warm()
    other.end()
    assert not other.folder.exists()
    assert cold.folder.exists()


def test_nothing_of_the_project_stays_imported(tmp_path, monkeypatch):
    (tmp_path / "stellar").mkdir()
    elsewhere = str(tmp_path / "elsewhere")
    monkeypatch.setattr(sys, "path", [str(tmp_path), elsewhere])
    monkeypatch.setattr(sys, "modules", {"stellar": 1, "stellar.files": 2, "stellarium": 3})
    forget_project()
    assert sys.path == [elsewhere]
    assert sys.modules == {"stellarium": 3}


def test_what_starts_jobs_finds_it_first_and_keeps_what_was_set(cold):
    found = cold.variables({"PATH": "/bin", "LANG": "C"})
    assert found["PATH"] == f"{cold.bin}:/bin"
    assert found["STELLAR_XLA_CACHE"] == str(cold.folder / "xla")
    assert found["LANG"] == "C"
