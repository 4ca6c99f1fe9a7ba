"""How far a run is and how long it will take yet: `python -m stellar.progress`.

`make progress` calls this while a study runs in another terminal. All it reads is Snakemake's own
log.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stellar.errors import UserError
from stellar.resume import is_dead, last_run

# CPU seconds of a job of each rule in `make study` (results/summary/cost.csv); one that is not here
# takes about one. What counts is how they compare: a run tells how fast it is itself.
SECONDS = {
    "absolute_magnitude": 49,
    "ablation": 32,
    "audit": 44,
    "baseline": 27,
    "cautious": 37,
    "choose": 41,
    "collect": 9,
    "compare": 8,
    "cv_fold": 6,
    "evaluate_test": 3,
    "final_model": 6,
    "first_network": 6,
    "importance": 18,
    "ingredients": 31,
    "input_errors": 53,
    "learning_curve": 43,
    "memorise": 135,
    "rival": 26,
    "tier": 48,
    "tune": 202,
}
BEFORE = 200  # of these seconds, taken as done at that pace on idle cores before the first job
_TIME = "%a %b %d %H:%M:%S %Y"
_JOBS = re.compile(r"^job +count\n[- ]+\n(.*?)^total +(\d+)", re.M | re.S)
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
class Progress:
    """A run by its log: jobs done and in all, those that run and that failed, seconds."""

    done: int
    jobs: int
    running: list[str]
    failed: list[str]
    over: bool
    elapsed: float
    left: float


def _weight(rule: str) -> float:
    # A pack of folds is a rule of its own: cv_fold_00.
    return SECONDS.get(re.sub(r"_\d\d$", "", rule), 1)


def progress(log: str, now: datetime) -> Progress | None:
    """A run's progress at a time, from its log; None before its jobs are known."""
    listed = _JOBS.search(log)
    begun = re.search(r"^  Date: (.*)$", log, re.M)
    if not listed or not begun:
        return None
    work = Counter({rule: int(n) for rule, n in map(str.split, listed.group(1).splitlines())})
    running: dict[str, str] = {}
    failed: dict[str, str] = {}
    ended = []
    for event in _EVENT.finditer(_SHOWN.sub("", log)):
        if job := event["begun"]:
            failed.pop(job, None)
            running[job] = event["what"]
        elif job := event["ended"]:
            running.pop(job, None)
            ended.append(event["rule"])
        elif (job := event["failed"] or event["lacking"]) in running:
            place = _LOG.search(event["about"] or "")
            failed[job] = running.pop(job) + (f"; see {place[1]}" if place else "")
    over = "\nComplete log(s)" in log
    elapsed = (now - datetime.fromisoformat(begun.group(1))).total_seconds()
    done = sum(_weight(rule) for rule in ended)
    cores = re.search(r"^Provided cores: (\d+)", log, re.M)
    speed = (done + BEFORE) / (elapsed + BEFORE / int(cores.group(1) if cores else 1))
    return Progress(
        done=len(ended),
        jobs=int(listed.group(2)),
        running=[] if over else list(running.values()),
        failed=list(failed.values()),
        over=over,
        elapsed=elapsed,
        left=(sum(n * _weight(rule) for rule, n in work.items()) - done) / speed,
    )


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "a minute"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def text(found: Progress, killed: bool = False) -> str:
    """A run's progress in a few lines."""
    lines = [f"{found.done} of {found.jobs} jobs done"]
    if found.over:
        lines[0] += "; the run is over"
    elif killed:
        return f"{lines[0]}; the run was killed: give its command again"
    else:
        lines[0] += f" in {_duration(found.elapsed)}; about {_duration(found.left)} left"
    lines += [f"  running: {what}" for what in found.running]
    lines += [f"  failed: {what}" for what in found.failed]
    return "\n".join(lines)


def main() -> None:
    """Print the progress of the latest run in the current folder."""
    logs = sorted(Path(".snakemake/log").glob("*.snakemake.log"))
    runs = (progress(path.read_text(encoding="utf-8"), datetime.now()) for path in reversed(logs))
    try:
        found = next((run for run in runs if run is not None), None)
        if found is None:
            raise UserError("no run is known in this folder; start one with make study")
        last = last_run(Path.cwd())
        print(text(found, killed=last is not None and is_dead(last)))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
