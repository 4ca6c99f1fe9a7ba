import pytest
from stellar.classify.program import chosen, main, parser
from stellar.errors import UserError


def test_pairs():
    assert chosen(["u=my_u", "g: my g", 'r: "R [mag]"'], "--column") == {
        "u": "my_u",
        "g": "my g",
        "r": "R [mag]",
    }
    with pytest.raises(UserError, match="--column 'u': give a pair"):
        chosen(["u"], "--column")


@pytest.mark.parametrize("command", ["classify", "one", "info"])
def test_each_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as end:
        parser().parse_args([command, "--help"])
    assert end.value.code == 0
    assert "--model" in capsys.readouterr().out


def test_a_mistake_is_a_sentence_and_a_code(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["classify", "none.csv", "--model", str(tmp_path)])
    assert end.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("error: there is no model under")
    assert len(said.splitlines()) == 1


def test_an_unknown_option_is_code_2(capsys):
    with pytest.raises(SystemExit) as end:
        main(["classify", "a.csv", "--nonsense"])
    assert end.value.code == 2
    assert "error: " in capsys.readouterr().err
