"""Whether a folder is ready to go on."""

import json
import os
import subprocess
import sys

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


@pytest.fixture
def waiting(tmp_path):
    """A process that works in the folder as a job does, or a Snakemake; by its words."""
    started = []

    def start(name):
        script = tmp_path / name
        script.parent.mkdir(exist_ok=True)
        script.write_text("print('ready', flush=True); input()", encoding="utf-8")
        words = [sys.executable, name]
        process = subprocess.Popen(
            words, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        started.append(process)
        assert process.stdout.readline() == b"ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_run_that_works_keeps_its_lock(locked, waiting):
    number = waiting("snakemake").pid
    assert f"another run works in {locked} (process {number})" in refused(locked)


def test_jobs_that_a_killed_run_left_are_waited_for(locked, waiting, monkeypatch, capsys):
    job = waiting("scripts/tune.py")
    monkeypatch.setattr(resume.time, "sleep", lambda _: job.communicate(b"\n"))
    unlocked = resume.subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(resume.subprocess, "run", lambda *_, **__: unlocked)
    resume.make_ready(locked)
    assert job.returncode == 0
    assert capsys.readouterr().err.splitlines() == [
        "waiting for 1 job(s) that a killed run left behind",
        "removing the lock that a killed run left behind",
    ]


def test_a_folder_that_is_full_or_closed_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(resume, "LEAST_SPACE", 1 << 62)
    with pytest.raises(UserError, match=r"the disk of .* is full; free some space"):
        resume.check_writable(tmp_path / "results")
    monkeypatch.setattr(resume.os, "access", lambda *_: False)
    with pytest.raises(UserError, match="cannot be written; make it writable"):
        resume.check_writable(tmp_path)


def test_a_file_from_the_future_is_named(tmp_path):
    (tmp_path / "late").touch()
    resume.check_times(tmp_path)
    os.utime(tmp_path / "late", (4e9, 4e9))
    with pytest.raises(UserError, match="late is from the future; set the clock right"):
        resume.check_times(tmp_path)


def test_an_ended_run_needs_no_unlocking(locked, monkeypatch, capsys):
    (locked / ".snakemake/locks/0.input.lock").unlink()
    monkeypatch.chdir(locked)
    resume.main()
    assert capsys.readouterr().err == ""


def test_a_refusal_is_a_sentence_and_a_status(locked, monkeypatch, capsys):
    resume.note_run(locked, local=False)
    monkeypatch.chdir(locked)
    with pytest.raises(SystemExit) as end:
        resume.main()
    assert end.value.code == 1
    assert capsys.readouterr().err.startswith("error: the last run gave its jobs to a cluster")
