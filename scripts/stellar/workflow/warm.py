"""A `python` that has already imported what jobs import, for the many short jobs of one machine.

Half of what a small job costs is to import TensorFlow, scikit-learn and their like. Here one
process imports them, and forks for each script that is asked for. The script is the one on disk,
with its own folder, arguments, environment and files; nothing of the project is imported
beforehand. Results are the same bytes as an ordinary interpreter's, to which all falls back where
this one is not.

`python -m stellar.workflow.warm SOCKET` serves until its standard input ends.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import runpy
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from stellar import user_settings
from stellar.command import speak_utf8
from stellar.learning.tensorflow_setup import XLA_CACHE, prepare_tensorflow

IMPORTED = (
    "altair",
    "lightgbm",
    "pandas",
    "pyarrow.compute",
    "pyarrow.csv",
    "pyarrow.parquet",
    "scipy.stats",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
)
# As Snakemake tells a job of one thread. Libraries ask once, when they are loaded.
THREADS = {f"{kind}_NUM_THREADS": "1" for kind in ("OMP", "GOTO", "OPENBLAS", "MKL", "NUMEXPR")}
# A `python` that starts in 20 ms, since it looks for no packages. Killed, it takes its job along.
CLIENT = """#!{python} -IS
import json, os, signal, socket, sys
words = sys.argv[1:]
server = socket.socket(socket.AF_UNIX)
try:
    if not words[:1] or not words[0].startswith("scripts/"):
        raise OSError("no job")
    if os.environ.get("OMP_NUM_THREADS") != "1":
        raise OSError("not of one thread")
    server.connect({address!r})
except OSError:
    os.execv({python!r}, [{python!r}, *words])
asked = json.dumps([words, os.getcwd(), dict(os.environ)]).encode()
socket.send_fds(server, [len(asked).to_bytes(8, "big")], [0, 1, 2])
server.sendall(asked)
said = server.recv(100)
if not said:
    sys.exit("error: the interpreter that forks jobs was killed; give the same command again")
status = int(said)
if status < 0:
    if status != -signal.SIGKILL:  # which is nobody's to handle
        signal.signal(-status, signal.SIG_DFL)
    os.kill(os.getpid(), -status)
sys.exit(status)
"""


class Warm:
    """An interpreter to fork jobs from, while this process or one that has `lifeline` lives.

    Parameters
    ----------
    bare : bool
        Whether it imports nothing beforehand: of use to those alone who try it.

    Attributes
    ----------
    bin : Path
        To be put first on PATH. Its `python` is an ordinary one before `start` and after `end`.
    lifeline : int
        A file descriptor; the interpreter ends once no process has it open any more.
    """

    def __init__(self, bare: bool = False) -> None:
        self._options = ["--bare"] if bare else []
        # The path of a socket holds 100 characters, too few for a folder of the project's.
        self.folder = Path(tempfile.mkdtemp(prefix="warm-"))
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        client = self.bin / "python"
        address = str(self.folder / "socket")
        client.write_text(CLIENT.format(python=sys.executable, address=address), encoding="utf-8")
        client.chmod(0o755)
        self._read, self.lifeline = os.pipe()
        self._server: subprocess.Popen[bytes] | None = None

    def variables(self, given: Mapping[str, str]) -> dict[str, str]:
        """Environment variables of what starts jobs, so that they come to it: `given`, and its own.

        What XLA compiles for one job serves the next that trains such a network: the same bytes.
        """
        return {
            **given,
            "PATH": f"{self.bin}:{given['PATH']}",
            XLA_CACHE: str(self.folder / "xla"),
        }

    def start(self) -> None:
        """Start to import; jobs that begin before that is done begin as ordinary processes.

        Where processes cannot be waited for by descriptor (not Linux), nothing happens: there a
        process that has loaded the system's libraries cannot be forked safely either.
        """
        if self._server or not hasattr(os, "pidfd_open"):
            return
        variables = dict(os.environ)
        user_settings.drop(variables)
        paths = [str(Path(__file__).parents[2]), *os.environ.get("PYTHONPATH", "").split(":")]
        self._server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "stellar.workflow.warm",
                str(self.folder / "socket"),
                *self._options,
            ],
            env={**variables, **THREADS, "PYTHONPATH": ":".join(filter(None, paths))},
            stdin=self._read,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for those who asked
        )

    def wait(self) -> None:
        """Wait until jobs are forked."""
        while self._server and self._server.poll() is None:
            with socket.socket(socket.AF_UNIX) as tried, contextlib.suppress(OSError):
                tried.connect(str(self.folder / "socket"))
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(0.1)

    def end(self) -> None:
        """End it, unless another process has the lifeline, and all that it forked."""
        os.close(self.lifeline)
        os.close(self._read)
        if self._server:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


def preload() -> None:
    """Import what jobs import, TensorFlow first and as they do it."""
    prepare_tensorflow()
    for name in IMPORTED:
        importlib.import_module(name)


def forget_project() -> None:
    """Nothing of the project stays imported, or is found but in a job's own folder."""
    for name in [name for name in sys.modules if name.split(".")[0] == "stellar"]:
        del sys.modules[name]
    sys.path[:] = [path for path in sys.path if not Path(path, "stellar").exists()]


