"""Phases of a job in its log."""

from stellar import phases


def test_a_phase_is_logged_as_it_is_read(caplog):
    with caplog.at_level("INFO", "stellar"):
        with phases.phase("train") as work:
            work.rows = sum(range(10**3))
        with phases.phase("evaluate", 12):
            sum(range(10**6))
        with phases.phase("evaluate"):
            pass
        phases.log_done(1.0, 2.0)
    text = "\n".join(f"2026-01-31 12:00:00 {message}" for message in caplog.messages)
    spent = phases.logged(text)
    assert 0 < spent["evaluate"] < 2
    assert (spent["trainings"], spent["rows_trained"], spent["rows_predicted"]) == (1, 499_500, 12)
    assert spent["cpu"] == 2.0
    assert spent["peak"] > 20


def test_a_log_says_when_its_job_began():
    text = "2026-01-31 12:00:00 scripts/split.py --config {}\n2026-01-31 12:00:09 done"
    assert phases.begun(text) == "2026-01-31 12:00:00"
    assert phases.begun("12:00:00 scripts/split.py") is None
    assert phases.begun("") is None
