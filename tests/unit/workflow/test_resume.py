"""Whether a folder is ready to go on."""

import json
import os

import pytest
from stellar.errors import UserError
from stellar.workflow import resume


@pytest.fixture
def locked(tmp_path):
    """A folder with the lock of a run."""
    for name in (".snakemake/locks", "results", "scripts"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / ".snakemake/locks/0.input.lock").touch()
    return tmp_path


def refused(folder):
    with pytest.raises(UserError) as error:
        resume.make_ready(folder)
    assert (folder / ".snakemake/locks/0.input.lock").exists()
    return str(error.value)


def test_a_run_on_another_machine_keeps_its_lock(locked, monkeypatch):
    monkeypatch.setattr(resume.platform, "node", lambda: "login2")
    resume.note_run(locked, local=True)
    monkeypatch.setattr(resume.platform, "node", lambda: "login1")
    assert f"was started on login2 (process {os.getpid()}) and may still work" in refused(locked)


def test_a_run_of_another_user_keeps_its_lock(locked, monkeypatch):
    resume.note_run(locked, local=True)
    monkeypatch.setattr(resume, "_is_alive", lambda number: number == os.getpid())
    monkeypatch.setattr(resume, "left_over", lambda folder: ([], []))
    assert f"another run works in {locked} (process {os.getpid()})" in refused(locked)


def test_jobs_on_a_cluster_keep_the_lock(locked):
    resume.note_run(locked, local=False)  # by this process, which is no Snakemake
    assert "the last run gave its jobs to a cluster" in refused(locked)


def test_a_lock_that_stays_is_said_in_one_sentence(locked, monkeypatch):
    resume.note_run(locked, local=True)
    failed = resume.subprocess.CompletedProcess([], 1)
    monkeypatch.setattr(resume.subprocess, "run", lambda *_, **__: failed)
    assert "the lock is still there; put right what is said above" in refused(locked)


def test_an_editor_that_shows_a_script_is_no_job():
    assert resume._is_job(["python", "scripts/tune.py"])
    assert resume._is_job(["/usr/bin/python3", "-IS", "/warm/bin/python", "scripts/tune.py"])
    assert resume._is_job(["/a/.venv/bin/python3.12", "scripts/tune.py", "--config"])
    for words in (["vim", "scripts/tune.py"], ["python", "-m", "scripts/tune.py"], ["python"], []):
        assert not resume._is_job(words)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"host": "a"'])
def test_a_note_that_is_not_whole_says_nothing(locked, text):
    (locked / resume.NOTE).write_text(text, encoding="utf-8")
    assert resume.last_run(locked) is None
    (locked / resume.NOTE).write_text(
        json.dumps({"host": "a", "process": 1, "local": True}), encoding="utf-8"
    )
    assert resume.last_run(locked) is not None
