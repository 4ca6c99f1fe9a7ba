from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from stellar.workflow import progress, resume

MEMORISE = {"stars": 100, "widths": [8], "epochs": 10}
START = datetime(2026, 3, 2, 12, 0, 0)
HEAD = f"""SNAKEMAKE
=========
  Date: {START}
Building DAG of jobs...
Provided cores: 2
Job stats:
job         count
--------  -------
tier            2
cv_fold         1
all             1
total           4

Select jobs to execute...
"""


@pytest.fixture(autouse=True)
def _known_seconds(monkeypatch):
    monkeypatch.setattr(progress, "SECONDS", {"tier": 96, "cv_fold": 7})


def said(text: str, seconds: int) -> str:
    return f"[{START + timedelta(seconds=seconds):%a %b %d %H:%M:%S %Y}]\n{text}\n"


RUN = (
    HEAD
    + said("Job 1: Tier sspp, label elodie", 0)
    + said("Job 2: Cross-validation, fold 00", 0)
    + said("Finished jobid: 1 (Rule: tier)\n1 of 4 steps (25%) done", 96)
)
FAILED = """Error in rule cv_fold:
    message: None
    jobid: 2
    output: results/quick/cv/fold-00/history.csv
    log: results/quick/logs/cv_fold/00.log, slurm.log (check log file(s) for error details)
    shell:
        python scripts/cv_fold.py
"""


def test_a_run_says_how_far_it_is():
    found = progress.progress(RUN, START + timedelta(seconds=96))
    assert (found.done, found.jobs) == (1, 4)
    assert found.running == ["Cross-validation, fold 00"]
    assert found.left == pytest.approx(105, rel=0.4)
    text = "1 of 4 jobs done in 2 min; about 2 min left\n  running: Cross-validation, fold 00"
    assert progress.text(found) == text


def test_a_slow_machine_takes_longer():
    slow = RUN.replace("12:01:36", "12:16:00")
    found = progress.progress(slow, START + timedelta(seconds=960))
    assert found.left > 3 * progress.progress(RUN, START + timedelta(seconds=96)).left


def test_a_failed_job_is_named_and_runs_no_more():
    found = progress.progress(RUN + FAILED, START + timedelta(seconds=100))
    assert found.running == []
    expected = "  failed: Cross-validation, fold 00; see results/quick/logs/cv_fold/00.log"
    assert progress.text(found).splitlines()[1:] == [expected]


def test_a_job_that_is_tried_again_has_not_failed():
    again = RUN + FAILED + said("Job 2: Cross-validation, fold 00", 110)
    found = progress.progress(again, START + timedelta(seconds=120))
    assert (found.running, found.failed) == (["Cross-validation, fold 00"], [])
    end = said("Finished jobid: 2 (Rule: cv_fold)\n2 of 4 steps (50%) done", 130)
    found = progress.progress(again + end, START + timedelta(seconds=140))
    assert (found.running, found.failed, found.done) == ([], [], 2)


def test_what_a_shown_log_says_counts_for_nothing():
    bar = "=" * 80
    inner = said("Job 0: Cross-validation, fold 00", 98) + FAILED.replace("jobid: 2", "jobid: 0")
    log = f"{RUN}{FAILED}Logfile slurm.log:\n{bar}\n{inner}{bar}\n"
    found = progress.progress(log, START + timedelta(seconds=100))
    assert len(found.failed) == 1
    assert found.running == []


def test_a_job_whose_files_do_not_come_has_failed():
    lacking = "Job 2  completed successfully, but some output files are missing. Missing files"
    found = progress.progress(RUN + lacking, START + timedelta(seconds=100))
    assert (found.running, found.failed) == (
        [],
        [progress.Failed("Cross-validation, fold 00", None)],
    )


def test_a_run_that_was_killed_is_not_said_to_go_on(tmp_path, monkeypatch, capsys):
    logs = tmp_path / ".snakemake/log"
    logs.mkdir(parents=True)
    (logs / "2026-03-02T120000.snakemake.log").write_text(RUN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    resume.note_run(tmp_path, local=True)
    monkeypatch.setattr(resume, "_is_alive", lambda number: False)
    progress.main()
    assert "1 of 4 jobs done; the run was killed: give its" in capsys.readouterr().out
    monkeypatch.setattr(resume, "_is_alive", lambda number: True)
    progress.main()
    assert "left\n  running: Cross-validation, fold 00" in capsys.readouterr().out


def test_a_run_that_is_over_says_so():
    found = progress.progress(RUN + "Complete log(s): a\n", START)
    assert progress.text(found) == "1 of 4 jobs done; the run is over"


def test_before_jobs_are_known_there_is_nothing_to_say():
    assert progress.progress("Building DAG of jobs...\n", START) is None


def test_without_a_run_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        progress.main()
    assert capsys.readouterr().err.startswith("error: no run is known in this folder; start one")


def test_durations_are_for_people():
    assert [progress.duration(s) for s in (3, 89, 600, 5400)] == [
        "10 s",
        "90 s",
        "10 min",
        "1 h 30 min",
    ]


def configuration(**changes):
    root = Path(__file__).parents[3]
    config = yaml.safe_load((root / "config/config.yaml").read_text(encoding="utf-8"))
    for key, value in changes.items():
        config[key] = {**config[key], **value}
    return config


def test_a_small_study_is_not_announced_as_a_long_one(monkeypatch):
    monkeypatch.undo()
    jobs = {"tune": 1, "tier": 12, "cv_fold": 20, "memorise": 1, "simulate_shard": 10}
    whole = progress.estimate(jobs, 2, configuration())
    work = sum(n * progress.SECONDS.get(rule, 1) for rule, n in jobs.items())
    assert whole == pytest.approx(progress.IDLE * work / 2)
    small = configuration(survey={"n_stars": 2000}, experiments={"memorise": MEMORISE})
    assert progress.estimate(jobs, 2, small) < whole / 4
    # A start stays, however few the stars.
    assert progress.estimate(jobs, 2, small) > progress.START * (1 + 12 + 20) / 2


def test_no_run_is_shorter_than_its_longest_job(monkeypatch):
    monkeypatch.undo()
    assert progress.estimate({"tune": 1, "all": 1}, 64, configuration()) == 60


def test_time_left_knows_the_configuration(monkeypatch):
    monkeypatch.undo()
    whole = progress.progress(HEAD, START, configuration())
    small = progress.progress(HEAD, START, configuration(survey={"n_stars": 2000}))
    assert small.left < whole.left / 2
