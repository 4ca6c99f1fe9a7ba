"""Set up .venv from envs/lock.txt: `python3 envs/environment.py`; with --check, only look.

Set-ups may start in any number of terminals, and anything in them may be killed: one works at a
time, the others wait for it, and for what it left behind. The environment counts as whole by its
stamp alone, which goes before anything changes and comes back last. Needs Python, nothing else.
"""

from __future__ import annotations

import ast
import fcntl
import hashlib
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "envs" / "lock.txt"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"
# Beside the environment, not in it: locks outlive what they guard.
SETTING_UP = ROOT / ".venv.lock"  # held by a set-up and by all that it starts
IN_USE = ROOT / ".venv.used"  # held by runs, shared (scripts/stellar/workflow/environment.py)
OLDEST, NEWEST = (3, 11), (3, 13)

# What pip was told of indexes (institutes have mirrors), and what uv calls it.
SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}


class SetupError(Exception):
    """Something a user can put right; its text is one sentence."""


def wanted(version: str) -> str:
    """The stamp of a whole environment: the lock's checksum and Python's version."""
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()} python {version}\n"


def stamped() -> str | None:
    """The environment's stamp; None if it is not whole, or its Python has gone."""
    say_version = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        stamp = STAMP.read_text(encoding="utf-8")
        asked = [str(PYTHON), "-I", "-S", "-c", say_version]
        said = subprocess.run(asked, check=True, stdout=subprocess.PIPE).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        return None
    return stamp if stamp.endswith(f" python {said}") else None


def is_current() -> bool:
    """Whether the environment is whole, and of the present lock."""
    stamp = stamped()
    return stamp is not None and stamp == wanted(stamp.split()[-1])


def say(text: str) -> None:
    """Tell the user."""
    print(text, file=sys.stderr, flush=True)


def holder(file: IO[str]) -> str:
    """Who holds the lock of a set-up, in words."""
    file.seek(0)
    number = file.read().strip()
    try:
        os.kill(int(number), 0)
    except (ValueError, ProcessLookupError):
        return "what a killed set-up left at work"
    except PermissionError:
        pass  # another user's
    return f"the set-up of process {number}"


@contextmanager
def the_only_one() -> Iterator[IO[str]]:
    """Wait until no other set-up works, and be the one that does."""
    with SETTING_UP.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for {holder(file)} to end (Ctrl-C ends the waiting alone)")
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            say("this file system has no locks: do not set up in two terminals at once")
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield file


@contextmanager
def unused() -> Iterator[None]:
    """Keep runs away from the environment, if there is none now."""
    with IN_USE.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError(
                "envs/lock.txt has changed, but a run uses .venv as it is; "
                "let it end, or stop it, and give the same command again"
            ) from None
        except OSError:
            pass  # no locks here, as said already
        yield


