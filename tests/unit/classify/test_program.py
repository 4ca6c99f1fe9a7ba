import pytest
from stellar.classify.program import chosen, main
from stellar.errors import UserError


def test_pairs():
    assert chosen(["u=my_u", "g: my g", 'r: "R [mag]"'], "--column") == {
        "u": "my_u",
        "g": "my g",
        "r": "R [mag]",
    }
    with pytest.raises(UserError, match="--column 'u': give a pair"):
        chosen(["u"], "--column")


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


def test_completion_is_printed(capsys):
    main(["completion", "bash"])
    assert "complete -o bashdefault" in capsys.readouterr().out
