import re
import shutil
import subprocess

import pytest
from stellar.classify.completion import script
from stellar.classify.options import SHELLS


def complete(*words: str) -> list[str]:
    """What bash offers for the last word."""
    place = " ".join(f"'{word}'" for word in words)
    program = f"{script('bash')}\nCOMP_WORDS=({place}); COMP_CWORD={len(words) - 1}\n"
    program += '_stellar_types; printf "%s\\n" "${COMPREPLY[@]}"'
    run = subprocess.run(["bash", "-c", program], capture_output=True, check=True, encoding="utf-8")
    return run.stdout.split()


def test_bash_offers_commands_options_and_choices():
    assert complete("stellar-types", "cl") == ["classify"]
    assert set(complete("stellar-types", "")) >= {"classify", "one", "info", "evaluate", "query"}
    assert complete("stellar-types", "classify", "--m") == ["--mix", "--model"]
    assert complete("stellar-types", "query", "--co") == ["--cone"]
    assert complete("stellar-types", "completion", "f") == ["fish"]
    assert complete("stellar-types", "classify", "sta") == []  # then files, by bash itself


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_is_offered_commands_and_options(shell):
    text = script(shell)
    assert "classify" in text
    assert re.search(r"(--| -l )cone", text)


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_reads_its_lines(shell):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    run = subprocess.run(
        [shell, "-n"], input=script(shell), check=True, capture_output=True, encoding="utf-8"
    )
    assert run.stderr == ""
