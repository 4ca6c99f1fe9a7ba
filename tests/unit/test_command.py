"""What all scripts share: options from `main`'s signature, and wrong input ends in one sentence."""

from pathlib import Path

import pytest
from stellar import command, files
from stellar.command import Slice


def run(main, capsys, *argv):
    with pytest.raises(SystemExit) as end:
        command.run(main, argv)
    assert end.value.code
    # Its log, and one sentence.
    *logged, said = capsys.readouterr().err.splitlines()
    assert "Traceback" not in "".join(logged)
    return said


def test_a_parameter_is_an_option():
    got = {}

    def main(config: Slice, stars: Path, tier_tables: list[Path], threads: int = 1):
        got.update(locals())

    command.call(main, ["--config", '{"a": 1}', "--stars", "s", "--tier-tables", "t", "u"])
    assert got.pop("got") is got
    assert got == {
        "config": {"a": 1},
        "stars": Path("s"),
        "tier_tables": [Path("t"), Path("u")],
        "threads": 1,
    }
    command.call(main, ["--config", "{}", "--stars", "s", "--tier-tables", "--threads", "2"])
    assert (got["tier_tables"], got["threads"]) == ([], 2)


def test_what_every_rule_gives_is_known_to_scripts_that_do_without():
    got = []

    def main(stars: Path, **tables: Path):
        got.append((stars, tables))

    command.call(main, ["--config", "{}", "--stars", "s", "--risk", "r", "--threads", "2"])
    assert got == [(Path("s"), {"risk": Path("r")})]


def test_further_options_are_taken_where_main_takes_them():
    def main(figures: list[Path], **tables: list[Path]):
        assert figures == [Path("f")]
        assert tables == {"risk_coverage": [Path("r")], "tiers": [Path("t"), Path("u")]}

    argv = ["--config", "{}", "--risk-coverage", "r", "--tiers", "t", "u", "--figures", "f"]
    command.call(main, argv)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "the following arguments are required: --stars"),
        (["--stars", "s", "--star", "s"], "unrecognized arguments: --star s"),
        (["--stars", "s", "--threads", "two"], "argument --threads: invalid int value: 'two'"),
    ],
)
def test_a_wrong_option_is_named(argv, said, capsys):
    def main(stars: Path, threads: int = 1):
        raise AssertionError

    error = run(main, capsys, *argv)
    assert error.startswith(f"error: {said}")
    assert error.endswith("--help lists the options")


def test_a_missing_file_is_named(tmp_path, capsys):
    said = run(lambda: files.read_table(tmp_path / "none.parquet"), capsys)
    assert said == f"error: there is no file {tmp_path / 'none.parquet'}; correct its path"


def test_a_refusal_of_the_system_is_one_sentence(capsys):
    def main():
        raise PermissionError(13, "Permission denied", "report.html.j2")

    said = run(main, capsys)
    assert said.startswith("error: you have no permission for report.html.j2; run chmod -R u+rwX")


def test_a_missing_key_is_named(capsys):
    def main(config: Slice):
        assert config["label"] == "elodie"
        config["seed"]

    said = run(main, capsys, "--config", '{"label": "elodie"}')
    assert said.startswith("error: --config lacks the key seed")


@pytest.mark.parametrize("text", ["nonsense", "[1]", "3"])
def test_a_slice_is_a_json_object(text, capsys):
    assert f"{text!r} is no JSON object" in run(lambda: None, capsys, "--config", text)
