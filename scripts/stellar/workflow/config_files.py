"""Files of the configuration, looked at as they are written.

YAML reads some names as something else than text (`no`, `2024`, a date), 010 as 8 and 1:30 as 90,
and takes the last of two sections of one name without a word. What was meant shows in the file
alone.

    python -m stellar.workflow.config_files mine.yaml

looks at a file before Snakemake does, which ends in a traceback where it is no UTF-8.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from stellar.errors import UserError

_TEXT = "tag:yaml.org,2002:str"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_MERGE = "tag:yaml.org,2002:merge"
_OLD_NUMBER = re.compile(r"[-+]?0[0-9_]+|.*:.*")  # in base 8 or 60
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: str | Path) -> dict[str, Any]:
    """Keys and values of a configuration file; none if it is empty.

    Raises
    ------
    UserError
        It is not there, no UTF-8, no YAML of keys and values, or as `check` says.
    """
    try:
        text = _text(Path(path))
        check(path, text)
        found = yaml.load(text, Loader=_LOADER)  # noqa: S506  a safe one
    except FileNotFoundError:
        raise UserError(f"there is no file {path}; correct its path") from None
    except IsADirectoryError:
        raise UserError(f"{path} is a folder; give a file of the configuration") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        if mark and _is_indented_by_tab("".join(text.split("\n")[mark.line : mark.line + 1])):
            what = "begins with a tab; write blanks"
            raise UserError(f"{path}, line {mark.line + 1}: {what}") from None
        said = " ".join(str(error).split())
        raise UserError(f"{path} is no YAML of keys and values ({said}); correct it") from None
    if not isinstance(found, dict | None):
        raise UserError(f"{path} is no YAML of keys and values; correct it")
    return found or {}


def _is_indented_by_tab(line: str) -> bool:
    return line.lstrip(" ").startswith("\t")


def _text(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UserError(f"{path}, line {line}: no UTF-8 text; save the file as UTF-8") from None


def check(path: str | Path, text: str) -> None:
    """Raise UserError if a name in a file's text is no text to YAML, or stands twice in a section.

    Neither may a number be in base 8 or 60.

    Raises
    ------
    UserError
        As said, with the line.
    yaml.YAMLError
        It is no YAML.
    """
    root = yaml.compose(text, Loader=_LOADER)
    open_ends = [("", root)] if root else []
    seen = set()  # an anchor leads to one node from several places, itself included
    while open_ends:
        place, node = open_ends.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            _check_number(path, node)
        elif isinstance(node, yaml.SequenceNode):
            open_ends += [(f"{place}.{n}", item) for n, item in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            _check_names(path, place, node)
            open_ends += [(_join(place, key), value) for key, value in node.value]


def _check_number(path: str | Path, node: yaml.ScalarNode) -> None:
    if node.tag in _NUMBERS and _OLD_NUMBER.fullmatch(node.value):
        read_as = yaml.load(node.value, Loader=_LOADER)  # noqa: S506  a safe one
        raise UserError(
            f"{path}, line {node.start_mark.line + 1}: YAML reads {node.value} as {read_as}; write "
            f"that number without a 0 before it and without a colon, or, as text, '{node.value}'"
        )


def _check_names(path: str | Path, place: str, node: yaml.MappingNode) -> None:
    lines: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if key.tag == _MERGE:
            continue
        if not isinstance(key, yaml.ScalarNode):
            raise UserError(f"{path}, line {line}: a name must be text, no list or section")
        name = _join(place, key)
        if key.tag != _TEXT:
            raise UserError(
                f"{path}, line {line}: YAML does not read the name {name} as text; quote it: "
                f'"{key.value}"'
            )
        if key.value in lines:
            raise UserError(
                f"{path} has {name} twice, in lines {lines[key.value]} and {line}; "
                "make one of the two"
            )
        lines[key.value] = line


def _join(place: str, key: yaml.Node) -> str:
    return f"{place}.{key.value}" if place else str(key.value)


def main(paths: Sequence[str]) -> None:
    """Read files; one sentence and status 1 if one is no configuration."""
    try:
        for path in paths:
            read(path)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main(sys.argv[1:])
