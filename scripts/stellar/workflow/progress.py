"""How far a run is and how long it will take yet: `python -m stellar.workflow.progress`.

`make progress` calls this while a study runs in another terminal. All it reads is Snakemake's own
log.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from stellar.command import speak_utf8
from stellar.errors import UserError
from stellar.workflow.resume import is_dead, last_run

# CPU seconds of a job of each rule in `make study` (results/summary/cost.csv); one that is not here
# takes about one. What counts is how they compare: a run tells how fast it is itself.
SECONDS = {
    "ablation": 10,
    "absolute_magnitude": 18,
    "audit": 4,
    "audit_without_networks": 23,
    "baseline": 16,
    "calibrate": 11,
    "choose": 16,
    "collect": 9,
    "compare": 8,
    "cv_fold": 2,
    "draw_answer": 3,
    "draw_kiel": 2,
    "draw_study": 2,
    "draw_survey": 4,
    "final_model": 3,
    "first_network": 3,
    "importance": 6,
    "ingredients": 20,
    "input_errors": 20,
    "learning_curve": 14,
    "memorise": 40,
    "rival": 15,
    "tier": 15,
    "tune": 60,
}
START = 1  # of these, what a job of a network takes with next to no stars, forked
STARTS = {"audit_without_networks": 3, "calibrate": 2, "compare": 2}
BEFORE = 13  # a run counts this part of its seconds as done at that pace before its first job
IDLE = 1.1  # of the time that busy cores would take: some wait for others at times
_JOBS = re.compile(r"^job +count\n[- ]+\n(.*?)^total +\d+", re.M | re.S)
# Logs of failed jobs, as Snakemake shows them; on SLURM another Snakemake's, with other numbers.
_SHOWN = re.compile(r"^={80}\n.*?^={80}\n", re.M | re.S)
_EVENT = re.compile(
    r"^Job (?P<begun>\d+): (?P<what>.*)$"
    r"|^Finished jobid: (?P<ended>\d+) \(Rule: (?P<rule>\w+)\)$"
    r"|^Error in rule \w+:\n(?:    .*\n)*?    jobid: (?P<failed>\d+)\n(?P<about>(?:    .*\n)*)"
    r"|^Job (?P<lacking>\d+) +completed successfully, but some output files are missing",
    re.M,
)
_LOG = re.compile(r"^    log: ([^ ,]+)", re.M)


@dataclass(frozen=True)
class Failed:
    """A job that failed: its message, and its log if it has one."""

    what: str
    log: str | None

    def __str__(self) -> str:
        return self.what + (f"; see {self.log}" if self.log else "")


@dataclass(frozen=True)
class Progress:
    """A run by its log: jobs done and in all, those that run, failed and finished, seconds."""

    done: int
    jobs: int
    running: list[str]
    failed: list[Failed]
    over: bool
    elapsed: float
    left: float
    part: float
    finished: list[str] = field(default_factory=list)


def weight(rule: str, config: Mapping[str, Any] | None = None) -> float:
    """CPU seconds that a job of a rule is thought to take under a configuration.

    A start, and a part that grows with the stars, and with folds, trials and epochs where the rule
    goes through them. Without a configuration, those of `make study`.
    """
    rule = re.sub(r"_\d\d$", "", rule)  # a pack of folds is a rule of its own: cv_fold_00
    seconds = SECONDS.get(rule, 1)
    start = min(seconds, STARTS.get(rule, START))
    return start + (seconds - start) * (_growth(rule, config) if config else 1)


def _growth(rule: str, config: Mapping[str, Any]) -> float:
    """How much there is to do for a rule, against the default study."""
    stars = config["survey"]["n_stars"]
    size = stars / 100_000 if isinstance(stars, int) else 1
    folds = config["cv"]["folds"] / 20
    tuning, learner = config["tuning"], config["learners"]["network"]
    memory = config["experiments"]["memorise"]
    networks = learner["fixed"]["epochs"] * learner["fixed"]["members"] / 16
    epochs = config["network"]["epochs"] / 10
    growths = {
        "ablation": size * folds * epochs,
        "baseline": size * folds,
        "choose": size * folds * networks * learner["trials"] / 8,
        "cv_fold": size * epochs,
        "memorise": memory["stars"] * memory["epochs"] * len(memory["widths"]) / 6_000_000,
        "rival": size * folds,
        "tier": size * folds * networks,
        "tune": size * epochs * tuning["trials"] * tuning["executions"] / 48,
    }
    return growths.get(rule, size)


def estimate(jobs: Mapping[str, int], cores: int, config: Mapping[str, Any]) -> float:
    """Seconds that a run is thought to take: all of its jobs, or at least its longest."""
    weights = {rule: weight(rule, config) for rule in jobs}
    work = sum(n * weights[rule] for rule, n in jobs.items())
    return max(IDLE * work / cores, *weights.values(), 1)


def jobs_of(log: str) -> dict[str, int]:
    """Jobs of a run by rule, from its log; none before they are known."""
    listed = _JOBS.search(log)
    lines = listed.group(1).splitlines() if listed else []
    return {rule: int(n) for rule, n in map(str.split, lines)}


def progress(log: str, now: datetime, config: Mapping[str, Any] | None = None) -> Progress | None:
    """A run's progress at a time, from its log and configuration; None before jobs are known."""
    work = jobs_of(log)
    date = re.search(r"^  Date: (.*)$", log, re.M)
    if not work or not date:
        return None
    running: dict[str, str] = {}
    failed: dict[str, Failed] = {}
    ended, finished = [], []
    for event in _EVENT.finditer(_SHOWN.sub("", log)):
        if job := event["begun"]:
            failed.pop(job, None)
            running[job] = event["what"]
        elif job := event["ended"]:
            finished.append(running.pop(job, ""))
            ended.append(event["rule"])
        elif (job := event["failed"] or event["lacking"]) in running:
            place = _LOG.search(event["about"] or "")
            failed[job] = Failed(running.pop(job), place[1] if place else None)
    over = "\nComplete log(s)" in log
    elapsed = (now - datetime.fromisoformat(date.group(1))).total_seconds()
    cores = re.search(r"^Provided cores: (\d+)", log, re.M)
    total = sum(n * weight(rule, config) for rule, n in work.items())
    done = sum(weight(rule, config) for rule in ended)
    before = total / BEFORE
    speed = (done + before) / (elapsed + before / int(cores.group(1) if cores else 1))
    return Progress(
        done=len(ended),
        jobs=sum(work.values()),
        running=[] if over else list(running.values()),
        failed=list(failed.values()),
        over=over,
        elapsed=elapsed,
        left=(total - done) / speed,
        part=done / total,
        finished=finished,
    )


