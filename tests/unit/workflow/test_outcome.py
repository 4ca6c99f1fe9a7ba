from datetime import datetime

import pytest
from stellar.workflow import outcome
from stellar.workflow.progress import Failed, progress

START = datetime(2026, 3, 2, 12, 0, 0)
HEAD = f"""  Date: {START}
Job stats:
job               count
--------------  -------
classify_table        {{jobs}}
total                 {{jobs}}

"""
BAD = """Job 0: Type the stars of nights/bad.csv
Error in rule classify_table:
    message: None
    jobid: 0
    log: {log} (check log file(s) for error details)
    shell:
"""


def run_of(tables, bad=""):
    lines = [
        f"Job {n}: {outcome.TYPES}nights/{name}\nFinished jobid: {n} (Rule: classify_table)"
        for n, name in enumerate(tables, 1)
    ]
    return progress(HEAD.format(jobs=len(tables) + bool(bad)) + "\n".join([*lines, bad]), START)


def write_log(place, name, text):
    path = place / outcome.RULE / f"{name}.log"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_tables_that_were_typed_and_why_others_were_not(tmp_path):
    odd = "many rows are flagged: why?"
    write_log(tmp_path, "one", f"u is u\n12 rows, 9 typed: 9 F\nmodels: 9 by sspp\n{odd}\n")
    log = write_log(tmp_path, "bad", "12:00:00 a.py\nerror: nights/bad.csv: no column u; name it\n")
    found = run_of(["one.fits.gz", "unlogged.csv"], BAD.format(log=log))
    assert outcome.sentences(found, tmp_path) == [
        f"nights/one.fits.gz: 12 rows, 9 typed: 9 F; {odd}",
        "nights/unlogged.csv: typed",
        "failed: Type the stars of nights/bad.csv: nights/bad.csv: no column u; name it\n"
        f"        log: {log}",
        "1 of 3 jobs failed; put right what is said above, and give the same command again",
    ]


def test_many_tables_are_counted(tmp_path):
    lines = outcome.sentences(run_of([f"{n}.csv" for n in range(30)]), tmp_path)
    assert len(lines) == outcome.MOST + 1
    assert lines[-1].startswith("and 10 tables more")


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("12:00:00 a.py\nerror: it is so\nmore\n", "it is so"),
        ("Traceback (most recent call last):\n  File x\nValueError: no\n", "ValueError: no"),
        ("12:00:00 a.py\n12:00:01 cpu import 2 s\n", "it ended without a word; it was killed"),
        ("", "it ended without a word"),
    ],
)
def test_a_log_says_why_its_job_failed(log, said):
    assert outcome.reason(log).startswith(said)


def test_how_a_run_ended_is_said_below_all_else(tmp_path, capsys):
    write_log(tmp_path, "one", "12 rows, 9 typed: 9 F\n")
    snakemakes = tmp_path / "snakemake.log"
    job = f"Job 1: {outcome.TYPES}nights/one.csv\nFinished jobid: 1 (Rule: classify_table)\n"
    snakemakes.write_text(HEAD.format(jobs=1) + job, encoding="utf-8")
    outcome.say([snakemakes], tmp_path, {})
    assert capsys.readouterr().err == "nights/one.csv: 12 rows, 9 typed: 9 F\n"
    snakemakes.write_text("Nothing to be done\n", encoding="utf-8")
    outcome.say([snakemakes], tmp_path, {})
    assert capsys.readouterr().err == ""


def test_a_job_whose_log_is_not_there_has_failed_all_the_same(tmp_path):
    nothing = Failed("Tune the network", None)
    assert outcome.failure(nothing) == "failed: Tune the network"
    gone = Failed("Tune the network", str(tmp_path / "gone.log"))
    assert outcome.failure(gone) == "failed: Tune the network"
