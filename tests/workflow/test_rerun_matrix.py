"""What reruns after a change: the promise of the table of docs/reruns.md, case by case."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from project import ROOT, SHRUNK, planned, snakemake
from stellar import files
from stellar.workflow.run import merged

# What reads the study's scores.
COST = {"cost": 1, "draw_cost": 1, "report": 1}
SHOWN = {"answer": 1, "draw_answer": 1, **COST}
GATHER = {"collect": 1, "draw_study": 1, **SHOWN}
CONFIG = merged(
    *(
        yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
        for name in ("config/config.yaml", SHRUNK)
    )
)
FOLDS, BASELINES = CONFIG["cv"]["folds"], len(CONFIG["baselines"])
VARIANTS, TIERS = (sum(map(bool, CONFIG[name].values())) for name in ("ablation", "tiers"))
QUESTIONS = set(
    re.findall(
        r"^use rule \w+ as (\w+)",
        (ROOT / "rules/experiments.smk").read_text(encoding="utf-8"),
        re.M,
    )
)
COMPARED = {"compare": 1, "calibrate": 1, "audit": 3}
AUDITED = {"audit": 1}  # of the study's own label: it looks at what the networks are compared with


@pytest.fixture
def study(finished_study: Path, tmp_path: Path) -> Path:
    """A copy of the finished study, to change."""
    return shutil.copytree(finished_study, tmp_path / "study", symlinks=True)


def edit(folder: Path, name: str, change: Callable[[dict], None]) -> None:
    path = folder / name
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(document)
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def append(folder: Path, name: str, text: str = "\n# edited\n") -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(text)


def touch_everything(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and ".snakemake" not in path.parts:
            path.touch()


def reorder(folder: Path) -> None:
    def turned(value):
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(value)}
        return value

    path = folder / "config/config.yaml"
    path.write_text(
        yaml.safe_dump(turned(yaml.safe_load(path.read_text(encoding="utf-8"))), sort_keys=False),
        encoding="utf-8",
    )


def more_folds(folder: Path) -> None:
    edit(folder, SHRUNK, lambda c: c["cv"].update(folds=5))


def delete(*names: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        for name in names:
            path = folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return change


def corrected_shard(folder: Path) -> None:
    """One value of one star put right; the file keeps its name."""
    path = folder / "results/shards/shard-0.parquet"
    shard = files.read_table(path)
    values = shard["u"].to_pylist()
    values[0] += 0.01
    place = shard.schema.get_field_index("u")
    column = pa.array(values, shard.schema.field("u").type)
    files.write_table(path, shard.set_column(place, shard.schema.field("u"), column))


def older(change: Callable[[Path], None], name: str) -> Callable[[Path], None]:
    """A change of a file, and a time from before the study, as `mv` or an archive leaves it."""

    def changed(folder: Path) -> None:
        change(folder)
        os.utime(folder / name, (10**9, 10**9))

    return changed


def variant(name: str, choice: dict | None) -> Callable[[Path], None]:
    return lambda folder: edit(folder, SHRUNK, lambda c: c["ablation"].update({name: choice}))


EVERY_NETWORK = {"cv_fold": FOLDS, "ablation": VARIANTS, "final_model": 1, "evaluate_test": 1}


def all_but(*rules: str) -> Callable[[Path], dict[str, int]]:
    """All jobs but those of some rules: what a question adds need not be listed here."""

    def expected(folder: Path) -> dict[str, int]:
        every = planned(folder, "--forceall")
        return {name: count for name, count in every.items() if name not in rules}

    return expected


# What a change of stars, of labels, or of folds leaves as it is.
SURVEY = ("simulate_shard",)
DRAWN_STARS = ("draw_survey", "draw_real")
MODELS_ROWS = ("label_for_model", "sample_for_model")  # of a label of their own
BY_SPLITS = ("label_stars", *DRAWN_STARS, "split", "first_network", "tune")
BY_SPLITS += ("final_model", "evaluate_test")
CASES = {
    "nothing": (lambda folder: None, {}),
    "everything touched": (touch_everything, {}),
    "configuration reordered": (reorder, {}),
    "a variant edited": (
        variant("photometry", {"features": ["photometry", "redshift"]}),
        {"ablation": 1, **AUDITED, **GATHER},
    ),
    "a variant added": (
        variant("only_colours", {"features": "colours"}),
        {"ablation": 1, **AUDITED, **GATHER},
    ),
    "a variant removed": (variant("photometry", None), {**AUDITED, **GATHER}),
    "a baseline removed": (
        lambda f: edit(f, SHRUNK, lambda c: c["baselines"].remove("majority")),
        {"compare": 1, **AUDITED, **GATHER},
    ),
    "another number of folds": (
        more_folds,
        all_but(*SURVEY, *BY_SPLITS),
    ),
    "the costs of mistakes": (
        lambda f: edit(f, "config/config.yaml", lambda c: c["costs"][0].__setitem__(6, 60)),
        {"compare": 1, "mistakes": 1, **GATHER},
    ),
    "folds packed in jobs": (
        lambda f: edit(f, SHRUNK, lambda c: c["cv"].update(folds_per_job=3)),
        COST,  # which shows the jobs, and the configuration
    ),
    "a shard corrected": (corrected_shard, all_but(*SURVEY)),
    "an older shard put in place": (
        older(corrected_shard, "results/shards/shard-0.parquet"),
        all_but(*SURVEY),
    ),
    "a shard that is older alone": (older(lambda folder: None, "results/stars.parquet"), {}),
    "an older script put in place": (
        older(
            lambda folder: append(folder, "scripts/type_by_hammer.py"), "scripts/type_by_hammer.py"
        ),
        {"hammer": 1, "compare": 1, **SHOWN},
    ),
    "an older caption put in place": (
        older(
            lambda folder: append(folder, "rules/captions/sky.rst", "North is up.\n"),
            "rules/captions/sky.rst",
        ),
        {"report": 1},
    ),
    "another seed": (
        lambda f: edit(f, "config/config.yaml", lambda c: c.update(seed=c["seed"] + 1)),
        all_but(),
    ),
    "a fold deleted": (delete("results/cv/fold-01"), {"cv_fold": 1, **AUDITED, **GATHER}),
    "a figure deleted": (
        delete("results/figures/recalls.png"),
        {"draw_study": 1, **COST},
    ),
    "a figure of the survey deleted": (
        delete("results/figures/sky.svg"),
        {"draw_survey": 1, **COST},
    ),
    "the figures' module edited": (
        lambda folder: append(folder, "scripts/stellar/reporting/figures/style.py"),
        dict.fromkeys(("draw_survey", "draw_real", "draw_study", "draw_answer", "draw_kiel"), 1)
        | COST,
    ),
    "a figure's caption edited": (
        lambda folder: append(folder, "rules/captions/sky.rst", "North is up.\n"),
        {"report": 1},
    ),
    "the report deleted": (delete("results/report/report.html"), {"report": 1}),
    "the report's module edited": (
        lambda folder: append(folder, "scripts/stellar/reporting/page/page.py"),
        {"report": 1},
    ),
    "the scores' module edited": (
        lambda folder: append(folder, "scripts/stellar/evaluation/metrics.py"),
        # Folds, tiers, rivals and the rest predict, others score them; experiments do both.
        {
            "first_network": 1,
            "evaluate_test": 1,
            "train_model": 1,
            "compare": 1,
            "calibrate": 1,
            "audit": 3,  # which looks at what calibrated
            "learning_curve": 2,
            "importance": TIERS,
            "ingredients": 1,
            "input_errors": 1,
            "absolute_magnitude": 1,
            "brightness": 1,
            **GATHER,
        },
    ),
    "a question's module edited": (
        lambda folder: append(folder, "scripts/stellar/experiments/importance.py"),
        {"importance": TIERS, "draw_answer": 1, **COST},
    ),
    "what a sky map looks like edited": (
        lambda folder: append(folder, "scripts/stellar/reporting/figures/diagrams.py"),
        {"draw_survey": 1, "draw_real": 1, "draw_kiel": 1, **COST},
    ),
    "a feature set edited": (
        lambda folder: append(folder, "scripts/stellar/sample/features.py"),
        # No star is simulated, fetched or labelled anew for it.
        all_but(*SURVEY, "label_stars", *DRAWN_STARS, "assign_folds", *MODELS_ROWS),
    ),
    "a baseline's rule edited": (
        lambda folder: append(folder, "scripts/stellar/learning/baselines.py"),
        {
            "baseline": BASELINES,
            "rival": BASELINES + 1,
            "compare": 1,
            **AUDITED,
            "brightness": 1,
            **GATHER,
        },
    ),
    "a script edited": (
        lambda folder: append(folder, "scripts/type_by_hammer.py"),
        {"hammer": 1, "compare": 1, **SHOWN},
    ),
    "the search space changed": (
        lambda f: edit(f, SHRUNK, lambda c: c["tuning"].update(trials=3)),
        {"tune": 1, **EVERY_NETWORK, **AUDITED, **GATHER},
    ),
    "another number of workers": (
        lambda f: edit(f, SHRUNK, lambda c: c["tuning"].update(workers=2)),
        {},
    ),
    "another label": (
        lambda f: edit(f, "config/config.yaml", lambda c: c.update(label="subclass")),
        all_but(*SURVEY, *MODELS_ROWS, "train_model"),
    ),
    "a tier edited": (
        lambda f: edit(f, "config/config.yaml", lambda c: c["tiers"].update(elodie="elodie")),
        {
            "tier": 3,
            "audit_without_networks": 3,
            **COMPARED,
            "importance": 1,
            "input_errors": 1,
            "suspects": 1,
            **SHOWN,
        },
    ),
    "other trees to choose from": (
        lambda f: edit(f, SHRUNK, lambda c: c["learners"]["boosted_trees"].update(trials=1)),
        {
            "choose": 1,
            "rival": 1,
            "compare": 1,
            **AUDITED,
            "learning_curve": 1,
            "brightness": 1,
            **SHOWN,
        },
    ),
    "an unused survey's key changed": (
        lambda f: edit(f, "config/config.yaml", lambda c: c["survey"]["sdss"].update(min_sn=5)),
        {"report": 1},  # which prints the configuration
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_reruns(study, case):
    change, expected = CASES[case]
    change(study)
    found, expected = planned(study), expected(study) if callable(expected) else expected
    asked = {name: found.pop(name) for name in QUESTIONS & set(found)}
    # Questions that are added later may rerun where those that are listed do.
    known = {name: expected[name] for name in QUESTIONS & set(expected)}
    assert found == {name: count for name, count in expected.items() if name not in QUESTIONS}
    assert known.items() <= asked.items()
    assert bool(known) == bool(asked)


@pytest.mark.slow
def test_a_new_data_release_is_fetched_anew(study):
    """The finished study, passed off as one of SDSS: no archive is asked here."""
    edit(study, SHRUNK, lambda c: c["survey"].update(source="sdss"))
    names = ["query/count.sql", "query/plan.csv", "query/shard-0.sql", "query/shard-1.sql"]
    for name in [*names, "shards/shard-0.json", "shards/shard-1.json"]:
        path = study / "results" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}", encoding="utf-8")
    touched = snakemake(study, "--touch", "--forceall")
    assert touched.returncode == 0, touched.stderr
    assert planned(study) == {}
    edit(study, SHRUNK, lambda c: c["survey"].update(sdss={"release": 17}))
    assert planned(study) == all_but()(study)
    assert {"plan_query": 1, "fetch_shard": 2}.items() <= planned(study).items()


@pytest.mark.slow
def test_a_table_counts_by_content_and_not_by_time(study):
    """The finished study, passed off as one of a user's table: it is not read here."""
    table = study / "stars.csv"
    table.write_text("one\n", encoding="utf-8")
    edit(study, SHRUNK, lambda c: c["survey"].update(source="table", table={"path": "stars.csv"}))
    touched = snakemake(study, "--touch", "--forceall")
    assert touched.returncode == 0, touched.stderr
    table.touch()
    assert planned(study) == {}
    (study / "other.csv").write_text("two\n", encoding="utf-8")  # of the same size
    os.utime(study / "other.csv", (10**9, 10**9))
    (study / "other.csv").replace(table)
    assert planned(study) == all_but()(study)
    assert "import_table" in planned(study)


