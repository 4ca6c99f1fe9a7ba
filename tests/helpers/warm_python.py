"""A `python` that has already imported what jobs import: for tests, in which jobs train a moment.

Four of five seconds of a small job import TensorFlow and its like. Here one process imports them,
and forks for each script that is asked for. The script is the project's own, in its own folder,
with its own arguments, environment and files; nothing of the project is imported beforehand. That
results are the same bytes as an ordinary interpreter's is tested: test_slurm.py and
test_survival.py compare theirs with these.

The first argument is the socket. `warm(folder)` makes a folder to put first on PATH.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import threading
import traceback
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "scripts"
# Starts in 20 ms: no site-packages, no tests. What is no job is the interpreter's own business.
CLIENT = """#!{python} -IS
import json, os, signal, socket, sys
words = sys.argv[1:]
if words and words[0].startswith("scripts/"):
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.connect({address!r})
            asked = json.dumps([words, os.getcwd(), dict(os.environ)]).encode()
            socket.send_fds(server, [len(asked).to_bytes(8, "big")], [0, 1, 2])
            server.sendall(asked)
            status = int(server.recv(100))
    except (OSError, ValueError):
        sys.exit("the warm interpreter is gone")
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    sys.exit(status)
os.execv({python!r}, [{python!r}, *words])
"""


def warm(folder: Path) -> Path:
    """Start an interpreter that lives as long as this process; the folder of its `python`."""
    address = str(folder / "socket")
    client = folder / "bin/python"
    client.parent.mkdir(parents=True)
    client.write_text(CLIENT.format(python=sys.executable, address=address))
    client.chmod(0o755)
    # As Snakemake tells a job of one thread; libraries ask when they are loaded.
    kinds = ("OMP", "GOTO", "OPENBLAS", "MKL", "NUMEXPR")
    server = subprocess.Popen(
        [sys.executable, __file__, address],
        env={**os.environ, **{f"{kind}_NUM_THREADS": "1" for kind in kinds}},
        stdin=subprocess.PIPE,  # which ends with this process, and the server with it
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert server.stdin and server.stdout
    assert server.stdout.readline() == b"ready\n"
    atexit.register(_end, server)
    return client.parent


def _end(server: subprocess.Popen[bytes]) -> None:
    server.stdin.close()
    server.stdout.close()
    server.wait(10)


def modules() -> list[str]:
    """What the package imports that is not its own, and not Python's."""
    found = set()
    for path in SCRIPTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
    own = {"stellar", "snakemake", "__future__", *sys.stdlib_module_names}
    return sorted(name for name in found if name.split(".")[0] not in own)


def preload() -> None:
    """Import all that jobs import, TensorFlow first and as jobs do it; nothing of the project."""
    sys.path.insert(0, str(SCRIPTS))
    from stellar.network import prepare_tensorflow

    prepare_tensorflow()
    for name in modules():
        importlib.import_module(name)
    sys.path.remove(str(SCRIPTS))
    for name in [name for name in sys.modules if name.split(".")[0] == "stellar"]:
        del sys.modules[name]


def serve(address: str) -> None:
    """Fork for each script that is asked for, until standard input ends."""
    chooser = selectors.DefaultSelector()
    clients: dict[int, socket.socket] = {}  # by the process that works for them
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        chooser.register(listener, selectors.EVENT_READ)
        chooser.register(0, selectors.EVENT_READ)
        print("ready", flush=True)
        while True:
            for key, _ in chooser.select():
                if key.fileobj is listener:
                    client = listener.accept()[0]
                    child = _job(client)
                    clients[child] = client
                    # The end of the job, and of the client: killed, it takes its job along.
                    chooser.register(os.pidfd_open(child), selectors.EVENT_READ, child)
                    chooser.register(client, selectors.EVENT_READ, child)
                elif key.data is None:
                    for child in clients:
                        os.kill(child, signal.SIGKILL)
                    return
                elif key.data not in clients:
                    continue
                elif isinstance(key.fileobj, socket.socket):
                    chooser.unregister(key.fileobj)
                    os.kill(key.data, signal.SIGKILL)
                else:
                    status = os.waitstatus_to_exitcode(os.waitpid(key.data, 0)[1])
                    chooser.unregister(key.fd)
                    os.close(key.fd)
                    client = clients.pop(key.data)
                    if client in {known.fileobj for known in chooser.get_map().values()}:
                        chooser.unregister(client)
                    with contextlib.suppress(OSError):  # the client was killed
                        client.sendall(str(status).encode())
                    client.close()


def _job(client: socket.socket) -> int:
    head, streams, *_ = socket.recv_fds(client, 8, 3)
    asked = bytearray()
    while len(asked) < int.from_bytes(head, "big"):
        asked += client.recv(65536)
    child = os.fork()
    if child:
        for stream in streams:
            os.close(stream)
        return child
    status = 1
    try:
        status = _run(*json.loads(asked), streams)
    finally:
        os._exit(status)


def _run(words: list[str], folder: str, environment: dict[str, str], streams: list[int]) -> int:
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, max(streams) + 64)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = words
    sys.path.insert(0, str(Path(words[0]).resolve().parent))
    status = 0
    try:
        runpy.run_path(words[0], run_name="__main__")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        status = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return status


if __name__ == "__main__":
    preload()
    serve(sys.argv[1])
