"""What a run depends on counts by content, whatever its time says.

Snakemake compares the checksum of an input only where it is newer than what was made of it. A file
that a user puts in another's place may be older: `mv`, `cp -p` and archives keep its time.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from stellar import files

CACHE = Path(".snakemake/digests.json")  # of large files, by size and times
LARGE = 2**20  # bytes from which it pays to remember
SETTLED = 2 * 10**9  # nanoseconds after which another change gives a file another time


def digest(paths: Sequence[str | Path], cache: Path = CACHE) -> str:
    """SHA-256 of files, one after another; large ones are read once for each size and time.

    Raises
    ------
    UserError
        A file may not be read.
    """
    of_all = hashlib.sha256()
    for path in paths:
        of_all.update(bytes.fromhex(_of_file(Path(path).absolute(), cache)))
    return of_all.hexdigest()


@functools.cache
def _of_file(path: Path, cache: Path) -> str:
    with files.allowed(path):
        found = path.stat()
    if found.st_size < LARGE:
        return _read(path)
    # The time of the last change to the file's entry is nobody's to set.
    state = [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
    known = _known(cache)
    if known.get(str(path), [])[:-1] == state:
        return str(known[str(path)][-1])
    made = _read(path)
    if time.time_ns() - max(found.st_mtime_ns, found.st_ctime_ns) > SETTLED:
        files.write_json(cache, {**known, str(path): [*state, made]})
    return made


def _read(path: Path) -> str:
    with files.allowed(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _known(cache: Path) -> dict[str, list[int | str]]:
    try:
        found = json.loads(cache.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def renew_replaced(made: Iterable[str], noted: Callable[[str], float | None]) -> list[str]:
    """Give results that are not those that jobs left the present time, so that they are compared.

    Parameters
    ----------
    made : iterable of str
        Files that jobs write.
    noted : callable
        Time of last modification that Snakemake noted of a file when its job ended; None: none.

    Returns
    -------
    list of str
        Files with a time of their own, older than some other result.

    Raises
    ------
    UserError
        A time may not be set.
    """
    times = {path: os.lstat(path).st_mtime for path in made if os.path.lexists(path)}
    newest = max(times.values(), default=0.0)
    found = [
        path
        for path, changed in times.items()
        if changed < newest and noted(path) not in (None, changed)
    ]
    now = time.time_ns()  # one for all, or the first would be older than the last
    for path in found:
        with files.allowed(path):
            os.utime(path, ns=(now, now), follow_symlinks=False)
    return found
