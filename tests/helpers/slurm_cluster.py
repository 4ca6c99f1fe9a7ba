"""A SLURM of two nodes on this machine, for as long as a test needs it.

Everything is in one folder of its own: configuration, key, sockets, state, logs. The daemons are
children of the tests and listen on 127.0.0.1.
"""

from __future__ import annotations

import getpass
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from project import environment

PROFILE = "profiles/slurm"
HASTY = Path(__file__).parent / "hasty_snakemake.py"
NODES = ("one", "two")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol")
# Tests are in a hurry, and this controller is not busy.
HURRY = (
    "--slurm-init-seconds-before-status-checks=1",
    "--max-status-checks-per-second=2",
    "--latency-wait=10",
)
CONFIGURATION = """
ClusterName=stars
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/socket/munge
# Bind to the address of this machine's name, which is a loopback one, not to all.
CommunicationParameters=NoAddrCache,NoInAddrAny,NoCtldInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
PlugStackConfig={folder}/plugstack.conf
# By parents (linuxproc) a process whose parent was killed first would be lost.
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/jobs.txt
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
# A job that finds both nodes busy waits for the next look at the queue, by default a minute.
SchedulerParameters=batch_sched_delay=0,sched_interval=2
SlurmdParameters=config_overrides
MpiDefault=none
MailProg=/bin/true
ReturnToService=2
KillWait=5
# How long it takes to say that the controller is away.
MessageTimeout=4
PartitionName=stars Nodes=ALL Default=YES MaxTime=240 State=UP
"""


def missing() -> str | None:
    """Why this machine can have no such cluster, in a sentence."""
    absent = [name for name in PROGRAMS if _program(name) is None]
    if absent:
        return f"SLURM is not installed ({', '.join(absent)}); .ci/run installs it on Debian."
    with suppress(OSError):
        if socket.gethostbyname(socket.gethostname()).startswith("127."):
            return None
    return "This machine's name is no loopback address, and SLURM would listen to others."


