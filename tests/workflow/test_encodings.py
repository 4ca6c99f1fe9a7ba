"""Files and programs are read as UTF-8, whatever the locale says."""

import ast
import os
import subprocess
import sys

import pytest
from project import ROOT, environment

# A locale of bytes, without what Python does against it by itself.
BYTES = {"LC_ALL": "POSIX", "LANG": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
CODE = [p for name in ("scripts", "envs", "tests") for p in (ROOT / name).rglob("*.py")]
RULES = [ROOT / "Snakefile", *(ROOT / "rules").rglob("*.smk")]


def depends_on_the_locale(call: ast.Call) -> bool:
    """Whether a call reads or writes text in an encoding that it does not name."""
    options = {word.arg: word.value for word in call.keywords}
    if "encoding" in options:
        return False
    if any(
        getattr(options.get(name), "value", None) is True for name in ("text", "universal_newlines")
    ):
        return True
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    of = getattr(getattr(call.func, "value", None), "id", "")
    if name in ("read_text", "write_text"):
        return of != "files"  # stellar.files, which names it
    if name != "open" or of in ("os", "fits", "gzip", "bz2", "lzma", "zipfile", "tarfile"):
        return False
    place = 0 if isinstance(call.func, ast.Attribute) else 1
    mode = call.args[place] if len(call.args) > place else options.get("mode")
    return "b" not in getattr(mode, "value", "r")


def lines(text: str) -> list[int]:
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return sorted({call.lineno for call in calls if depends_on_the_locale(call)})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("path.read_text()", [1]),
        ("path.write_text('a')\nopen(path)", [1, 2]),
        ("path.open()\npath.open('w')\nopen(path, mode='a')", [1, 2, 3]),
        ("subprocess.run(words, text=True)", [1]),
        ("path.read_text(encoding='utf-8')\npath.open('rb')\nopen(path, 'wb')", []),
        ("os.open(path, 0)\nfiles.read_text(path)\nsubprocess.run(words, encoding='utf-8')", []),
    ],
)
def test_what_depends_on_the_locale_is_found(text, found):
    assert lines(text) == found


def test_no_file_is_read_in_the_locales_encoding():
    found = {path.relative_to(ROOT): lines(path.read_text(encoding="utf-8")) for path in CODE}
    assert {path: numbers for path, numbers in found.items() if numbers} == {}


def test_no_rule_reads_a_file_in_the_locales_encoding():
    for path in RULES:
        text = path.read_text(encoding="utf-8")
        assert text.isascii(), path  # Snakemake's own reading aside
        for call in ("read_text()", "open(", "write_text("):
            assert call not in text, path


SPEAKS = "from stellar.command import speak_utf8\nspeak_utf8()\nprint('96.9 \\xb1 0.9 \\u2013')\n"


def test_a_result_is_printed_in_a_locale_of_bytes():
    run = subprocess.run(
        [sys.executable, "-c", SPEAKS],
        env={**os.environ, **BYTES, "PYTHONPATH": str(ROOT / "scripts")},
        check=True,
        capture_output=True,
    )
    assert run.stdout.decode() == "96.9 ± 0.9 –\n"


def test_a_file_that_the_locale_cannot_name_ends_in_a_sentence(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("survey: {source: table, table: {path: étoiles.csv}}\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "stellar.workflow.run", "--explain", "--configfile", str(mine)],
        cwd=ROOT,
        env={**environment(), **BYTES, "PYTHONPATH": "scripts"},
        check=False,
        capture_output=True,
    )
    said = run.stderr.decode()
    assert said.startswith("error: survey.table.path: the locale cannot name the file étoiles.csv;")
    assert "Traceback" not in said
