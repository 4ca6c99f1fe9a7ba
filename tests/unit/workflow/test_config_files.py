"""What YAML makes of names, before it makes it."""

import re
import subprocess
import sys

import pytest
from project import ROOT, environment
from stellar.errors import UserError
from stellar.workflow import config_files


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes a configuration file of the user's."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> str:
        (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
        return "mine.yaml"

    return write


NAMES = ["2024", "2024-01-01", "no", "Off", "yes", "true", "~", "null", "1.5", "010", "12:30:00"]
NAMES += ["0x1F", ".inf", "="]
PLACES = ["ablation", "tiers", "learners", "learners.network.space", "experiments.ingredients"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", PLACES)
def test_a_name_that_is_no_text_is_to_be_quoted(written, name, place):
    head = "".join(f"{'  ' * n}{key}:\n" for n, key in enumerate(place.split(".")))
    margin = "  " * len(place.split("."))
    with pytest.raises(UserError) as said:
        config_files.read(written(f"{head}{margin}{name}: {{features: photometry}}\n"))
    line = head.count("\n") + 1
    assert str(said.value) == (
        f"mine.yaml, line {line}: YAML does not read the name {place}.{name} as text; "
        f'quote it: "{name}"'
    )
    *_, advice = str(said.value).split(": ")
    found = config_files.read(written(f"{head}{margin}{advice}: {{features: photometry}}\n"))
    for key in place.split("."):
        found = found[key]
    assert list(found) == [name]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "survey: {n_stars: 5}\nseed: 1\nsurvey: {shards: 2}\n",
            "mine.yaml has survey twice, in lines 1 and 3; make one of the two",
        ),
        (
            "survey:\n  table:\n    path: a\n  shards: 2\n  table:\n    columns: {}\n",
            "mine.yaml has survey.table twice, in lines 2 and 5; make one of the two",
        ),
        (
            "a:\n- {b: 1}\n- {b: 1, 'b': 2}\n",
            "mine.yaml has a.1.b twice, in lines 3 and 3; make one of the two",
        ),
        (
            '{"seed": 1, "seed": 2}',
            "mine.yaml has seed twice, in lines 1 and 1; make one of the two",
        ),
        ("? [a, b]\n: 1\n", "mine.yaml, line 1: a name must be text, no list or section"),
        ("survey:\n\tshards: 5\n", "mine.yaml, line 2: begins with a tab; write blanks"),
        (
            "seed: 1\nsurvey: {shards: 010}\n",
            "mine.yaml, line 2: YAML reads 010 as 8; write that number without a 0 before it and "
            "without a colon, or, as text, '010'",
        ),
        (
            "costs:\n- [1:30]\n",
            "mine.yaml, line 2: YAML reads 1:30 as 90; write that number without a 0 before it and "
            "without a colon, or, as text, '1:30'",
        ),
        (
            "survey: [\n",
            "mine.yaml is no YAML of keys and values (while parsing a flow node did not find "
            'expected node content in "<unicode string>", line 2, column 1); correct it',
        ),
        ("- a\n", "mine.yaml is no YAML of keys and values; correct it"),
    ],
)
def test_what_a_file_cannot_mean_is_one_sentence(written, text, said):
    with pytest.raises(UserError) as error:
        config_files.read(written(text))
    assert str(error.value) == said


def test_what_a_file_may_say(written):
    text = "base: &base {features: u, from: a}\nagain: {<<: *base, features: g}\n'no': [*base]\n"
    found = config_files.read(written(text))
    assert found["again"] == {"features": "g", "from": "a"}
    assert found["no"] == [found["base"]]
    assert config_files.read(written("")) == {}
    numbers = "a: [0, 0.5, -0.25, 10, 1e-3, 0x1F, '010', 00:a, .5]\n"
    assert config_files.read(written(numbers))["a"][:4] == [0, 0.5, -0.25, 10]
    assert config_files.read(written("\ufeffseed: 3\n")) == {"seed": 3}


def test_a_section_inside_itself_is_looked_at_once():
    config_files.check("mine.yaml", "a: &a {b: *a}\n")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1252"])
def test_a_file_in_another_encoding_is_to_be_saved_as_utf_8(tmp_path, monkeypatch, encoding):
    monkeypatch.chdir(tmp_path)
    text = "seed: 3\nsurvey:\n  table: {path: sterne.csv}  # Größe\n"
    (tmp_path / "mine.yaml").write_bytes(text.encode(encoding))
    with pytest.raises(UserError) as said:
        config_files.read("mine.yaml")
    line = 1 if encoding == "utf-16" else 3
    assert str(said.value) == f"mine.yaml, line {line}: no UTF-8 text; save the file as UTF-8"


def test_a_folder_is_no_configuration(tmp_path):
    with pytest.raises(UserError, match="is a folder; give a file of the configuration"):
        config_files.read(tmp_path)


def test_make_looks_at_the_file_before_snakemake_does(tmp_path):
    """`make model` calls Snakemake itself, which ends in a traceback there."""
    mine = tmp_path / "mine.yaml"
    mine.write_bytes("seed: 3  # Größe\n".encode("latin-1"))
    recipe = re.search(
        r"^model: .*\n\t(.+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M
    )[1]
    words = recipe.split("python ")[1].replace("$(CONFIG)", str(mine)).split()
    run = subprocess.run(
        [sys.executable, *words],
        env={**environment(), "PYTHONPATH": str(ROOT / "scripts")},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 1
    assert run.stderr == f"error: {mine}, line 1: no UTF-8 text; save the file as UTF-8\n"