def test_threads_and_memory_rerun_nothing(study):
    resources = ("--set-threads", "cv_fold=2", "--set-resources", "cv_fold:mem_mb=4000")
    assert planned(study, *resources) == {}


def test_a_cluster_reruns_nothing_that_was_made_here(study):
    assert planned(study, "--workflow-profile", "profiles/slurm") == {}


def test_a_deleted_fold_comes_back_with_the_same_bytes(study):
    fold = study / "results/cv/fold-01"
    files = sorted(fold.iterdir())
    before = [path.read_bytes() for path in files]
    shutil.rmtree(fold)
    run = snakemake(study, "results/cv/fold-01/history.csv")
    assert run.returncode == 0, run.stderr
    assert [path.read_bytes() for path in files] == before


def test_a_changed_library_reruns_and_says_why(study):
    append(study, "scripts/stellar/survey/simulated/shard.py")
    run = snakemake(study, "results/stars.parquet", "--dry-run", "--quiet", "host")
    assert "scripts/stellar/survey/simulated/shard.py" in run.stdout + run.stderr


def test_results_that_gate_others_name_their_survey_and_no_place(study):
    names = ("labels.json", "tune/best_hyperparameters.json", "summary/pooled.json")
    for name in names:
        text = (study / "results" / name).read_text(encoding="utf-8")
        assert json.loads(text)["survey"] == "simulated"
        assert os.fspath(study) not in text
