"""Lint, dry run, configuration errors, environments, documents."""

import ast
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from project import ROOT, SHRUNK, environment, planned, scripts_of_rules, snakemake

SCRIPTS = ROOT / "scripts"


def test_snakemake_lint_is_clean():
    run = snakemake(ROOT, "--lint", configfile=None)
    assert run.returncode == 0, run.stderr + run.stdout


def test_the_default_study_is_what_was_asked_for():
    run = snakemake(ROOT, "--dry-run", "--quiet", "rules", "--forceall", configfile=None)
    assert run.returncode == 0, run.stderr
    table = (run.stdout + run.stderr).split("job ")[1]
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", table, re.M))
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    assert int(jobs["cv_fold"]) == config["cv"]["folds"] == 20
    assert int(jobs["baseline"]) == len(config["baselines"])
    assert int(jobs["ablation"]) == len(config["ablation"]) >= 12
    assert int(jobs["simulate_shard"]) == config["survey"]["shards"]


def test_the_workflow_runs_in_another_folder(tmp_path):
    mine = tmp_path / "mine.yaml"
    shrunk = (ROOT / SHRUNK).read_text(encoding="utf-8").replace("tests/", f"{ROOT}/tests/")
    mine.write_text(f"{shrunk}\nseed: 5\n", encoding="utf-8")
    target = "results/shards/shard-0.parquet"
    words = ("--snakefile", str(ROOT / "Snakefile"), "--directory", str(tmp_path))
    run = snakemake(tmp_path, target, *words, configfile=str(mine), warm=False)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / target).is_file()


def test_the_workflow_says_that_it_is_no_module(tmp_path):
    text = f'module stars:\n    snakefile: "{ROOT}/Snakefile"\n\nuse rule * from stars\n'
    (tmp_path / "Snakefile").write_text(text, encoding="utf-8")
    run = snakemake(tmp_path, "--dry-run", configfile=None, warm=False)
    assert run.returncode != 0
    said = run.stdout + run.stderr
    assert "cannot be a module of another workflow; run it in a folder of its own" in said


