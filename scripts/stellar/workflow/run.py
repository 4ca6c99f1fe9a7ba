"""Run the study, its audit or the rule `classify`, and say how it goes.

`make study`, `make audit` and `make classify` are this. Snakemake works as a child, with what it
says in a file; here stand what will happen, the time left, a sentence for each job that fails, and
what was found.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from stellar import user_settings
from stellar.command import speak_utf8
from stellar.errors import UserError
from stellar.workflow import config_files, configuration, environment, named_tables, outcome, resume
from stellar.workflow.findings import findings, verdicts
from stellar.workflow.outcome import failure
from stellar.workflow.progress import Failed, Progress, duration, estimate, jobs_of, progress
from stellar.workflow.warm import Warm

TICK = 0.5  # seconds between two looks at Snakemake's log
SILENCE = 30  # seconds after which a line comes where the output is no terminal
FEW = 8  # jobs for which it does not pay to import beforehand what they import
GRACE = 10  # seconds that jobs have to end once Snakemake has
LONG = 200  # characters of a line that are shown when a run is explained
STAMP = re.compile(r"\[.*\]\n")  # the date and time of a job that would run
SAID = Path(".snakemake/said.txt")  # all that Snakemake prints
LOGS = Path(".snakemake/log")
# What can be run, and Snakemake's words for it.
TARGETS: dict[str, list[str]] = {"study": [], "audit": ["audit_alone"], "classify": ["classify"]}


# What will happen ----------------------------------------------------------------------


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration laid over another, as Snakemake does it."""
    return {
        **below,
        **{
            key: merged(below[key], value)
            if isinstance(value, Mapping) and isinstance(below.get(key), Mapping)
            else value
            for key, value in above.items()
        },
    }


def read_configuration(configfile: str | None) -> dict[str, Any]:
    """The configuration of a run, checked.

    Raises
    ------
    UserError
        The file is not there, no YAML, or has a mistake.
    """
    config: dict[str, Any] = {}
    for path in ("config/config.yaml", *([configfile] if configfile else [])):
        config = merged(config, config_files.read(path))
    pathvars = config.pop("pathvars", {})
    configuration.check(config, config_files.read("config/schema.yaml"))
    return {**config, "pathvars": pathvars}


def results_of(config: Mapping[str, Any]) -> Path:
    """The folder of a run's results."""
    return Path(config["pathvars"].get("results", "results"))


def product(config: Mapping[str, Any], target: str) -> Path:
    """What a run ends with: a page, or a folder of tables."""
    names = {"audit": "audit_alone/audit.html", "classify": "classified"}
    return results_of(config) / names.get(target, "report/report.html")


def introduction(config: Mapping[str, Any], target: str = "study") -> str:
    """What a run is about, before its jobs are known.

    Raises
    ------
    UserError
        There is no table to classify.
    """
    return (
        f"{_subject(config, target)} will be {product(config, target)}.\n"
        "Ctrl-C stops it; the same command goes on where it was. Working out what is to do ..."
    )


def _subject(config: Mapping[str, Any], target: str) -> str:
    if target == "classify":
        tables = named_tables.named(config["classify"]["tables"])
        return f"Types for {_count(len(tables), 'table')}; their folder"
    survey = config["survey"]
    stars = survey["n_stars"]
    kind = {
        "simulated": f"{stars:,} simulated stars" if isinstance(stars, int) else "simulated stars",
        "table": f"the stars of {survey['table']['path']}",
        "sdss": f"{stars:,} stars of SDSS" if isinstance(stars, int) else "all stars of SDSS",
    }.get(survey["source"], f"stars of {survey['source']}")
    if target == "audit":
        return f"An audit of {kind}, no network is trained; its page"
    return f"Hack or hammer? A study of {kind}; its report"


def plan(jobs: Mapping[str, int], cores: int, config: Mapping[str, Any]) -> str:
    """How many jobs there are, and how long they take."""
    count = sum(jobs.values())
    took = duration(estimate(jobs, cores, config))
    text = f"{_count(count, 'job')} on {_count(cores, 'core')}, roughly {took}"
    return f"{text}. What an earlier run finished is left alone."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


# What has happened -----------------------------------------------------------------------


