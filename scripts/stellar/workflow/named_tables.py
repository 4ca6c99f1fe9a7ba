"""The tables that the rule `classify` types, and the names of what it makes of them."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from pathlib import Path

from stellar.errors import UserError

_ENDINGS = (".gz", ".bz2", ".xz")  # of packed files: stars.fits.gz is called stars


def named(patterns: Sequence[str]) -> dict[str, str]:
    """Name to path of each table, in the order of names.

    Parameters
    ----------
    patterns : sequence of str
        Paths, or patterns of them: `night1.fits`, `nights/*.parquet`, `nights/**/*.fits`.

    Raises
    ------
    UserError
        None is given, one is no file, or two have one name.
    """
    if not patterns:
        raise UserError(
            "classify.tables names no table; list files or patterns, for example "
            "`tables: [night1.fits, nights/*.parquet]`"
        )
    found: dict[str, str] = {}
    for pattern in patterns:
        paths = [pattern]
        if not Path(pattern).is_file():
            paths = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 (Path takes no /data/*)
        paths = [path for path in paths if Path(path).is_file()]
        if not paths:
            raise UserError(f"classify.tables: there is no file {pattern}; correct its path")
        for path in paths:
            name = name_of(path)
            if Path(found.setdefault(name, path)) != Path(path):
                raise UserError(
                    f"classify.tables: {found[name]} and {path} would both be called {name}; "
                    "rename one"
                )
    return dict(sorted(found.items()))


def name_of(path: str) -> str:
    """A table's name: that of its file without its endings.

    Raises
    ------
    UserError
        A rule's files cannot have that name.
    """
    plain = Path(path)
    if plain.suffix.lower() in _ENDINGS:
        plain = plain.with_suffix("")
    if not re.fullmatch(r"[\w.+-]+", plain.stem):  # it becomes part of a rule's files
        raise UserError(
            f"classify.tables: {path} has a name that no rule can have; use letters, digits, "
            "and any of . _ + -"
        )
    return plain.stem
