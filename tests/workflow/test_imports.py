"""Who may import whom: packages know what stands before them, and no package what follows."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from project import ROOT, scripts_of_rules
from stellar.workflow.sources import sources_of

SCRIPTS = ROOT / "scripts"
# What a package may import beside itself and the ground (the modules of `stellar` itself).
MAY = {
    "ground": "",
    "survey": "sample.spectral_types",
    "sample": "",
    "learning": "sample",
    "crossvalidation": "sample learning",
    "evaluation": "sample learning crossvalidation",
    "experiments": "sample learning crossvalidation evaluation",
    "reporting": "sample.columns evaluation.metrics evaluation.leaks.finding",
    "classify": "survey sample crossvalidation evaluation",
    "documentation": "survey sample.features",
    "two_runs": "crossvalidation evaluation workflow.config_files",
    # Each job on a cluster parses the workflow anew: only what is light. `warm` is a process.
    "workflow": "sample.features crossvalidation.protocol learning.tensorflow_setup",
}
TENSORFLOW = {"models", "network", "network_learners", "tensorflow_setup"}
TENSORFLOW |= {"training", "training_layers", "tuning"}
PANDAS = {"survey", "sample.spectral_types"}


def name_of(path: Path) -> str:
    parts = path.relative_to(SCRIPTS).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {name_of(path): path for path in sorted(SCRIPTS.glob("stellar/**/*.py"))}


def imported(path: Path) -> set[str]:
    """Modules, other than packages, that a file imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in MODULES else node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def package_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and (SCRIPTS / "stellar" / parts[1]).is_dir() else "ground"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_what_its_package_may(module):
    own = package_of(module)
    for other in imported(MODULES[module]) & set(MODULES):
        known = other.removeprefix("stellar.")
        allowed = package_of(other) in {own, "ground"} or any(
            known == may or known.startswith(f"{may}.") for may in MAY[own].split()
        )
        assert allowed, f"{module} may not import {other}"


def test_no_circle():
    graph = {name: imported(path) & set(MODULES) - {name} for name, path in MODULES.items()}
    assert list(TopologicalSorter(graph).static_order())


def test_packages_are_bare():
    """Else a change to one module would rerun the jobs of all that stand beside it."""
    for path in SCRIPTS.glob("stellar/*/**/__init__.py"):
        (docstring,) = ast.parse(path.read_text(encoding="utf-8")).body
        assert isinstance(docstring, ast.Expr), path


def test_heavy_libraries_stand_where_they_are_expected():
    for module, path in MODULES.items():
        heavy = {name.split(".")[0] for name in imported(path)}
        known = module.removeprefix("stellar.")
        if heavy & {"tensorflow", "keras", "keras_tuner"}:
            assert known in {f"learning.{name}" for name in TENSORFLOW}, module
        if "pandas" in heavy:
            assert any(known.startswith(name) for name in PANDAS), module


def test_a_script_imports_no_other():
    scripts = {path.stem for path in SCRIPTS.glob("*.py")}
    for path in SCRIPTS.glob("*.py"):
        assert not imported(path) & scripts, path


def test_the_trainer_is_an_input_of_what_trains_networks_alone():
    trainer = SCRIPTS / "stellar/learning/training.py"
    listed = {
        rule
        for rule, script in scripts_of_rules().items()
        if trainer in sources_of(SCRIPTS / f"{script}.py")
    }
    study = {"first_network", "tune", "cv_fold", "ablation", "final_model"}
    # The network, or the boosted trees beside it, by the settings that were chosen.
    compared = {"choose", "tier", "learning_curve", "importance", "ingredients", "input_errors"}
    assert listed == {*study, *compared, "absolute_magnitude", "memorise", "train_model"}