def complaint(said: str, width: int) -> str:
    """Why Snakemake did no job, from what it printed: its last sentence, no list of files."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith('  File "')]
    starts = [n for n, line in enumerate(lines) if "Error" in line or "Exception" in line]
    kept = lines[starts[-1] :] if starts else lines[-3:]
    if len(kept) > 1 and kept[0].startswith("WorkflowError"):  # names our own file, no mistake's
        kept = kept[1:]
    return "\n".join(shorter(line, width) for line in kept[:8])


def shorter(text: str, length: int) -> str:
    """A text, or its beginning where it is too long."""
    return text if len(text) <= length else f"{text[:length]} ..."


def line(found: Progress) -> str:
    """A run's progress in a line."""
    return (
        f"{found.part:4.0%}  {found.done} of {found.jobs} jobs, {duration(found.elapsed)} gone, "
        f"about {duration(found.left)} left"
    )


# While it happens ------------------------------------------------------------------------


class View:
    """What a run shows: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, console: Console):
        self.console = console
        self.live = Live(console=console, transient=True, auto_refresh=False)
        self.failed: list[Failed] = []
        self.tenth = 0
        self.last = time.monotonic()

    def __enter__(self) -> View:
        if self.console.is_terminal:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.console.is_terminal:
            self.live.stop()

    def say(self, text: str, style: str = "") -> None:
        """Print lines that stay."""
        self.console.print(Text(text, style), soft_wrap=not self.console.is_terminal)

    def show(self, found: Progress) -> None:
        """Show how far a run is, and jobs that have failed since the last look."""
        for job in found.failed:
            if job not in self.failed:
                self.say(failure(job), "red")
        self.failed = found.failed
        if self.console.is_terminal:
            self.live.update(_bar(found), refresh=True)
            return
        tenth = int(10 * found.part)
        if tenth > self.tenth or time.monotonic() - self.last > SILENCE:
            self.say(line(found))
            self.tenth, self.last = tenth, time.monotonic()


def _bar(found: Progress) -> Group:
    head = Table.grid(padding=(0, 1))
    head.add_row(
        ProgressBar(completed=found.part, total=1, width=24), Text(line(found), no_wrap=True)
    )
    running = (Text(f"  {what}", style="dim", no_wrap=True) for what in found.running)
    return Group(head, *running)


class Snakemake:
    """Snakemake at work, with all that it starts in a group of processes of its own.

    Ctrl-C in a terminal so reaches us alone. A first one (or SIGTERM, or the terminal's end) gives
    up the jobs at work in order, a second one at once.
    """

    def __init__(self, arguments: Sequence[str], warm: Warm):
        self.stops: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        self.known = set(LOGS.glob("*.snakemake.log"))
        SAID.parent.mkdir(exist_ok=True)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        with SAID.open("wb") as said:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "snakemake", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=warm.variables({**os.environ, "PATH": path}),
                start_new_session=True,
                pass_fds=[warm.lifeline],  # if we are killed, it goes on
            )
        if self.stops:  # meanwhile
            self._send(signal.SIGINT)

    def _stop(self, number: int, _: FrameType | None) -> None:
        self.stops.append(number)
        self._send(signal.SIGINT if len(self.stops) == 1 else signal.SIGKILL)

    def _send(self, number: int) -> None:
        with suppress(ProcessLookupError, AttributeError):  # over, or not begun
            os.killpg(self.child.pid, number)

    def log(self) -> Path | None:
        """Its own log, once there is one."""
        return max(set(LOGS.glob("*.snakemake.log")) - self.known, default=None)

    def read(self) -> str:
        """What its own log says by now."""
        path = self.log()
        return path.read_text(encoding="utf-8", errors="replace") if path else ""

    def at_work(self) -> bool:
        """Whether it is not over, after the time of a tick at most."""
        try:
            self.child.wait(TICK)
        except subprocess.TimeoutExpired:
            return True
        return False

    def end(self) -> int:
        """Leave no process behind; its exit status."""
        if self.child.poll() is None:
            self._send(signal.SIGINT)
        try:
            self.child.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._send(signal.SIGKILL)
            self.child.wait()
        deadline = time.monotonic() + GRACE
        while self._members() and time.monotonic() < deadline:
            time.sleep(0.1)
        if self._members():
            self._send(signal.SIGKILL)
        return self.child.returncode

    def _members(self) -> list[int]:
        found = []
        for number in psutil.pids():
            try:
                if os.getpgid(number) == self.child.pid:
                    found.append(number)
            except (ProcessLookupError, PermissionError):
                continue
        return found


def follow(
    snakemake: Snakemake, warm: Warm, view: View, config: Mapping[str, Any], cores: int
) -> None:
    """Show a run until it is over, or stopped; of many jobs, warm an interpreter for them."""
    planned = False
    while snakemake.at_work():
        if snakemake.stops:
            view.say("stopping: jobs at work are given up (Ctrl-C again: at once)")
            break
        log = snakemake.read()
        found = progress(log, datetime.now(), config)
        if found is None:
            continue
        if not planned:
            jobs = jobs_of(log)
            view.say(plan(jobs, cores, config))
            if sum(jobs.values()) > FEW:
                warm.start()
            planned = True
        view.show(found)
    while snakemake.at_work():
        pass


def ending(
    snakemake: Snakemake, status: int, config: Mapping[str, Any], width: int, target: str
) -> str:
    """What is said when a run is over."""
    log = snakemake.read()
    found = progress(log, datetime.now(), config)
    if snakemake.stops or status < 0:
        what = "stopped" if snakemake.stops else "Snakemake was killed"
        done = f" after {found.done} of {found.jobs} jobs" if found else ""
        return f"{what}{done}; the same command goes on from there"
    if status and found is None:
        return complaint(SAID.read_text(encoding="utf-8", errors="replace"), width)
    if status and found is not None:
        typed = outcome.typed(found, results_of(config) / "logs")
        counts = f"{found.done} of {found.jobs} jobs done, {len(found.failed)} failed"
        told = f"{counts}; {outcome.AGAIN}"
        return "\n".join([*typed, told, f"Snakemake's log: {snakemake.log()}"])
    took = f"done, in {duration(found.elapsed)}" if found else "nothing to do: all was there"
    return "\n".join([f"{took}.", *_found_out(found, config, target)])


def _found_out(found: Progress | None, config: Mapping[str, Any], target: str) -> list[str]:
    results = results_of(config)
    if target == "classify":
        typed = outcome.typed(found, results / "logs") if found else []
        return [*typed, f"Tables: {product(config, target)}"]
    said = (verdicts if target == "audit" else findings)(config, results)
    return [*said, f"Report: {product(config, target)}"]


def _words(cores: int, configfile: str | None, target: str) -> list[str]:
    """Snakemake's arguments: targets come before options."""
    words = [*TARGETS[target], "--cores", str(cores)]
    return [*words, *(["--configfile", configfile] if configfile else [])]


def explain(cores: int, configfile: str | None, target: str = "study") -> int:
    """Say what a run would do, and why, in lines that a terminal holds; Snakemake's exit status."""
    read_configuration(configfile)
    arguments = [*_words(cores, configfile, target), "--dry-run", "--quiet", "host"]
    with subprocess.Popen(
        [sys.executable, "-m", "snakemake", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as child:
        for text in child.stdout or ():
            if not STAMP.fullmatch(text):
                print(shorter(text.rstrip("\n"), LONG))
    return child.returncode


def run(cores: int, configfile: str | None, target: str = "study") -> int:
    """Run a target in the current folder; Snakemake's exit status, or a stop's."""
    environment.use()
    resume.make_ready(Path.cwd())
    config = read_configuration(configfile)
    dropped = user_settings.drop(os.environ)
    console = Console(highlight=False)
    with View(console) as view:
        view.say(introduction(config, target))
        if dropped:
            view.say(user_settings.sentence(dropped))
        warm = Warm()
        snakemake = Snakemake(_words(cores, configfile, target), warm)
        try:
            follow(snakemake, warm, view, config, cores)
        finally:
            status = snakemake.end()
            warm.end()
        if not snakemake.stops and (found := progress(snakemake.read(), datetime.now(), config)):
            view.show(found)  # failures of the last moment
    view.say(ending(snakemake, status, config, console.width, target))
    if snakemake.stops:
        return 128 + snakemake.stops[0]
    return status if status >= 0 else 128 - status


def main(argv: Sequence[str] | None = None) -> None:
    """Run the study; one sentence and status 1 if it cannot begin."""
    speak_utf8()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cores", default="2", help="cores to use (2)")
    parser.add_argument("--configfile", help="laid over config/config.yaml")
    parser.add_argument("--target", choices=TARGETS, default="study", help="what to run (study)")
    parser.add_argument("--explain", action="store_true", help="run nothing, say what would run")
    args = parser.parse_args(argv)
    try:
        if not args.cores.isdecimal() or int(args.cores) < 1:
            raise UserError(f"cores is {args.cores!r}; give a whole number from 1, as in CORES=2")
        do = explain if args.explain else run
        raise SystemExit(do(int(args.cores), args.configfile, args.target))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:  # before Snakemake began
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
