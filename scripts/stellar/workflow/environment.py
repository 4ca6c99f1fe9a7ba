"""The environment that a run uses, and that no set-up may empty meanwhile."""

from __future__ import annotations

import fcntl
import sys
from pathlib import Path
from typing import IO

from stellar.errors import UserError

_HELD: list[IO[bytes]] = []  # open, and so locked, as long as this process lives


def use(prefix: str = sys.prefix) -> None:
    """Keep the environment as it is while this process lives (envs/environment.py).

    Raises
    ------
    UserError
        It is being set up anew, or that was cut off.
    """
    place = Path(prefix).resolve()
    try:
        file = Path(f"{place}.used").open("rb")  # noqa: SIM115
    except OSError:
        return  # made by other means: conda, a site's own
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise UserError(
            "the environment is being set up anew; give the same command again once that has ended"
        ) from None
    except OSError:
        pass  # a file system without locks
    if not (place / ".installed").exists():
        file.close()
        raise UserError("the environment is not whole; type make setup, then the same command")
    _HELD.append(file)
