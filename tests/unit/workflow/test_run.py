"""What `make study` says, before, while and after Snakemake works."""

import io

import pytest
from project import ROOT
from rich.console import Console
from stellar.errors import UserError
from stellar.workflow import run
from stellar.workflow.progress import Failed, Progress


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with the project's configuration."""
    (tmp_path / "config").symlink_to(ROOT / "config")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(part=0.5, **changes):
    return Progress(
        **{
            "done": 61,
            "jobs": 122,
            "running": ["Tier sspp, label elodie"],
            "failed": [],
            "over": False,
            "elapsed": 660.0,
            "left": 700.0,
            "part": part,
            **changes,
        }
    )


# Before -----------------------------------------------------------------------------------


def test_a_run_says_first_what_it_is_about(project):
    config = run.read_configuration(None)
    text = run.introduction(config)
    assert "A study of 100,000 simulated stars" in text
    assert "its report will be results/report/report.html" in text
    assert "the same command goes on where it was" in text
    plan = run.plan({"tier": 12, "all": 1}, 2, config)
    assert plan.startswith("13 jobs on 2 cores, roughly 2 min. What an earlier run finished is")


def test_an_audit_says_that_no_network_is_trained(project):
    text = run.introduction(run.read_configuration(None), "audit")
    assert "An audit of 100,000 simulated stars, no network is trained; its page will be" in text
    assert "results/audit_alone/audit.html" in text


def test_tables_to_classify_are_counted(project):
    config = run.read_configuration(None)
    with pytest.raises(UserError, match=r"classify\.tables names no table"):
        run.introduction(config, "classify")
    config["classify"]["tables"] = ["config/config.yaml"]
    assert "Types for 1 table; their folder will be results/classified." in run.introduction(
        config, "classify"
    )


