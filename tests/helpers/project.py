"""The project as its users run it: copied to a folder of its own, driven by Snakemake."""

from __future__ import annotations

import atexit
import csv
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).parents[2]
STUDIES = ROOT / ".pytest_cache/studies"
SHRUNK = "tests/config/shrunk.yaml"
# What the shrunk study's results depend on.
KEYED = ("Snakefile", "rules/", "scripts/", "config/", "profiles/default/", "envs/lock.txt")
KEYED += ("tests/config/",)
# Times, or what shows them; and the memory of a search, which a finished one needs no more.
TIMED = ("logs", "benchmarks", "summary/cost.csv", "summary/jobs.csv", "report", "tune/state")
TIMED += ("figures/dag", "figures/resources", "figures/schedule")


def files_of_project() -> list[Path]:
    """What belongs to the project: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout.splitlines()
    return [path for name in sorted(listed) if (path := ROOT / name).is_file()]


def copy_project(target: Path) -> Path:
    """Copy what belongs to the project to `target`."""
    for source in files_of_project():
        copy = target / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, copy)
    return target


def shrunk_study() -> Path:
    """The whole DAG, run to its end on the shrunk configuration; not to be changed.

    Made once for all that its results depend on, and kept between test runs.
    """
    key = hashlib.sha256(sys.version.encode())
    for path in files_of_project():
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(KEYED):
            key.update(f"{name} {path.stat().st_size}\n".encode() + path.read_bytes())
    study = STUDIES / key.hexdigest()[:16]
    STUDIES.mkdir(parents=True, exist_ok=True)
    with FileLock(STUDIES / "lock"):
        if not study.exists():
            for old in STUDIES.glob("*/"):
                shutil.rmtree(old)
            new = copy_project(STUDIES / "new")
            run = snakemake(new, timeout=1800)
            assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-4000:]
            new.rename(study)
    return study


def snakemake(
    folder: Path,
    *arguments: str,
    configfile: str | None = SHRUNK,
    timeout: float = 600,
    warm: bool = True,
    **variables: str,
) -> subprocess.CompletedProcess[str]:
    """Run snakemake in a copy of the project; jobs by a warm interpreter or by ordinary ones.

    `variables` are added to the environment.
    """
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    if configfile:
        command += ["--configfile", configfile]
    return subprocess.run(
        command,
        cwd=folder,
        env={**(warm_environment() if warm else environment()), **variables},
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
    )


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start snakemake in a copy of the project; what it says goes to `run.log` there.

    Its jobs are ordinary processes, children of its own.
    """
    command = [sys.executable, "-m", "snakemake", *arguments, "--cores", "2"]
    with (folder / "run.log").open("wb") as log:
        return subprocess.Popen(
            [*command, "--configfile", SHRUNK],
            cwd=folder,
            env=environment(),
            stdout=log,
            stderr=log,
        )


def resume(folder: Path) -> subprocess.CompletedProcess[str]:
    """What `make study` does before it calls snakemake."""
    return subprocess.run(
        [sys.executable, "-m", "stellar.workflow.resume"],
        cwd=folder,
        env={**environment(), "PYTHONPATH": "scripts"},
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


@functools.cache
def warm_environment() -> dict[str, str]:
    """The environment in which a warm interpreter does the jobs."""
    from stellar.workflow.warm import Warm  # tests/bench uses this module without the package

    warm = Warm()
    warm.start()
    warm.wait()
    atexit.register(warm.end)
    return warm.variables(environment())


@functools.cache
def scripts_of_rules() -> dict[str, str]:
    """The script of each rule; most have its name, those that train on folds share two."""
    head = re.compile(r"^ *(?:use rule (\w+) as (\w+) with|rule (\w+)|rule):\n", re.M)
    found, parents = {}, {}
    for path in (ROOT / "rules").rglob("*.smk"):
        _, *parts = head.split(path.read_text(encoding="utf-8"))
        for parent, child, own, text in zip(*(parts[n::4] for n in range(4)), strict=True):
            name = child or own or "cv_fold"
            if script := re.search(r'code\("(\w+)"\)', text):
                found[name] = script.group(1)
            elif child and "output:" in text:
                parents[name] = parent
    found |= {name: found[parent] for name, parent in parents.items()}
    return found


def environment() -> dict[str, str]:
    """The environment with this interpreter's commands first on PATH."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def planned(folder: Path, *arguments: str, configfile: str | None = SHRUNK) -> dict[str, int]:
    """Rules that a run would execute, with their numbers of jobs (`all` left out)."""
    run = snakemake(folder, *arguments, "--dry-run", "--quiet", "rules", configfile=configfile)
    assert run.returncode == 0, run.stderr + run.stdout
    table = re.search(r"^job +count\n[- ]+\n(.*?)^total", run.stdout + run.stderr, re.M | re.S)
    if table is None:
        assert "Nothing to be done" in run.stdout + run.stderr, run.stdout + run.stderr
        return {}
    jobs = dict(line.split() for line in table.group(1).splitlines())
    jobs.pop("all", None)
    return {rule: int(count) for rule, count in jobs.items()}


def differences(ours: Path, theirs: Path) -> list[str]:
    """Files of two studies' results that differ, or that one lacks; times aside."""

    def contents(root: Path) -> dict[str, bytes]:
        names = {path.relative_to(root).as_posix(): path for path in root.rglob("*")}
        return {
            name: path.read_bytes()
            for name, path in names.items()
            if path.is_file() and not name.startswith(TIMED)
        }

    one, other = contents(ours), contents(theirs)
    assert {name.rsplit("/", 1)[-1] for name in one} >= {"probabilities.parquet", "answer.md"}
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