def duration(seconds: float) -> str:
    """A time in the words of people."""
    if seconds < 95:
        return f"{max(round(seconds / 10), 1) * 10} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def text(found: Progress, killed: bool = False) -> str:
    """A run's progress in a few lines."""
    lines = [f"{found.done} of {found.jobs} jobs done"]
    if found.over:
        lines[0] += "; the run is over"
    elif killed:
        return f"{lines[0]}; the run was killed: give its command again"
    else:
        lines[0] += f" in {duration(found.elapsed)}; about {duration(found.left)} left"
    lines += [f"  running: {what}" for what in found.running]
    lines += [f"  failed: {failed}" for failed in found.failed]
    return "\n".join(lines)


def main() -> None:
    """Print the progress of the latest run in the current folder."""
    speak_utf8()
    logs = sorted(Path(".snakemake/log").glob("*.snakemake.log"))
    last = last_run(Path.cwd())
    config = last.get("config") if last else None
    texts = (path.read_text(encoding="utf-8") for path in reversed(logs))
    runs = (progress(text, datetime.now(), config) for text in texts)
    try:
        found = next((run for run in runs if run is not None), None)
        if found is None:
            raise UserError("no run is known in this folder; start one with make study")
        print(text(found, killed=last is not None and is_dead(last)))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
