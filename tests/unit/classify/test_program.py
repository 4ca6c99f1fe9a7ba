import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from astropy.table import Table
from made_models import star_columns
from project import ROOT
from stellar.classify import folder
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


@pytest.fixture
def stars(tmp_path):
    columns, _, _ = star_columns(120)
    path = tmp_path / "stars.csv"
    rows = np.column_stack([columns[band] for band in "ugriz"])
    np.savetxt(path, rows, delimiter=",", header="u,g,r,i,z", comments="", fmt="%.5f")
    return path


def refused(capsys, *words: str) -> str:
    with pytest.raises(SystemExit) as end:
        main(list(words))
    assert end.value.code == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert len(said.splitlines()) == 1
    return said


def by_itself(program: str, *words: str, **more) -> subprocess.CompletedProcess:
    """A program that ends by the command, in a process of its own."""
    lines = f"import sys; sys.argv[1:] = {list(words)!r}\n{program}"
    return subprocess.run(
        [sys.executable, "-c", f"{lines}\nfrom stellar.classify.program import command; command()"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        capture_output=True,
        check=False,
        encoding="utf-8",
        **more,
    )


STOPPING = """
import functools, os, signal
from stellar.classify import commands
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # below nohup it is ignored, and so by the command
commands.Request = functools.partial(commands.Request, rows=50)
commands.Progress.show = lambda *_: os.kill(os.getpid(), signal.{name})
"""


@pytest.mark.long
@pytest.mark.parametrize(("name", "code"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
@pytest.mark.parametrize("output", ["o.csv", "-"])
def test_a_signal_is_a_sentence_a_code_and_leaves_nothing(
    models, stars, tmp_path, name, code, output
):
    out = output if output == "-" else str(tmp_path / output)
    words = ("classify", str(stars), "-o", out, "--model", str(models))
    done = by_itself(STOPPING.format(name=name), *words)
    assert done.returncode == code
    left = "no output is left" if out != "-" else "standard output holds 50 rows, and is not whole"
    assert done.stderr == f"stopped; {left}\n"
    assert list(tmp_path.iterdir()) == [stars]
    assert len(done.stdout.splitlines()) == (51 if out == "-" else 0)


@pytest.mark.long
def test_a_row_that_fails_late_says_what_standard_output_holds(models, stars):
    head, *lines = stars.read_text(encoding="utf-8").splitlines(keepends=True)
    stars.write_text(head + "".join(lines) * 1000 + "1,2,3\n", encoding="utf-8")  # several blocks
    done = by_itself("", "classify", str(stars), "--threads", "1", "--model", str(models))
    assert done.returncode == 1
    held = len(done.stdout.splitlines()) - 1
    assert held > 0
    assert f"; standard output holds {held:,} rows, and is not whole" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("gone", [folder.CHECKSUMS, folder.MODEL])
def test_a_model_that_lacks_a_file_is_not_passed_over(models, tmp_path, stars, capsys, gone):
    own = shutil.copytree(models, tmp_path / "models")
    (own / "redshift" / gone).unlink()
    for place in (own, own / "redshift"):
        said = refused(capsys, "classify", str(stars), "--model", str(place))
        assert f"{own / 'redshift'} lacks {gone}" in said


@pytest.mark.long
@pytest.mark.parametrize(
    ("closed", "why"),
    [("stdin", "standard input is closed"), ("stdout", "standard output is closed")],
)
def test_a_stream_that_is_closed(models, stars, closed, why):
    table = "-" if closed == "stdin" else str(stars)
    done = by_itself(f"sys.{closed} = None", "classify", table, "--model", str(models))
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: {why}; ")
    assert len(done.stderr.splitlines()) == 1


def test_a_closed_stream_for_errors_does_not_mix_them_into_the_output(models, stars):
    done = by_itself("sys.stderr = None", "classify", str(stars), "--model", str(models))
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 121


@pytest.mark.long
@pytest.mark.parametrize("text", ["u,g,r,i,z\n", "u,g\n1,2\n", "u,g,r,i,z\n1,2\n"])
def test_errors_name_standard_input(models, text):
    done = by_itself("", "classify", "-", "--model", str(models), input=text)
    assert done.returncode == 1
    assert done.stderr.startswith("error: standard input")
    assert "standard_input" not in done.stderr


def test_warnings_name_standard_input(models):
    text = 'u,g,r,i,z,subClass,note\n19,18,17,16.5,16.3,G2,"a\nb"\n'
    done = by_itself("", "evaluate", "-", "--model", str(models), input=text)
    assert done.returncode == 0
    assert "standard input: column note, row 1 goes over a line's end" in done.stderr
    assert "standard_input" not in done.stderr


def test_what_is_no_file_of_a_table(models, tmp_path, capsys):
    assert "name is empty" in refused(capsys, "classify", "", "--model", str(models))
    os.mkfifo(tmp_path / "pipe")
    said = refused(capsys, "classify", str(tmp_path / "pipe"), "--model", str(models))
    assert "pipe is no plain file; feed it by a pipe" in said


def test_complex_numbers_are_named(models, tmp_path, capsys):
    columns, _, _ = star_columns(20)
    Table({**columns, "wave": np.ones(20, complex)}).write(tmp_path / "t.fits")
    words = ("-o", str(tmp_path / "o.csv"), "--model", str(models))
    said = refused(capsys, "classify", str(tmp_path / "t.fits"), *words)
    assert "column wave holds complex numbers" in said
