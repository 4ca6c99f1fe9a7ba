"""What documents tell readers to type, typed."""

import copy
import csv
import re
import shutil
import subprocess
import sys
import textwrap

import pytest
import yaml
from made_models import TIERS, make_model
from project import ROOT, environment
from stellar.documentation.columns import TYPED
from stellar.workflow import configuration

TUTORIAL = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
STARS = "docs/examples/stars.csv"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def examples() -> list:
    """Each piece of configuration in the documents, and where it stands."""
    found = []
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        fenced = re.findall(r"^```yaml\n(.+?)^```", text, re.M | re.S)
        indented = re.findall(r"^    # mine\.yaml\n(?:    .+\n)+", text, re.M)
        found += [
            pytest.param(textwrap.dedent(part), id=f"{path.name}-{number}")
            for number, part in enumerate([*fenced, *indented])
        ]
    return found


@pytest.mark.parametrize("text", examples())
def test_examples_of_configuration_are_valid(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / STARS, "stars.csv")
    whole = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    schema = yaml.safe_load((ROOT / "config/schema.yaml").read_text(encoding="utf-8"))
    merge(whole, yaml.safe_load(text))
    configuration.check(whole, schema)


def merge(whole, own):
    """Own keys into a configuration, as Snakemake merges files."""
    for key, value in own.items():
        if isinstance(value, dict) and isinstance(whole.get(key), dict):
            merge(whole[key], value)
        else:
            whole[key] = copy.deepcopy(value)


def test_there_are_examples():
    assert len(examples()) >= 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the tutorial has come to after `make model`; the models are made in a moment."""
    place = tmp_path_factory.mktemp("tutorial")
    for tier in TIERS:
        make_model(place / "results/model", tier)
    (place / "docs/examples").mkdir(parents=True)
    shutil.copy(ROOT / STARS, place / STARS)
    return place


def typed(folder, words):
    return subprocess.run(
        [sys.executable, "-m", "stellar.classify.program", *words],
        cwd=folder,
        env={**environment(), "PYTHONPATH": str(ROOT / "scripts")},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


def test_the_tutorials_commands_do_what_it_says(folder):
    commands = re.findall(r"\.venv/bin/stellar-types ([^`\n]+)", TUTORIAL)
    assert len(commands) >= 4
    said = {}
    for command in commands:
        run = typed(folder, command.split())
        assert run.returncode == 0, f"{command}: {run.stderr}"
        said[command.split()[0]] = run
    assert {"classify", "evaluate", "info", "one"} <= set(said)
    explained = next(b for b in re.findall(r"```text\n(.+?)```", TUTORIAL, re.S) if "taken as" in b)
    printed = said["classify"].stderr.splitlines()
    of_sspp = [line for line in explained.splitlines() if line.startswith("spp")]
    assert len(of_sspp) == 3  # this tier is not among the models made in a moment
    assert [line for line in explained.splitlines() if line not in of_sspp] == printed[:7]
    assert (folder / "scores.html").exists()
    given, made = (
        list(csv.DictReader((folder / name).read_text(encoding="utf-8").splitlines()))
        for name in (STARS, "typed.csv")
    )
    assert list(made[0]) == [*given[0], *(column.name for column in TYPED)]
    assert [row["specObjID"] for row in made] == [row["specObjID"] for row in given]
    (untyped,) = {row["type_flag"] for row in made if not row["type"]}
    assert f"| {untyped} | |" in TUTORIAL


def test_the_tutorial_shows_its_table_as_it_is():
    assert f"```text\n{(ROOT / STARS).read_text(encoding='utf-8')}```" in TUTORIAL


def test_the_tutorials_targets_are_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"make ([a-z-]+)", TUTORIAL)
    assert {"setup", "model"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.M), target