def explained(*options: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "stellar.workflow.run", "--explain", *options],
        cwd=ROOT,
        env={**environment(), "PYTHONPATH": "scripts"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_what_would_run_is_explained_in_lines_that_a_terminal_holds():
    run = explained()
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Reason: " in run.stdout or "Nothing to be done" in run.stdout
    assert max(map(len, run.stdout.splitlines())) < 210


def test_a_configuration_that_is_not_there_cannot_be_explained():
    run = explained("--configfile", "none.yaml")
    assert run.returncode == 1
    assert run.stderr == "error: there is no file none.yaml; correct its path\n"


SURVEY = yaml.safe_load((ROOT / "config/schema.yaml").read_text(encoding="utf-8"))["properties"][
    "survey"
]


@pytest.mark.parametrize("source", SURVEY["properties"]["source"]["enum"])
def test_each_survey_has_its_rules(tmp_path, source):
    text = (ROOT / f"rules/survey/{source}.smk").read_text(encoding="utf-8")
    rules = re.findall(r"^use rule \w+ as (\w+)", text, re.MULTILINE)
    overlay = tmp_path / "mine.yaml"
    path = "tests/conftest.py"  # any file that is there
    overlay.write_text(
        f"survey: {{source: {source}, shards: 2, table: {{path: {path}}}}}\n", encoding="utf-8"
    )
    found = planned(ROOT, "survey", "--forceall", configfile=str(overlay))
    found.pop("survey")
    jobs = {rule: 2 if rule.endswith("_shard") else 1 for rule in rules}
    assert found == {**jobs, "label_stars": 1, "draw_survey": 1}


@pytest.mark.parametrize(
    ("overlay", "said"),
    [
        ("sead: 3", "configuration key sead is unknown; did you mean seed?"),
        ("seed: five", "seed is 'five'; it must be of type whole number"),
        ("features: [photometry, colour]", "did you mean 'colours'"),
        ("split: {train: 0.9}", "split: train, validation and test sum to 1.2"),
        ("label: class", "label is 'class'; did you mean subclass?"),
        (
            "ablation: {2024: {features: photometry}}",
            'name ablation.2024 as text; quote it: "2024"',
        ),
    ],
)
def test_a_wrong_configuration_ends_in_one_sentence_before_any_job(tmp_path, overlay, said):
    path = tmp_path / "mine.yaml"
    path.write_text(overlay + "\n", encoding="utf-8")
    run = snakemake(ROOT, "--dry-run", configfile=str(path))
    assert run.returncode != 0
    assert said in run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    assert "Building DAG" not in run.stdout + run.stderr


def test_the_workflow_parses_without_heavy_libraries():
    """Each job on a cluster parses it again. (What Snakemake's plugins import is theirs.)"""
    rules = [*(ROOT / "rules").rglob("*.smk"), ROOT / "Snakefile"]
    imports = [
        statement
        for path in rules
        for statement in re.findall(
            r"^(?:import|from) [^(\n]*(?:\([^)]*\))?$", path.read_text(encoding="utf-8"), re.M
        )
    ]
    assert any("stellar" in line for line in imports)
    code = "\n".join(
        [
            "import sys; sys.path.insert(0, 'scripts')",
            *imports,
            "heavy = {'pandas', 'pyarrow', 'tensorflow', 'sklearn', 'scipy', 'numpy'}",
            "assert not heavy & set(sys.modules), heavy & set(sys.modules)",
        ]
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(),
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert run.returncode == 0, run.stderr[-2000:]


# Scripts ------------------------------------------------------------------------------


@dataclass
class Rule:
    """A rule as it is written: its parent's name, its text, and its text with all it inherits."""

    name: str
    parent: str | None
    text: str

    @property
    def whole(self) -> str:
        return self.text + (RULES[self.parent].whole if self.parent else "")


HEAD = re.compile(r"^ *(?:use rule (\w+) as (\w+) with|rule(?: (\w+))?):\n", re.M)


def written() -> dict[str, Rule]:
    found = {}
    for path in sorted((ROOT / "rules").rglob("*.smk")):
        parts = HEAD.split(path.read_text(encoding="utf-8"))
        for parent, child, own, text in zip(*(parts[n::4] for n in range(1, 5)), strict=True):
            # Packs of folds have names that are made.
            name = child or own or re.search(r'"(\w+)" if', text).group(1)
            if "input:" not in text or "output:" in text:  # else a target
                found[name] = Rule(name, parent, text)
    return found


RULES = written()
JOBS = sorted(name for name, rule in RULES.items() if "output:" in rule.text)


def test_each_rule_has_its_script_and_each_script_its_rule():
    assert {path.stem for path in SCRIPTS.glob("*.py")} == set(scripts_of_rules().values())


def test_a_rule_without_files_is_there_to_be_inherited():
    parents = {rule.parent for rule in RULES.values() if rule.parent}
    assert set(RULES) - set(JOBS) == parents - set(JOBS)


@pytest.mark.parametrize("name", JOBS)
def test_rules_are_complete(name):
    rule = RULES[name]
    for directive in ("conda:", "shell:", "mem_mb=", "runtime=", "input:", 'code("'):
        assert directive in rule.whole, directive
    # What Snakemake says when a job starts.
    assert re.match(r'\s*"""(.+)\."""', rule.text) or "message:" in rule.text


def test_rule_files_open_with_what_they_read_and_write():
    for path in (ROOT / "rules").rglob("*.smk"):
        if path.name not in ("common.smk", "jobs.smk"):
            about = path.read_text(encoding="utf-8").split('"""')[1]
            assert re.search(r"^READS (.|\n)*^WRITES ", about, re.M), path.name


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.py")), ids=lambda p: p.stem)
def test_scripts_explain_themselves(script):
    run = subprocess.run(
        [sys.executable, str(script), "--help"], check=False, capture_output=True, encoding="utf-8"
    )
    assert run.returncode == 0, run.stderr
    about = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8")))
    assert "".join(about.split()) in "".join(run.stdout.split())  # however its lines are broken
    assert len(script.read_text(encoding="utf-8").splitlines()) <= 100


# Profiles -------------------------------------------------------------------------------


def profile(name: str) -> dict:
    return yaml.safe_load((ROOT / f"profiles/{name}/profile.yaml").read_text(encoding="utf-8"))


def test_the_profile_for_slurm_sets_what_the_default_one_sets():
    assert profile("default").items() <= profile("slurm").items()


def test_arrays_are_made_of_rules_with_several_jobs():
    text = (ROOT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8")
    option = re.search(r"^# (slurm-array-jobs: .*)$", text, re.M).group(1)
    names = re.split(r", *", yaml.safe_load(option)["slurm-array-jobs"])
    assert set(names) <= {name for name in JOBS if "{wildcards." in RULES[name].text}


# Environments ---------------------------------------------------------------------------


def locked() -> dict[str, str]:
    lock = (ROOT / "envs/lock.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", lock, re.M))


def conda_pins(stage: str) -> dict[str, str]:
    document = yaml.safe_load((ROOT / f"envs/{stage}.yaml").read_text(encoding="utf-8"))
    pins = next(entry for entry in document["dependencies"] if isinstance(entry, dict))["pip"]
    return dict(pin.split("==") for pin in pins)


def stage_of(rule: str) -> str:
    return re.search(r"\.\./envs/(\w+)\.yaml", RULES[rule].whole).group(1)  # its own comes first


def imported_packages(script: Path) -> set[str]:
    """Distributions that a script and the local modules it imports import."""
    owners = packages_distributions()
    packages, seen, todo = set(), set(), [script]
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            else:
                continue
            for name in names:
                if name.startswith("stellar"):
                    local = SCRIPTS / (name.replace(".", "/") + ".py")
                    todo += [local] if local.is_file() else []
                elif (top := name.split(".")[0]) not in sys.stdlib_module_names:
                    packages.add(owners[top][0].lower().replace("_", "-"))
    return packages


def test_every_line_of_the_lock_is_hashed():
    lock = (ROOT / "envs/lock.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z])", lock.strip())
    assert len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_lock_is_what_is_installed():
    run = subprocess.run(
        [sys.executable, "-m", "pip", "list", "--format", "freeze"],
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    installed = {
        name.lower().replace("_", "-").replace(".", "-"): version
        for name, version in (line.split("==") for line in run.stdout.split())
    }
    for name in ("snakemake", "tensorflow", "keras", "keras-tuner", "scikit-learn", "pandas"):
        assert installed[name] == locked()[name]


def test_the_lock_has_all_that_was_asked_for():
    asked = (ROOT / "envs/requirements.in").read_text(encoding="utf-8")
    names = re.findall(r"^([a-z0-9-]+)", asked, re.M)
    assert set(names) <= set(locked())


@pytest.mark.parametrize("rule", JOBS)
def test_conda_files_have_the_locks_versions_of_what_scripts_import(rule):
    pins = conda_pins(stage_of(rule))
    versions = locked()
    assert all(versions[name] == version for name, version in pins.items())
    assert imported_packages(SCRIPTS / f"{scripts_of_rules()[rule]}.py") <= set(pins)


def test_the_conda_files_are_up_to_date():
    sys.path.insert(0, str(ROOT / "envs"))
    try:
        import conda_files
    finally:
        sys.path.pop(0)
    versions = conda_files.locked_versions((ROOT / "envs/lock.txt").read_text(encoding="utf-8"))
    for stage, packages in conda_files.STAGES.items():
        expected = conda_files.conda_file(stage, packages, versions)
        assert (ROOT / f"envs/{stage}.yaml").read_text(encoding="utf-8") == expected


# Documents --------------------------------------------------------------------------------


def test_the_picture_of_the_dag_shows_every_rule():
    picture = (ROOT / "docs/dag.svg").read_text(encoding="utf-8")
    others = {
        name
        for path in [
            *(ROOT / "rules/survey").glob("*.smk"),
            *(
                ROOT / "rules" / name
                for name in ("classify.smk", "audit_alone.smk", "real_stars.smk")
            ),
        ]
        if path.stem != "simulated"
        for name in re.findall(
            r"^use rule \w+ as (\w+) with", path.read_text(encoding="utf-8"), re.M
        )
    }
    default = set(JOBS) - others
    shown = set(re.findall(r">(\w+)</text>", picture))
    assert shown == default | {"all"}


def test_links_in_documents_lead_somewhere():
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!http|#)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_a_forge_shows_each_document_as_it_is():
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("config/*.md")]:
        assert "--8<--" not in path.read_text(encoding="utf-8"), path.name


DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "config/README.md", "docs/*.md"]
NUMBER = r"(\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|sixteen|seventeen|twenty)"
COUNTED = "(variants|baselines|rivals|tiers|label schemes|sentences|ingredients)"


@pytest.mark.parametrize("path", [p for name in DOCUMENTS for p in ROOT.glob(name)], ids=str)
def test_prose_does_not_count_what_the_configuration_sets(path):
    found = re.search(rf"\b{NUMBER} (\w+ )?{COUNTED}\b|×\d", path.read_text(encoding="utf-8"), re.I)
    assert found is None, found.group()


def test_the_readme_gives_the_size_of_the_default_study():
    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    size = f"{config['survey']['n_stars']:,} stars, {config['cv']['folds']} folds;"
    assert size in (ROOT / "README.md").read_text(encoding="utf-8")
