"""The interpreter that forks jobs does what an ordinary one does, and outlives nobody."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from stellar.workflow.warm import Warm

ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def warm():
    """One that has imported nothing beforehand: it starts in a moment."""
    warm = Warm(bare=True)
    warm.start()
    warm.wait()
    yield warm
    warm.end()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "scripts").mkdir()
    return tmp_path


def write(folder, code, name="scripts/job.py") -> str:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"import json, os, signal, sys, time\n{code}\n", encoding="utf-8")
    return name


def start(warm, folder, *words, python=None, **options) -> subprocess.Popen[str]:
    options = {"env": ONE_THREAD, **options}
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(
        [python or warm.bin / "python", *words], cwd=folder, encoding="utf-8", **streams, **options
    )


def finish(process, given="") -> tuple[int, str, str]:
    with process:
        out, error = process.communicate(given, timeout=30)
    return process.returncode, out, error


def is_forked(process, out: str) -> bool:
    """Whether a script that printed its process's number was not the process that was started."""
    return int(out) != process.pid


def until(holds) -> bool:
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(holds())


SAYS_ALL = """
print(json.dumps([
    sys.argv, os.getcwd(), dict(os.environ), sys.stdin.read(), sys.path[0], __name__, os.getppid(),
]))
print("to the log", file=sys.stderr)
"""


def test_a_job_gets_its_arguments_folder_environment_and_streams(warm, folder):
    script = write(folder, SAYS_ALL)
    environment = {**ONE_THREAD, "MINE": "ä b", "PATH": "/nowhere"}
    words = (script, "--config", '{"a": "b c"}', "")
    process = start(warm, folder, *words, env=environment)
    status, out, error = finish(process, "given")
    argv, place, seen, given, first, name, parent = json.loads(out)
    assert status == 0
    assert argv == [*words]
    assert place == str(folder)
    assert seen == environment  # nothing of the server's own
    assert (given, name) == ("given", "__main__")
    assert first == str(folder / "scripts")
    assert error == "to the log\n"
    assert parent == warm._server.pid


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("pass", 0),
        ("raise SystemExit", 0),
        ("raise SystemExit(7)", 7),
        ("raise SystemExit('one sentence')", 1),
        ("1 / 0", 1),
        ("raise KeyboardInterrupt", None),
        ("os._exit(3)", 3),
        ("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
    ],
)
def test_a_job_ends_as_in_an_ordinary_interpreter(warm, folder, code, status):
    script = write(folder, f"print('said', flush=True)\n{code}")
    ended, out, error = finish(start(warm, folder, script))
    ordinary = finish(start(warm, folder, script, python=sys.executable))
    assert out == ordinary[1] == "said\n"
    assert error.splitlines()[-1:] == ordinary[2].splitlines()[-1:]
    if status is None:  # a failure, if by another number
        assert ended
        assert ordinary[0]
    else:
        assert ended == ordinary[0] == status


def test_what_a_job_imports_is_that_of_its_own_folder(warm, folder):
    write(folder, "WHERE = 'here'", "scripts/stellar/__init__.py")
    code = "import stellar\nprint(stellar.WHERE, 'stellar.workflow.warm' in sys.modules)"
    assert finish(start(warm, folder, write(folder, code)))[1] == "here False\n"


def test_an_edited_script_is_the_one_that_runs(warm, folder):
    for text in ("one", "two"):
        script = write(folder, f"print('{text}')")
        assert finish(start(warm, folder, script))[1] == f"{text}\n"


def test_jobs_run_side_by_side(warm, folder):
    """Each waits for a file that the other writes."""
    code = """
mine, other = sys.argv[1:]
open(mine, "w").close()
while not os.path.exists(other):
    time.sleep(0.01)
"""
    script = write(folder, code)
    jobs = [start(warm, folder, script, *names) for names in (("a", "b"), ("b", "a"))]
    assert [finish(job)[0] for job in jobs] == [0, 0]


SLEEPS = "print(os.getpid(), flush=True)\ntime.sleep(100)"


def test_a_killed_client_takes_its_job_along(warm, folder):
    for number in (signal.SIGKILL, signal.SIGTERM):
        with start(warm, folder, write(folder, SLEEPS)) as client:
            job = int(client.stdout.readline())
            assert job != client.pid
            client.send_signal(number)
            assert client.wait(10) == -number
        assert until(lambda job=job: not psutil.pid_exists(job))
    assert finish(start(warm, folder, write(folder, "pass")))[0] == 0  # others are served yet


def test_the_end_of_the_lifeline_ends_all(folder):
    warm = Warm(bare=True)
    warm.start()
    warm.wait()
    server = warm._server.pid
    with start(warm, folder, write(folder, SLEEPS)) as client:
        job = int(client.stdout.readline())
        assert psutil.Process(job).ppid() == server
        warm.end()
        assert client.wait(10) == 1
        assert "give the same command again" in client.stderr.read()
    assert until(lambda: not psutil.pid_exists(job))
    assert not psutil.pid_exists(server)
    assert not warm.folder.exists()


SAYS_ITS_NUMBER = "print(os.getpid())"


def test_where_no_interpreter_serves_an_ordinary_one_does(folder):
    warm = Warm()  # not started
    try:
        process = start(warm, folder, write(folder, f"{SAYS_ITS_NUMBER}\nsys.exit(4)"))
        status, out, _ = finish(process)
        assert status == 4
        assert not is_forked(process, out)
    finally:
        warm.end()


@pytest.mark.parametrize("threads", ["2", None])
def test_a_job_of_several_threads_has_an_interpreter_of_its_own(warm, folder, threads):
    environment = {**ONE_THREAD, "OMP_NUM_THREADS": threads or ""}
    if threads is None:
        del environment["OMP_NUM_THREADS"]
    process = start(warm, folder, write(folder, SAYS_ITS_NUMBER), env=environment)
    assert not is_forked(process, finish(process)[1])


def test_what_is_no_script_has_an_interpreter_of_its_own(warm, folder):
    write(folder, SAYS_ITS_NUMBER, "module.py")
    write(folder, SAYS_ITS_NUMBER, "other/job.py")
    code = f"import os; {SAYS_ITS_NUMBER}"
    for words in (("-c", code), ("-m", "module"), ("other/job.py",)):
        process = start(warm, folder, *words)
        assert not is_forked(process, finish(process)[1]), words
    process = start(warm, folder)
    assert not is_forked(process, finish(process, code)[1])
    process = start(warm, folder, write(folder, SAYS_ITS_NUMBER))
    assert is_forked(process, finish(process)[1])  # the test could fail
