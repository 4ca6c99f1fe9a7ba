"""What counts as a whole environment, and who may change it."""

import fcntl
import importlib.util
import os
import sys
from pathlib import Path

import pytest
from project import ROOT
from stellar.errors import UserError
from stellar.workflow import environment as of_runs


@pytest.fixture
def setup(tmp_path, monkeypatch):
    """The set-up program, in a folder with a lock, an environment and its stamp."""
    (tmp_path / "envs").mkdir()
    program = tmp_path / "envs/environment.py"
    program.write_text((ROOT / "envs/environment.py").read_text(encoding="utf-8"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("set_up_program", program)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.LOCK.write_text("uv==1 \\\n    --hash=sha256:00\n", encoding="utf-8")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    module.PYTHON.symlink_to(Path(sys.executable).resolve())
    module.write_stamp(module.wanted("{}.{}".format(*sys.version_info)))

    def install(lock):
        module.STAMP.unlink()
        installed.append(lock)

    installed = module.installed = []
    monkeypatch.setattr(module, "install", install)
    monkeypatch.setattr(sys, "argv", ["environment.py"])
    return module


def said(setup, capsys, *arguments):
    """The error that the program ends with."""
    sys.argv += arguments
    with pytest.raises(SystemExit) as error:
        setup.main()
    assert error.value.code == 1
    return capsys.readouterr().err


def test_a_whole_environment_is_left_alone(setup):
    setup.main()
    assert setup.installed == []


def test_another_lock_is_installed_once(setup):
    setup.LOCK.write_text("uv==2\n", encoding="utf-8")
    setup.main()
    setup.main()
    assert len(setup.installed) == 1
    assert setup.is_current()


def test_an_environment_whose_python_has_gone_is_not_whole(setup):
    setup.PYTHON.unlink()
    assert setup.stamped() is None
    setup.PYTHON.write_text("#!/bin/sh\necho 2.7\n", encoding="utf-8")
    setup.PYTHON.chmod(0o755)
    assert setup.stamped() is None


def test_who_looks_installs_nothing(setup, capsys):
    setup.LOCK.write_text("uv==2\n", encoding="utf-8")
    sys.argv.append("--check")
    setup.main()  # whole, if of an older lock
    setup.STAMP.unlink()
    assert said(setup, capsys) == (
        "error: there is no whole environment here; type make setup first\n"
    )
    assert setup.installed == []


def test_who_looks_during_a_set_up_is_told_so(setup, capsys):
    setup.STAMP.unlink()
    with setup.the_only_one():
        text = said(setup, capsys, "--check")
    assert f"wait for the set-up of process {os.getpid()} to end" in text


def test_a_link_is_not_followed(setup, capsys, tmp_path):
    setup.LOCK.write_text("uv==2\n", encoding="utf-8")
    setup.VENV.rename(tmp_path / "elsewhere")
    setup.VENV.symlink_to(tmp_path / "elsewhere")
    assert ".venv is a link; remove it, or what it points to" in said(setup, capsys)


def test_another_python_is_refused(setup, capsys, monkeypatch):
    setup.STAMP.unlink()
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    assert "not 3.11 to 3.13; try: make setup PYTHON=python3.12" in said(setup, capsys)


def test_a_run_keeps_its_environment(setup, capsys, monkeypatch):
    monkeypatch.setattr(of_runs, "_HELD", held := [])
    setup.IN_USE.touch()
    of_runs.use(str(setup.VENV))
    stamp = setup.STAMP.read_text(encoding="utf-8")
    setup.LOCK.write_text("uv==2\n", encoding="utf-8")
    text = said(setup, capsys)
    assert "envs/lock.txt has changed, but a run uses .venv as it is; let it end" in text
    assert setup.STAMP.read_text(encoding="utf-8") == stamp
    held.pop().close()
    setup.main()
    assert len(setup.installed) == 1


def test_a_run_does_not_begin_while_its_environment_changes(setup, monkeypatch):
    monkeypatch.setattr(of_runs, "_HELD", [])
    of_runs.use(str(setup.VENV))  # made by other means: nothing to hold
    with setup.IN_USE.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(UserError, match="is being set up anew"):
            of_runs.use(str(setup.VENV))
    setup.STAMP.unlink()
    with pytest.raises(UserError, match="not whole; type make setup"):
        of_runs.use(str(setup.VENV))


def test_uv_asks_the_indexes_of_pip(setup):
    listed = (
        "global.index-url='https://mirror.example/simple'\n"
        "global.find-links='/a /b'\n"
        "global.timeout='3'\n"
        ":env:.index-url='https://nearer.example/simple'\n"
        "install.extra-index-url='\\nhttps://x/simple\\nhttps://y/simple'\n"
    )
    found = setup.uv_settings(listed, {"UV_FIND_LINKS": "/mine", "HOME": "/h"})
    assert found == {
        "UV_DEFAULT_INDEX": "https://nearer.example/simple",
        "UV_INDEX": "https://x/simple https://y/simple",
        "UV_FIND_LINKS": "/mine",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "HOME": "/h",
    }
