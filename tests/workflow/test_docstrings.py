"""Docstrings say what an array looks like, and their examples run."""

import ast
import doctest
import importlib
from pathlib import Path

import pytest
from project import ROOT

PACKAGE = ROOT / "scripts/stellar"
FILES = sorted(PACKAGE.glob("**/*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def named(annotation: ast.AST | None) -> set[str]:
    """Names in an annotation, such as NDArray; what a callable takes is its own concern."""
    if annotation is None or getattr(getattr(annotation, "value", None), "id", "") == "Callable":
        return set()
    own = getattr(annotation, "id", getattr(annotation, "attr", ""))
    return {own}.union(*map(named, ast.iter_child_nodes(annotation))) - {""}


def aliases() -> set[str]:
    """`NDArray`, and each name that some module gives to a type made of arrays."""
    found = {"NDArray", "Tensor"}
    given = [
        (node.targets[0].id, named(node.value))
        for tree in TREES.values()
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Subscript)
    ]
    for _ in given:
        found |= {name for name, parts in given if parts & found}
    return found


ARRAYS = aliases()
EXAMPLES = (
    "sample.features",
    "sample.spectral_types",
    "crossvalidation.protocol",
    "evaluation.metrics",
)


def annotations(node: ast.AST) -> set[str]:
    """Names in what a function takes and gives, or in a dataclass's fields."""
    if isinstance(node, ast.ClassDef):
        parts = [item.annotation for item in node.body if isinstance(item, ast.AnnAssign)]
    else:
        given = node.args
        parts = [a.annotation for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        parts.append(node.returns)
    return set().union(*map(named, parts), set())


def public(body: list[ast.stmt], prefix: str = "") -> list[tuple[str, ast.AST]]:
    """Public functions, classes and methods of a module, by name."""
    found = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            found.append((prefix + node.name, node))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            found += public(node.body, f"{node.name}.")
    return found


def modules_name(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


@pytest.mark.parametrize("path", FILES, ids=modules_name)
def test_what_takes_or_gives_arrays_says_their_shapes(path):
    silent = [
        name
        for name, node in public(TREES[path].body)
        if annotations(node) & ARRAYS and "shape" not in (ast.get_docstring(node) or "")
    ]
    assert silent == [], f"say the shapes of arrays in the docstrings of {', '.join(silent)}"


def test_arrays_are_known_by_all_their_names():
    assert {"Array", "Columns", "Floats", "Ints", "Labels", "NDArray"} <= ARRAYS
    assert not ARRAYS & {"Learner", "Row", "Scores", "Trial"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run(name):
    found = doctest.testmod(importlib.import_module(f"stellar.{name}"))
    assert found.attempted >= 2
    assert found.failed == 0
