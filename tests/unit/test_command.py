"""What all scripts do with wrong input: one sentence, status not zero, no traceback."""

import pytest
from stellar import command, files


def run(main, capsys):
    with pytest.raises(SystemExit) as end:
        command.run(main, [])
    assert end.value.code
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said.splitlines()[-1]


def test_a_missing_file_is_named(tmp_path, capsys):
    said = run(lambda argv: files.read_table(tmp_path / "none.parquet"), capsys)
    assert said == f"error: there is no file {tmp_path / 'none.parquet'}; correct its path"


def test_a_refusal_of_the_system_is_one_sentence(capsys):
    def main(argv):
        raise PermissionError(13, "Permission denied", "report.html.j2")

    said = run(main, capsys)
    assert said.startswith("error: you have no permission for report.html.j2; run chmod -R u+rwX")


def test_a_missing_key_is_named(capsys):
    parser = command.parser("")
    assert parser.parse_args(["--config", '{"seed": 3}']).config["seed"] == 3
    said = run(lambda argv: parser.parse_args(argv).config["seed"], capsys)
    assert said.startswith("error: --config lacks the key seed")


@pytest.mark.parametrize("text", ["nonsense", "[1]", "3"])
def test_a_slice_is_a_json_object(text, capsys):
    said = run(lambda argv: command.parser("").parse_args(["--config", text]), capsys)
    assert f"{text!r} is no JSON object" in said