def uv_settings(listed: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment in which uv asks the indexes that pip would.

    Parameters
    ----------
    listed : str
        What `pip config list` says; later lines overrule.
    environment : mapping
        The present environment; what it tells uv already stays.

    Returns
    -------
    dict
        The environment for uv.
    """
    found = {}
    for line in listed.splitlines():
        match = re.fullmatch(r"(?:global|install|:env:)\.([\w-]+)=(['\"].*)", line)
        if match and match.group(1) in SETTINGS:
            values = ast.literal_eval(match.group(2)).split()
            found[SETTINGS[match.group(1)]] = (
                ",".join(values) if match.group(1) == "find-links" else " ".join(values)
            )
    # As pip does; hashes say which file is right.
    found["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return {**found, **environment}


def install(lock: IO[str]) -> None:
    """Make the environment anew. Its children get the set-up's lock as their standard input.

    So a child that outlives a killed set-up, and each child of its own, holds the lock yet.
    """

    def run(what: str, *command: str | Path, env: Mapping[str, str] | None = None) -> None:
        code = subprocess.run(command, check=False, stdin=lock, env=env).returncode
        if code:
            raise SetupError(
                f"{what} failed with status {code}; see above, and give the same command again"
            )

    # Within .venv itself its own Python goes away in a moment.
    python = sys.executable if sys.prefix == sys.base_prefix else os.path.realpath(sys.executable)
    STAMP.unlink(missing_ok=True)
    say(f"setting up .venv with Python {platform.python_version()}, once")
    run("making .venv", python, "-m", "venv", "--clear", VENV)
    text = LOCK.read_text(encoding="utf-8")
    uv = re.search(r"^uv==(?:.*\\\n)*.*\n", text, re.MULTILINE)
    if uv is None:
        raise SetupError("envs/lock.txt lacks uv; add it to envs/requirements.in, then: make lock")
    of_uv = VENV / "uv.txt"
    of_uv.write_text(uv.group(), encoding="utf-8")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    quick = ["--quiet", "--no-input", "--require-hashes"]
    say("installing uv, which installs the rest faster")
    run("installing uv", *pip, "install", *quick, "-r", of_uv)
    count = len(re.findall(r"^[a-z].*==", text, re.MULTILINE))
    say(f"installing the {count} packages of envs/lock.txt")
    listed = subprocess.run(
        [*pip, "config", "list"], check=False, stdin=lock, stdout=subprocess.PIPE
    ).stdout.decode("utf-8", "surrogateescape")
    run(
        "installing the packages",
        *(VENV / "bin" / "uv", "pip", "install", "--python", PYTHON),
        *("--require-hashes", "--compile-bytecode", "-r", LOCK),
        env=uv_settings(listed, os.environ),
    )


def install_command() -> None:
    """Put the command `stellar-types` beside Python: this checkout's own code, nothing copied."""
    command = VENV / "bin" / "stellar-types"
    command.write_text(
        f"#!{PYTHON}\nimport sys\n\nsys.path.insert(0, {str(ROOT / 'scripts')!r})\n"
        "from stellar.classify.program import command\n\ncommand()\n",
        encoding="utf-8",
    )
    command.chmod(0o755)


def write_stamp(text: str) -> None:
    """Say that the environment is whole, once all of it is on disk."""
    os.sync()
    temporary = STAMP.with_suffix(".part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(STAMP)


def set_up() -> None:
    """Make the environment what envs/lock.txt says, unless it is.

    Raises
    ------
    SetupError
        It cannot be made here, or a run uses the one that is to go.
    """
    if is_current():
        return
    if VENV.is_symlink():
        raise SetupError(".venv is a link; remove it, or what it points to would be emptied")
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise SetupError(
            f"{sys.executable} is Python {platform.python_version()}, not 3.11 to 3.13; "
            "try: make setup PYTHON=python3.12"
        )
    with the_only_one() as lock:
        if is_current():  # by the one that was waited for
            return
        with unused():
            start = time.monotonic()
            stamp = wanted(".".join(platform.python_version_tuple()[:2]))
            install(lock)
            install_command()
            write_stamp(stamp)
            say(f".venv is set up, in {time.monotonic() - start:.0f} s")


def check() -> None:
    """Raise SetupError if there is no whole environment; install nothing."""
    if stamped() is not None:
        return
    if SETTING_UP.exists():
        with SETTING_UP.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SetupError(
                    f".venv is not ready yet; wait for {holder(file)} to end, "
                    "then give the same command again"
                ) from None
            except OSError:
                pass
    raise SetupError("there is no whole environment here; type make setup first")


def main() -> None:
    """Set up, or with --check look; one sentence and status 1 where that cannot be."""
    try:
        check() if sys.argv[1:] == ["--check"] else set_up()
    except SetupError as error:
        say(f"error: {error}")
        raise SystemExit(1) from None
    except OSError as error:
        say(f"error: {error.filename or VENV}: {error.strerror}; put that right, and try again")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        say("set-up was stopped; the same command starts it again")
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
