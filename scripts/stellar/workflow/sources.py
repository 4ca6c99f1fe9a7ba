"""What a script is made of: it reruns when one of these files is edited, and then alone."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from stellar.errors import UserError


def sources_of(script: Path) -> list[Path]:
    """A script, and then all modules of `stellar` that it imports, directly or through others.

    Parameters
    ----------
    script : Path
        It stands beside the package.

    Raises
    ------
    UserError
        There is no such script.
    """
    if not script.is_file():
        raise UserError(f'there is no {script}; write it, or correct code("{script.stem}")')
    found: list[Path] = []
    open_ends = [script]
    while open_ends:
        path = open_ends.pop()
        if path not in found:
            found.append(path)
            open_ends += _local_imports(path, script.parent)
    return [script, *sorted(found[1:])]


def texts_of_page(project: Path) -> list[Path]:
    """What the report is made of beside code: its templates, styles and scripts, and captions."""
    places = ("scripts/stellar/reporting/page", "rules/captions")
    found = [path for place in places for path in sorted((project / place).glob("*.*"))]
    return [path for path in found if path.suffix != ".py"]


@functools.cache
def _local_imports(path: Path, folder: Path) -> list[Path]:
    nodes = _run(ast.parse(path.read_text(encoding="utf-8")))
    return [found for node in nodes for found in _imported(node, folder) if found.is_file()]


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """What runs of a module: all but what only a type checker reads."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)):
            yield from _run(child)


def _imported(node: ast.AST, folder: Path) -> Iterator[Path]:
    names = []
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stellar"):
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    elif isinstance(node, ast.Import):
        names = [alias.name for alias in node.names if alias.name.startswith("stellar")]
    for name in names:
        for parent in accumulate(name.split("."), lambda *parts: ".".join(parts)):
            path = folder / parent.replace(".", "/")
            yield path.with_suffix(".py")
            yield path / "__init__.py"