def test_a_configuration_is_laid_over_the_default(project):
    (project / "mine.yaml").write_text(
        "pathvars: {results: there}\nsurvey: {n_stars: 3000}\n", encoding="utf-8"
    )
    config = run.read_configuration("mine.yaml")
    assert (config["survey"]["n_stars"], config["survey"]["shards"]) == (3000, 10)
    assert "3,000 simulated stars; its report will be there/report" in run.introduction(config)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (None, "there is no file mine.yaml; correct its path"),
        ("survey: [", "mine.yaml is no YAML of keys and values"),
        ("stars", "mine.yaml is no YAML of keys and values"),
        ("survye: 1", "configuration key survye is unknown; did you mean survey?"),
    ],
)
def test_a_mistake_in_the_configuration_is_one_sentence(project, text, error):
    if text is not None:
        (project / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as said:
        run.read_configuration("mine.yaml")
    assert str(said.value).startswith(error)
    assert "\n" not in str(said.value)


# While ------------------------------------------------------------------------------------


def view(**options):
    return run.View(Console(file=io.StringIO(), width=100, **options))


def test_without_a_terminal_a_line_comes_now_and_then(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(run.time, "monotonic", lambda: clock[0])
    shown = view()
    with shown:
        for part in (0.01, 0.11, 0.12, 0.13, 0.26):
            shown.show(found(part))
        clock[0] = 31
        shown.show(found(0.27))
    lines = shown.console.file.getvalue().splitlines()
    assert [line[:4] for line in lines] == [" 11%", " 26%", " 27%"]
    assert lines[0] == " 11%  61 of 122 jobs, 11 min gone, about 12 min left"


def test_on_a_terminal_there_is_a_bar_with_what_runs():
    shown = view(force_terminal=True)
    with shown:
        shown.show(found())
    text = shown.console.file.getvalue()
    assert "50%  61 of 122 jobs, 11 min gone, about 12 min left" in text
    assert "Tier sspp, label elodie" in text


def test_a_failed_job_is_said_once_with_its_own_sentence(tmp_path):
    log = tmp_path / "tune.log"
    log.write_text(
        "12:00:00 scripts/tune.py\nerror: no space is left for x; free some\n", encoding="utf-8"
    )
    shown = view()
    with shown:
        for _ in range(2):
            shown.show(found(0.05, failed=[Failed("Tune the network", str(log))]))
    said = shown.console.file.getvalue()
    assert said == (
        f"failed: Tune the network: no space is left for x; free some\n        log: {log}\n"
    )


def test_a_run_that_does_not_begin_shows_no_list_of_files():
    said = (
        "host: vm\nBuilding DAG of jobs...\nMissingInputException in rule x in file y, line 3:\n"
        f"Missing input files for rule x:\n    affected files:\n{'results/a ' * 100}\n"
    )
    text = run.complaint(said, 80)
    assert text.startswith("MissingInputException in rule x")
    assert max(map(len, text.splitlines())) <= 84
    own = 'WorkflowError in file "/x/rules/common.smk", line 25:\nresults is full; free some\n'
    own += '  File "/x/rules/common.smk", line 25, in <module>\n'
    assert run.complaint(own, 80) == "results is full; free some"


class Fake:
    """A Snakemake of no processes: what its log says at each look, and the stops that came."""

    def __init__(self, *texts, stops=()):
        self.texts, self.stops, self.looks = list(texts), list(stops), 0

    def at_work(self):
        self.looks += 1
        return self.looks <= len(self.texts)

    def read(self):
        return self.texts[min(self.looks, len(self.texts)) - 1]

    def log(self):
        return "here.log"


class Warm:
    started = 0

    def start(self):
        self.started += 1


LOG = """  Date: 2026-03-02 12:00:00
Job stats:
job      count
-----  -------
tier   {jobs}
total  {jobs}

"""


@pytest.mark.parametrize(("jobs", "warmed"), [(12, 1), (2, 0)])
def test_what_many_jobs_import_is_imported_once(project, jobs, warmed):
    shown, warm = view(), Warm()
    plan = LOG.format(jobs=jobs)
    run.follow(Fake("", plan, plan), warm, shown, run.read_configuration(None), 2)
    assert shown.console.file.getvalue().startswith(f"{jobs} jobs on 2 cores")
    assert warm.started == warmed


def test_a_stop_is_said_while_jobs_end(project):
    shown = view()
    run.follow(Fake("", stops=[2]), Warm(), shown, run.read_configuration(None), 2)
    assert "stopping: jobs at work are given up (Ctrl-C again: at once)" in (
        shown.console.file.getvalue().replace("\n", " ")
    )


def python(code, before=""):
    """A Snakemake whose process is of a Python's code, which says when it is ready."""
    snakemake = object.__new__(run.Snakemake)
    snakemake.stops = []
    words = [run.sys.executable, "-c", f"{before}\nprint(1, flush=True)\n{code}"]
    child = run.subprocess.Popen(words, stdout=run.subprocess.PIPE, start_new_session=True)
    child.stdout.readline()
    child.stdout.close()
    snakemake.child = child
    return snakemake


DEAF = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN)"


@pytest.mark.parametrize("stops", [0, 2])
def test_nothing_is_left_of_a_snakemake_that_does_not_listen(monkeypatch, stops):
    monkeypatch.setattr(run, "GRACE", 0.1)
    monkeypatch.setattr(run, "TICK", 0.01)
    snakemake = python("time.sleep(60)", DEAF)
    assert snakemake.at_work()
    for number in range(stops):
        snakemake._stop(run.signal.SIGINT, None)
        assert len(snakemake.stops) == number + 1
    assert snakemake.end() == -run.signal.SIGKILL
    assert not snakemake.at_work()
    assert snakemake._members() == []


def test_jobs_outlive_no_snakemake(monkeypatch):
    monkeypatch.setattr(run, "GRACE", 0.1)
    job = f"subprocess.Popen([sys.executable, '-c', {DEAF + '; time.sleep(60)'!r}])"
    snakemake = python("", f"import subprocess, sys; {job}")
    snakemake.child.wait()
    assert len(snakemake._members()) == 1
    assert snakemake.end() == 0
    deadline = run.time.monotonic() + 5
    while snakemake._members() and run.time.monotonic() < deadline:
        run.time.sleep(0.01)
    assert snakemake._members() == []


# After ------------------------------------------------------------------------------------


def ending(said="", status=1, target="study", stops=()):
    config = run.read_configuration(None)
    return run.ending(Fake(said, stops=stops), status, config, 80, target)


def test_a_stop_and_a_kill_say_how_to_go_on(project):
    assert ending(stops=[2]) == "stopped; the same command goes on from there"
    killed = ending(LOG.format(jobs=12), status=-9)
    assert killed.startswith("Snakemake was killed after 0 of 12 jobs; the same command goes on")


def test_a_run_that_never_began_says_why(project):
    run.SAID.parent.mkdir()
    run.SAID.write_text("WorkflowError in file x:\nno room is left; free some\n", encoding="utf-8")
    assert ending() == "no room is left; free some"


def test_failures_are_counted_and_the_log_is_named(project):
    said = (
        LOG.format(jobs=2) + "Job 1: Tune\nError in rule tier:\n    message: None\n    jobid: 1\n"
    )
    said += "    log: gone.log (check log file(s) for error details)\n    shell:\n"
    lines = ending(said).splitlines()
    assert lines[-2].startswith("0 of 2 jobs done, 1 failed; ")
    assert lines[-1] == "Snakemake's log: here.log"


def test_typed_tables_end_with_their_folder(project):
    assert ending(status=0, target="classify").splitlines() == [
        "nothing to do: all was there.",
        "Tables: results/classified",
    ]


@pytest.mark.parametrize("cores", ["0", "none", "-1", "1.5", ""])
def test_a_wrong_number_of_cores_is_said_before_anything_runs(capsys, cores):
    with pytest.raises(SystemExit) as end:
        run.main([f"--cores={cores}"])
    assert end.value.code == 1
    assert f"error: cores is {cores!r}; give a whole number from 1" in capsys.readouterr().err