class Cluster:
    """The daemons of one cluster, and how the project's users talk to it."""

    def __init__(self, hasty: bool) -> None:
        # The path of a socket holds 100 characters, too few for pytest's own folders.
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-"))
        self.daemons: dict[str, subprocess.Popen[bytes]] = {}
        self.program = [str(HASTY)] if hasty else ["-m", "snakemake"]
        self._write()
        self.environment = {
            **environment(),
            "SLURM_CONF": str(self.folder / "slurm.conf"),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        self.environment["PATH"] = f"{self.folder}/bin:{self.environment['PATH']}"

    # The daemons ------------------------------------------------------------------------

    def start(self) -> None:
        """Start all daemons, and wait until both nodes take jobs."""
        munge = self.folder / "munge"
        self._daemon(
            "munged",
            "--foreground",
            f"--key-file={munge}/key",
            f"--socket={self.folder}/socket/munge",
            f"--seed-file={munge}/seed",
            f"--log-file={munge}/log",
            f"--pid-file={munge}/pid",
        )
        wait_until((self.folder / "socket/munge").exists)
        self._daemon("slurmctld", "-D")
        for node in NODES:
            self._daemon("slurmd", "-D", "-N", node, name=node)
        wait_until(lambda: self.ask("sinfo", "-h", "-t", "idle", "-o", "%D").strip() == "2")

    @contextmanager
    def without_controller(self) -> Iterator[None]:
        """The controller is away; when it is back, it knows what it knew before."""
        self._end("slurmctld")
        try:
            yield
        finally:
            self._daemon("slurmctld", "-D")

    def stop(self) -> None:
        """Cancel what is left, stop all daemons and remove the folder."""
        if "slurmctld" in self.daemons:
            self.cancel_all()
        for process in self.daemons.values():
            process.send_signal(signal.SIGTERM)
        for name in list(self.daemons):
            self._end(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _daemon(self, program: str, *arguments: str, name: str | None = None) -> None:
        name = name or program
        with (self.folder / f"{name}.out").open("ab") as log:
            self.daemons[name] = subprocess.Popen(
                [_program(program), *arguments],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the tests
            )

    def _end(self, name: str) -> None:
        process = self.daemons.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _write(self) -> None:
        for name in ("munge", "state", "socket", "bin"):
            (self.folder / name).mkdir()
        for name in (".", "socket"):
            (self.folder / name).chmod(0o755)  # munged insists
        (self.folder / "munge").chmod(0o700)
        key = self.folder / "munge/key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        port, *ports = _free_ports(1 + len(NODES))
        text = CONFIGURATION.format(
            folder=self.folder, host=socket.gethostname(), port=port, user=getpass.getuser()
        )
        for node, port in zip(NODES, ports, strict=True):
            text += f"NodeName={node} NodeAddr=127.0.0.1 Port={port} CPUs=1 RealMemory=16000\n"
        (self.folder / "slurm.conf").write_text(text, encoding="utf-8")
        (self.folder / "plugstack.conf").touch()
        # A job step forgets SLURM_CONF; a real cluster has its configuration in /etc.
        self._wrap("srun", f'SLURM_CONF={self.folder}/slurm.conf exec {_program("srun")} "$@"')
        # Without accounts sacct is an error; docs/slurm.md says why it had better be silent.
        # By name, the plugin asks it for jobs when the controller does not answer.
        note = f"echo >> {self.folder}/asked_in_vain"
        self._wrap("sacct", f'case "$*" in *--name*) {note};; esac')

    def _wrap(self, name: str, line: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        path.chmod(0o755)

    def asked_in_vain(self) -> int:
        """How often Snakemake has asked for its jobs while there was no controller."""
        path = self.folder / "asked_in_vain"
        return len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0

    # What is asked of it ----------------------------------------------------------------

    def ask(self, *command: str) -> str:
        """What a command of SLURM says; nothing if it fails."""
        return subprocess.run(
            command,
            env=self.environment,
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        ).stdout

    def queue(self) -> list[str]:
        """Ids of all jobs that wait or run."""
        return self.ask("squeue", "-h", "-r", "-o", "%i").split()

    def cancel_all(self) -> None:
        """Cancel all jobs from outside, as an administrator does."""
        self.ask("scancel", "--user", getpass.getuser())
        with suppress(TimeoutError):
            wait_until(lambda: not self.queue())

    def job(self, job_id: str) -> dict[str, str]:
        """What the controller knows of a job."""
        words = self.ask("scontrol", "-o", "show", "job", job_id).split()
        return dict(word.split("=", 1) for word in words if "=" in word)

    def jobs_seen(self) -> list[dict[str, str]]:
        """All jobs that ended, as the controller wrote them down."""
        path = self.folder / "jobs.txt"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [dict(word.split("=", 1) for word in line.split() if "=" in word) for line in lines]

    def processes(self) -> list[psutil.Process]:
        """Processes of this cluster but its daemons: jobs, their steps, lost children."""
        own = {process.pid for process in self.daemons.values()}
        return [
            process
            for process in psutil.process_iter()
            if process.pid not in {*own, os.getpid()} and _mentions(process, str(self.folder))
        ]

    # Snakemake on it --------------------------------------------------------------------

    def snakemake(self, folder: Path, *arguments: str) -> subprocess.Popen[str]:
        """Start Snakemake in a folder; its output goes to `snakemake.log` there."""
        command = [sys.executable, *self.program, "--workflow-profile", PROFILE]
        with (folder / "snakemake.log").open("a", encoding="utf-8") as log:
            return subprocess.Popen(
                [*command, *HURRY, *arguments],
                cwd=folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                encoding="utf-8",
                start_new_session=True,
            )


def adapt(folder: Path) -> None:
    """Adapt the profile as its readers do: this cluster's partition, and no accounts."""
    path = folder / PROFILE / "profile.yaml"
    text = path.read_text(encoding="utf-8")
    for comment, line in (
        ("# - slurm_partition=compute", "  - slurm_partition=stars"),
        ("# slurm-status-command: squeue", "slurm-status-command: squeue"),
    ):
        assert text.count(comment) == 1
        text = text.replace(comment, line)
    path.write_text(text, encoding="utf-8")


@contextmanager
def cluster(hasty: bool = True) -> Iterator[Cluster]:
    """A running cluster, which a hasty Snakemake asks each second what has ended."""
    made = Cluster(hasty)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.2)


def _program(name: str) -> str | None:
    # Daemons are no commands of ordinary users.
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")


def _free_ports(count: int) -> list[int]:
    # Below the range from which the kernel takes ports for connections.
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20000, 32000)
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            if port not in found:
                found.append(port)
    return found


def _mentions(process: psutil.Process, text: str) -> bool:
    with suppress(psutil.Error):
        return text in " ".join([*process.cmdline(), *process.environ().values()])
    return False