def serve(address: str) -> int:
    """Fork for each script that is asked for, until standard input ends.

    Returns
    -------
    int
        Exit status: of the script, in a process that was forked; else 0.
    """
    chooser = selectors.DefaultSelector()
    clients: dict[int, socket.socket] = {}  # by the process that works for them
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    chooser.register(listener, selectors.EVENT_READ)
    chooser.register(0, selectors.EVENT_READ)
    while True:
        for key, _ in chooser.select():
            child = key.data
            if key.fileobj is listener:
                client = listener.accept()[0]
                asked, streams = _request(client)
                if not asked:
                    client.close()
                    continue
                child = os.fork()
                if not child:
                    for other in (client, *(key.fileobj for key in chooser.get_map().values())):
                        os.close(other if isinstance(other, int) else other.fileno())
                    words, folder, environment = json.loads(asked)
                    return _run(words, folder, environment, streams)
                for stream in streams:
                    os.close(stream)
                clients[child] = client
                chooser.register(os.pidfd_open(child), selectors.EVENT_READ, child)
                chooser.register(client, selectors.EVENT_READ, child)
            elif child is None:
                for child in clients:
                    os.kill(child, signal.SIGKILL)
                return 0
            elif child not in clients:
                continue  # client and job have ended together
            elif key.fileobj is clients[child]:  # the client was killed
                chooser.unregister(key.fileobj)
                os.kill(child, signal.SIGKILL)
            else:
                status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
                chooser.unregister(key.fd)
                os.close(key.fd)
                client = clients.pop(child)
                with contextlib.suppress(KeyError):
                    chooser.unregister(client)
                with contextlib.suppress(OSError):
                    client.sendall(str(status).encode())
                client.close()


def _request(client: socket.socket) -> tuple[bytes, list[int]]:
    """What a client asks for, and its standard streams; nothing if it was killed meanwhile."""
    head, streams, *_ = socket.recv_fds(client, 8, 3)
    asked = bytearray()
    while piece := client.recv(min(65536, int.from_bytes(head, "big") - len(asked))):
        asked += piece
    if len(asked) == int.from_bytes(head, "big"):
        return bytes(asked), streams
    for stream in streams:
        os.close(stream)
    return b"", []


def _run(words: list[str], folder: str, environment: dict[str, str], streams: Sequence[int]) -> int:
    """Be the interpreter of a script; its exit status."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = words
    sys.path.insert(0, str(Path(words[0]).resolve().parent))
    status = 0
    try:
        runpy.run_path(words[0], run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    return status


if __name__ == "__main__":
    speak_utf8()
    if "--bare" not in sys.argv:
        preload()
    forget_project()
    status = serve(sys.argv[1])
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # to take all that was imported apart again takes a second
