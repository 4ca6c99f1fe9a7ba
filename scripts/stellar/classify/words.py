"""What the importer says of a survey's configuration, in the words of who asks it here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence

# Patterns, and what stands for them.
Words = Sequence[tuple[str, str | Callable[[re.Match[str]], str]]]


def _pairs(text: str) -> dict[str, str]:
    """Names and values of `u: my_u, ra: "RA [deg]"`, as YAML has them."""
    found = re.findall(r'(\w+): (?:"((?:[^"\\]|\\.)*)"|([^,"]+))', text)
    return {name: re.sub(r"\\(.)", r"\1", marked) or plain for name, marked, plain in found}


def _as_options(match: re.Match[str]) -> str:
    words = (f"--column {shlex.quote(f'{n}={own}')}" for n, own in _pairs(match[1]).items())
    return f" by {' '.join(words)}"


def _as_mapping(match: re.Match[str]) -> str:
    return "{" + ", ".join(f'"{n}": "{own}"' for n, own in _pairs(match[1]).items()) + "}"


OPTIONS: Words = (  # of the command
    (r"survey\.table\.columns: ", "--column: "),
    (r"survey\.table\.units: ", "--unit: "),
    (r" under survey\.table\.columns, for example `([^`]+)`", _as_options),
    (r" under survey\.table\.columns", " by --column"),
    (r"`(\w+): ([^`]+)`(?=[^;]* under survey\.table\.units)", r"`\1=\2`"),
    (r" under survey\.table\.units", " by --unit"),
    (r" under survey\.table", " by --unit"),
)
PYTHON: Words = (  # parameters of a function
    (r"survey\.table\.(columns|units): ", r"\1: "),
    (r" under survey\.table\.(columns|units)", r" by \1"),
    (r"`(\w+): null`", r'{"\1": None}'),
    (r"`(\w+: [^`]+)`", _as_mapping),
    (r"--prefix \w+", 'prefix="my_type"'),
    (r"--mix\b", "mix"),
)
QUERY: Words = (  # of the command that asks SkyServer
    (r"; (?:use fewer cuts under|check) survey\.sdss(?!\.)", "; correct or shorten the query"),
    (r"else check survey\.sdss(?!\.)", "else correct the query"),
    (r"survey\.sdss\.(url|release)", r"--\1"),
    (r"raise survey\.shards if that lasts \([^)]*\)", "ask for less at a time if that lasts"),
    *OPTIONS,
)
CONFIGURATION: Words = (  # of the rule
    (r"survey\.table\.", "classify."),
    (r"--mix\b", "classify.mix"),
)


def said(text: str, words: Words) -> str:
    """A text in these words."""
    for pattern, instead in words:
        text = re.sub(pattern, instead, text)
    return text
