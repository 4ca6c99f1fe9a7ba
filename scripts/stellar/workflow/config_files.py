"""Files of the configuration, looked at as they are written.

YAML reads some names as something else than text (`no`, `2024`, a date), and takes the last of two
sections of one name without a word. What was meant shows in the file alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from stellar.errors import UserError

_TEXT = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(path: str | Path) -> dict[str, Any]:
    """Keys and values of a configuration file; none if it is empty.

    Raises
    ------
    UserError
        It is not there, no YAML of keys and values, or as `check` says.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        check(path, text)
        found = yaml.load(text, Loader=_LOADER)  # noqa: S506  a safe one
    except FileNotFoundError:
        raise UserError(f"there is no file {path}; correct its path") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise UserError(f"{path} is no YAML of keys and values ({said}); correct it") from None
    if not isinstance(found, dict | None):
        raise UserError(f"{path} is no YAML of keys and values; correct it")
    return found or {}


def check(path: str | Path, text: str) -> None:
    """Raise UserError if a name in a file's text is no text to YAML, or stands twice in a section.

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
        if isinstance(node, yaml.SequenceNode):
            open_ends += [(f"{place}.{n}", item) for n, item in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            _check_names(path, place, node)
            open_ends += [(_join(place, key), value) for key, value in node.value]


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
