"""Phases of a job in its log."""

from stellar import phases


def test_a_phase_is_logged_as_it_is_read(caplog):
    with caplog.at_level("INFO", "stellar"):
        with phases.phase("train"):
            sum(range(10**6))
        phases.log_done(1.0, 2.0)
    text = "\n".join(f"12:00:00 {message}" for message in caplog.messages)
    spent = phases.logged(text)
    assert 0 < spent["train"] < 2
    assert spent["cpu"] == 2.0
    assert spent["peak"] > 20
