"""A search shared by processes: Keras Tuner's chief, which gives out trials, and its workers.

The parent starts them, waits, and ends them all when the search is over or one of them fails.
Two pipes tie each child to it: the end of the child's stdin says that the parent is gone, however
it died; on stdout the child says what its user has to know. Keras Tuner's own way to end is not
relied on: a chief looks every 20 s whether it may go, a worker asks a dead chief for an hour, and
a chief waits for a dead worker for ever.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stellar.errors import UserError

Child = subprocess.Popen[bytes]
LOOPBACK = "127.0.0.1"


def run(command: Sequence[str], workers: int) -> None:
    """Run a search to its end: `command` with `--member chief`, `--member worker-1`, ….

    Parameters
    ----------
    command : sequence of str
        Runs its part of the search inside `member`.
    workers : int

    Raises
    ------
    UserError
        A process failed. The others are ended then, too.
    """
    children: dict[str, Child] = {}
    with ExitStack() as cleanup:
        port = cleanup.enter_context(_reserved_port())
        cleanup.callback(_end, children)
        for name in ["chief", *(f"worker-{number + 1}" for number in range(workers))]:
            children[name] = subprocess.Popen(
                [*command, "--member", name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={
                    **os.environ,
                    "KERASTUNER_TUNER_ID": name,
                    "KERASTUNER_ORACLE_IP": LOOPBACK,
                    "KERASTUNER_ORACLE_PORT": str(port),
                    "no_grpc_proxy": LOOPBACK,  # gRPC would ask a cluster's proxy for it
                },
            )
        while not _over(children):
            time.sleep(0.2)


@contextmanager
def _reserved_port() -> Iterator[int]:
    """A free port. gRPC shares ports, so the chief may take it while nobody else is given it."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind((LOOPBACK, 0))
        yield holder.getsockname()[1]


def _over(children: dict[str, Child]) -> bool:
    """Whether the search is over: each answer of the chief comes after what it saved."""
    # The chief last, and told first: workers fail when it does.
    codes = {name: children[name].poll() for name in reversed(children)}
    for name, child in children.items():
        if codes[name]:
            raise UserError(_failure(name, child))
    chief = codes.pop("chief")
    return chief == 0 or all(code == 0 for code in codes.values())


def _failure(name: str, child: Child) -> str:
    said = child.stdout.read().decode() if child.stdout else ""
    how = f"by signal {-child.returncode}" if child.returncode < 0 else "with an error, see above"
    return said or (
        f"the search's {name} ended {how}; run the same command again, it goes on from the "
        "finished trials"
    )


def _end(children: dict[str, Child]) -> None:
    for name in reversed(children):  # workers first: without a chief they would complain
        children[name].kill()
        children[name].communicate()


@contextmanager
def member() -> Iterator[None]:
    """A child's part: it ends with its parent, and leaves it to say what is wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends all
    threading.Thread(target=_end_with_parent, daemon=True).start()
    to_parent = os.dup(1)
    with Path(os.devnull).open("wb") as nowhere:  # Keras Tuner prints values as they come by gRPC
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    except UserError as error:
        os.write(to_parent, str(error).encode())
        raise SystemExit(1) from None


def _end_with_parent() -> None:
    os.read(0, 1)  # not sys.stdin, whose lock would trouble the interpreter's end
    os._exit(1)
