"""What jobs cost, added up."""

from stellar.workflow import costs

LOG = """2026-01-31 12:00:00 scripts/cv_fold.py --fold 1
2026-01-31 12:00:01 cpu import 0.250 s
2026-01-31 12:00:03 cpu import 1.500 s
W0000 a library's own words: cpu train 99 s
2026-01-31 12:00:04 cpu train 0.500 s, 1000 rows
2026-01-31 12:00:05 cpu train 0.250 s, 50 rows
2026-01-31 12:00:05 cpu evaluate 0.000 s, 7 rows
2026-01-31 12:00:05 done in 5.0 s, 3.00 s of CPU{}
"""


def test_costs_add_up_and_bear_what_was_not_seen(tmp_path):
    header = "s\th:m:s\tmax_rss\tcpu_time\n"
    found = {"a": "2.5\t0:00:02\t100.0\t2.0", "b": "0.5\t0:00:00\t-\tNA"}
    jobs = []
    for (name, row), memory in zip(found.items(), ["", ", 120 MB"], strict=True):
        (tmp_path / name).write_text(header + row + "\n", encoding="utf-8")
        (tmp_path / f"{name}.log").write_text(LOG.format(memory), encoding="utf-8")
        jobs.append(costs.Job("fold", "", tmp_path / name, tmp_path / f"{name}.log"))
    after = {"fold": ["folds"], "answer": ["fold"]}  # of `folds` no job is known
    rows = costs.cost_table(jobs, {"fold": "Cross-validate."}, after)
    seconds = {"wall": 3.0, "cpu": 6.0, "import": 3.5, "compile": 0.0, "train": 1.5}
    seconds |= {"evaluate": 0.0, "other": 1.0}
    expected = {f"{name}_s": value for name, value in seconds.items()}
    bought = {"trainings": 4, "rows_trained": 2100, "rows_predicted": 14}
    assert rows[0] == {
        **{"rule": "fold", "jobs": 2, **expected, "peak_mb": 120.0},
        **{**bought, "after": "", "purpose": "Cross-validate."},
    }
    assert rows[-1]["rule"] == "all jobs"
    assert costs.cost_table(jobs, {}, {"fold": ["fold"]})[0]["after"] == "fold"
    one, _ = costs.job_table(jobs)
    bought = {name: number / 2 for name, number in bought.items()}
    known = {"rule": "fold", "job": "", "start": "2026-01-31 12:00:00", "wall_s": 2.5}
    assert one == {**known, "cpu_s": 3.0, **bought}


def test_logs_without_dates_count_but_do_not_say_when(tmp_path):
    (tmp_path / "a").write_text("s\tmax_rss\n1.0\t-\n", encoding="utf-8")
    text = LOG.format("").replace("2026-01-31 ", "")
    (tmp_path / "a.log").write_text(text, encoding="utf-8")
    (row,) = costs.job_table([costs.Job("fold", "", tmp_path / "a", tmp_path / "a.log")])
    assert (row["start"], row["cpu_s"]) == (None, 3.0)


def test_a_job_is_named_by_its_rule_and_what_it_is_of(tmp_path):
    names = ["label_stars", "cv_fold/00", "tier/elodie-photometry"]
    benchmarks = [tmp_path / f"benchmarks/{name}.tsv" for name in names]
    logs = [tmp_path / f"logs/{name}.log" for name in names]
    jobs = costs.jobs_of(benchmarks, logs)
    assert [(job.rule, job.name) for job in jobs] == [
        ("label_stars", ""), ("cv_fold", "00"), ("tier", "elodie-photometry")
    ]  # fmt: skip
    assert [(job.benchmark, job.log) for job in jobs] == list(zip(benchmarks, logs, strict=True))


def test_a_rule_comes_after_those_that_make_what_it_reads():
    made = {"stars": "label_stars", "sample": "assign_folds", "train": "split"}
    read = {"tune": {"train", "stars.csv"}, "tier": {"sample", "stars"}, "split": set()}
    found = costs.after(made, read)
    assert found == {"tune": ["split"], "tier": ["assign_folds", "label_stars"], "split": []}
