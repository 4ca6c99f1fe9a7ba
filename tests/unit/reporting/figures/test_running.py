"""What the run cost, and when its jobs ran."""

from made_figures import find, spec_of
from stellar.reporting.figures import running, saved


def cost(rule: str, cpu: float, peak: float = 100.0) -> dict:
    phases = {"import_s": 0.1, "compile_s": 0.0, "train_s": cpu - 0.1, "evaluate_s": 0.0}
    return {"rule": rule, "jobs": 2, "cpu_s": cpu, "peak_mb": peak, **phases, "other_s": 0.0}


TABLE = [cost("tier", 50), cost("split", 0.5, 30.0), cost("label_stars", 0.25, 400.0)]
TABLE.append(cost("all jobs", 50.75))


def test_rules_by_phase_and_the_short_ones_as_one():
    rows = running.resource_table(TABLE)
    assert list(dict.fromkeys(row["rule"] for row in rows)) == ["tier", running.OTHERS]
    assert sum(row["seconds"] for row in rows) == 50.75
    short = [row for row in rows if row["rule"] == running.OTHERS]
    assert {(row["jobs"], row["peak_mb"]) for row in short} == {(4, 400)}
    spec = spec_of(running.resources(TABLE))
    assert find(spec, "sort")[0] == ["tier", running.OTHERS]
    assert "train of tier with 50 seconds" in spec["description"]


def job(rule: str, clock: str, wall: float, name=None) -> dict:
    return {"rule": rule, "job": name, "start": clock and f"2026-01-31 {clock}", "wall_s": wall}


def test_jobs_by_time_without_the_pauses():
    jobs = [
        job("b", "12:00:30", 60.0, "00"),
        job("a", "12:00:00", 45.0),
        job("c", "13:30:00", 30.0),  # an hour and a half later
        job("d", None, 5.0),  # of whose log no date is known
    ]
    rows = running.schedule_table(jobs)
    assert [(row["rule"], row["from"], row["to"]) for row in rows] == [
        ("a", 0.0, 0.75), ("b", 0.5, 1.5), ("c", 1.5, 2.0)
    ]  # fmt: skip
    spec = spec_of(running.schedule(jobs))
    assert "3 jobs of 3 rules in 2.0 minutes, from a to c" in spec["description"]
    assert saved.rows_of(spec)[1]["job"] == "00"


def test_logs_without_dates_give_no_picture_but_the_reason():
    assert "do not say when" in spec_of(running.schedule([job("a", None, 1.0)]))["description"]


def test_the_rules_as_a_graph():
    table = [
        {"rule": rule, "jobs": jobs, "wall_s": 2.0, "cpu_s": cpu, "after": after}
        for rule, jobs, cpu, after in (
            ("score", 3, 40.0, "label train"),  # label: by way of train, too
            ("train", 1, 700.0, "label"),
            ("label", 1, 0.5, None),
            ("draw", 1, 1.0, "label"),
            ("all jobs", 6, 741.5, None),
        )
    ]
    rules, edges = running.dag_tables(table)
    assert {row["rule"]: row["layer"] for row in rules} == {
        "label": 0, "train": 1, "draw": 1, "score": 2
    }  # fmt: skip
    assert len({(row["layer"], row["height"]) for row in rules}) == len(rules)
    assert {(e["from"], e["to"]) for e in edges} == {
        ("label", "train"), ("train", "score"), ("label", "draw")
    }  # fmt: skip
    spec = spec_of(running.dag(table))
    assert "4 rules in 3 steps, from label to score; 6 jobs." in spec["description"]
    shown = {row["rule"]: row for row in saved.rows_of(spec)}
    assert (shown["score"]["after"], shown["train"]["cpu_s"]) == ("label train", "700.0")
