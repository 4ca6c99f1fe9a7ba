import re
import tomllib

import pytest
from project import ROOT
from stellar.classify.options import parser

COMMANDS = {
    "classify": ["stars.csv"],
    "one": ["1", "2", "3", "4", "5"],
    "info": [],
    "evaluate": ["stars.csv"],
    "query": ["--cone", "150.1", "-2.2", "10"],
    "completion": ["zsh"],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_an_example_and_exit_codes(command, capsys):
    with pytest.raises(SystemExit) as end:
        parser().parse_args([command, "--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert f"examples:\n  stellar-types {command}" in said
    assert "130  interrupted" in said
    assert parser().parse_args([command, *COMMANDS[command]]).command == command


def test_the_help_lists_all_commands(capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["--help"])
    said = capsys.readouterr().out
    assert all(re.search(rf"^ +{command}\s+\w", said, re.M) for command in COMMANDS)
    assert "exit codes:" in said


def test_a_query_wants_one_thing(capsys):
    for words in ([], ["--ids", "a", "--positions", "b"], ["--cone", "1", "2"]):
        with pytest.raises(SystemExit) as end:
            parser().parse_args(["query", *words])
        assert end.value.code == 2
    assert "error: " in capsys.readouterr().err


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5", ""])
@pytest.mark.parametrize("option", ["--threads", "--attempts"])
def test_a_number_below_one_is_refused(option, number, capsys):
    command = "classify" if option == "--threads" else "query"
    with pytest.raises(SystemExit) as end:
        parser().parse_args([command, *COMMANDS[command], f"{option}={number}"])
    assert end.value.code == 2
    assert f"{number!r} is no whole number from 1 on" in capsys.readouterr().err


def test_the_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as end:
        parser().parse_args(["--version"])
    assert end.value.code == 0
    known = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert capsys.readouterr().out == f"stellar-types {known['project']['version']}\n"


@pytest.mark.parametrize("number", ["-5e-05", "-5E-5", "-.5", "-1.e-4", "-0.1"])
def test_negative_numbers_with_exponents_are_numbers(number):
    given = parser().parse_args(["one", "19", "18", "17", "16", "15", "--redshift", number])
    assert given.redshift == float(number)
    assert parser().parse_args(["one", number, *"1234"]).u == float(number)
    given = parser().parse_args(["query", "--cone", "150.1", number, "10"])
    assert given.cone == [150.1, float(number), 10]
    with pytest.raises(SystemExit):
        parser().parse_args(["query", "--cone", "150.1", "-2x", "10"])
