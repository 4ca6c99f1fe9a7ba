"""Functions that one can read at a glance; rules and scripts that stay small."""

import ast
import re

import pytest
from project import ROOT

LINES, PARAMETERS = 60, 7
FILES = sorted((ROOT / "scripts").glob("**/*.py"))


def functions(path) -> list[ast.FunctionDef]:
    return [
        n
        for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(n, ast.FunctionDef)
    ]


def parameters(function: ast.FunctionDef) -> list[str]:
    given = function.args
    names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [name for name in names if name not in ("self", "cls")]


def lines(*patterns: str) -> int:
    return sum(
        len(path.read_text(encoding="utf-8").splitlines())
        for pattern in patterns
        for path in ROOT.glob(pattern)
    )


def test_rules_say_what_is_theirs_and_scripts_are_thin():
    """By the mean, so that there is room for one more rule."""
    text = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("rules/**/*.smk"))
    rules = re.findall(r"^ *(?:use )?rule \w+", text, re.MULTILINE)
    assert lines("Snakefile", "rules/**/*.smk") <= 22 * len(rules)
    assert lines("scripts/*.py") <= 27 * len(list(ROOT.glob("scripts/*.py")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_function_is_long_or_takes_much(path):
    for function in functions(path):
        where = f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        lines = function.end_lineno - function.lineno + 1
        assert lines <= LINES, f"{where} has {lines} lines"
        assert len(parameters(function)) <= PARAMETERS, f"{where} takes {parameters(function)}"
