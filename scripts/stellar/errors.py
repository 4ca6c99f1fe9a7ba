"""Errors whose text is meant for the user."""

import errno
from pathlib import Path

# What the system refuses, and what to do about it.
_REFUSALS = {
    errno.ENOSPC: "no space is left for {path}; free some",
    errno.EDQUOT: "your quota leaves no space for {path}; free some",
    errno.EROFS: "{path} lies on a read-only file system; mount it writable",
    errno.EACCES: "you have no permission for {path}; run chmod -R u+rwX on its folder",
    errno.EPERM: "you have no permission for {path}; run chmod -R u+rwX on its folder",
    errno.ENAMETOOLONG: "the name of {path} is too long; give a shorter one",
    errno.EIO: "the disk fails at {path}; check it, or copy the project to another",
}


class UserError(Exception):
    """Something a user can put right; its text is one sentence: what is wrong, what to type."""


class MissingFeatureError(UserError):
    """A feature that no star of the survey has."""


def refusal(error: OSError, path: str | Path) -> UserError | None:
    """The error for what the system refuses at `path`; None if a user cannot put it right."""
    if error.errno not in _REFUSALS:
        return None
    what = _REFUSALS[error.errno].format(path=path)
    return UserError(f"{what}, and give the same command again")
