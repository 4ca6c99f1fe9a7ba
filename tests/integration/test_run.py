"""`make study`'s program with a workflow of three jobs in place of the study."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from project import ROOT, environment

WORKFLOW = """
rule all:
    input: "results/slow", "results/bad"
    message: "All results are made"

rule slow:
    output: "results/slow"
    message: "The slow job"
    shell: "sleep {seconds}; touch {{output}}"

rule bad:
    output: "results/bad"
    log: "results/bad.log"
    message: "The bad job"
    shell: "echo 'error: stars.csv has no ra; add it' > {{log}}; {bad}"
"""


@pytest.fixture
def place(tmp_path):
    (tmp_path / "config").symlink_to(ROOT / "config")
    (tmp_path / "scripts").symlink_to(ROOT / "scripts")
    return tmp_path


def start(place, seconds=0, bad="false"):
    (place / "Snakefile").write_text(WORKFLOW.format(seconds=seconds, bad=bad), encoding="utf-8")
    with (place / "said").open("w", encoding="utf-8") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "stellar.workflow.run"],
            cwd=place,
            env={**environment(), "PYTHONPATH": "scripts"},
            stdout=said,
            stderr=said,
        )


def test_a_failed_job_is_said_in_its_own_sentence(place):
    assert start(place).wait(120) == 1
    said = (place / "said").read_text(encoding="utf-8")
    assert "A study of 100,000 simulated stars" in said
    assert "failed: The bad job: stars.csv has no ra; add it" in said
    assert "log: results/bad.log" in said
    assert "1 of 3 jobs done, 1 failed" in said
    assert "Error in rule" not in said
    assert "Traceback" not in said


def test_a_stop_leaves_no_process_and_no_traceback(place):
    run = start(place, seconds=100)
    deadline = time.monotonic() + 60
    while "3 jobs on 2 cores" not in (place / "said").read_text(encoding="utf-8"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.kill(run.pid, signal.SIGINT)
    assert run.wait(60) == 130
    said = (place / "said").read_text(encoding="utf-8")
    assert "the same command goes on from there" in said
    assert "Traceback" not in said
    left = []
    for process in psutil.process_iter():
        try:
            left += [process.cmdline()] if process.cwd() == str(place) else []
        except psutil.Error:
            continue
    assert left == []
    assert not any((place / ".snakemake/locks").glob("*"))
