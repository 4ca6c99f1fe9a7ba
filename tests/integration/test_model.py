"""make model: from the survey to models that classify, by the real DAG on few stars."""

import os
import re
import shutil
import subprocess
import sys

import classifying
import numpy as np
import onnxruntime
import pytest
import yaml
from made_models import save_malicious
from project import ROOT, SHRUNK, copy_project, planned, snakemake
from stellar import command, files
from stellar.classify import folder
from stellar.classify.commands import Request, classify
from stellar.classify.model import load
from stellar.classify.program import main
from stellar.errors import UserError
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.sample.columns import arrays_of
from stellar.workflow.run import merged


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("model") / "project")
    run = snakemake(folder, "model")
    assert run.returncode == 0, run.stderr[-3000:]
    return folder / "results"


def test_no_more_than_the_models_is_made(results):
    assert sorted(p.name for p in results.iterdir()) == ["benchmarks", "logs", "model", "shards"]


def test_onnx_gives_what_keras_gives(results):
    prepare_tensorflow()
    import keras

    model = keras.saving.load_model(results / "model/photometry/network.keras")
    rows = np.random.default_rng(0).normal(0, 2, (5000, model.input_shape[-1])).astype(np.float32)
    session = onnxruntime.InferenceSession(results / "model/photometry/network.onnx")
    (found,) = session.run(["probabilities"], {"features": rows})
    np.testing.assert_allclose(found, model.predict(rows, verbose=0), atol=1e-5)


def test_calibration_and_scores_are_of_stars_that_training_never_saw(results):
    model = load(results / "model/photometry")
    card = files.read_json(results / "model/photometry/card.json")
    labelled = files.read_json(results / "model/labels.json")["labelled"]
    counts = model.about["training_rows"], model.about["calibration_rows"], card["held_out"]["rows"]
    assert min(counts) > 0
    assert sum(counts) <= labelled
    assert card["training_data"]["simulated"] is True
    assert card["training_data"]["label"] == "subclass"


def test_the_survey_itself_is_typed(results, tmp_path):
    shard = results / "shards/shard-0.parquet"
    made = tmp_path / "typed.parquet"
    tally = classify(Request(str(shard), str(made), results / "model"))
    typed, given = files.read_table(made), files.read_table(shard)
    assert typed.select(given.column_names).equals(given)
    assert tally.rows == given.num_rows
    whole = np.isfinite(np.column_stack(list(arrays_of(given, list("ugriz")).values()))).all(axis=1)
    assert (typed["type"].is_valid().to_numpy() == whole).all()
    with pytest.raises(UserError, match="exists"):
        classify(Request(str(shard), str(made), results / "model"))


def test_the_installed_command_types_one_star(results):
    words = ["one", "19.8", "18.7", "18.3", "18.1", "18.0", "--model", str(results / "model")]
    run = subprocess.run(
        [sys.executable, "-m", "stellar.classify.program", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert re.match(r"[OBAFGKM], by the model subclass/photometry simulated \w{12}\n", run.stdout)


def test_a_keras_file_that_is_a_program_is_run_nowhere(results, tmp_path, capsys, monkeypatch):
    prepare_tensorflow()
    mark, shard = tmp_path / "mark", str(results / "shards/shard-0.parquet")
    evil, _ = map(str, save_malicious(tmp_path, mark))
    models = shutil.copytree(results / "model", tmp_path / "models")
    shutil.copy(evil, models / "photometry/network.keras")

    def refused(program, *words) -> str:
        with pytest.raises(SystemExit) as end:
            program(words)
        assert end.value.code == 1
        said = capsys.readouterr().err
        assert said.count("error: ") == 1
        assert "Traceback" not in said
        return said.splitlines()[-1]

    options = ("-o", str(tmp_path / "o.csv"), "--model")
    assert "keras has changed" in refused(main, "classify", shard, *options, str(models))
    assert "no model under" in refused(main, "classify", shard, *options, evil)
    mix = ("--mix", evil)
    assert "evil.keras" in refused(main, "classify", shard, *options, str(results / "model"), *mix)
    assert "a zip archive" in refused(main, "classify", evil, *options, str(results / "model"))
    folder.seal(models / "photometry")  # the command never reads it
    main(["classify", shard, *options, str(models)])
    monkeypatch.syspath_prepend(ROOT / "scripts")
    import evaluate_test

    monkeypatch.setattr("stellar.sample.split_files.load_split", lambda _: (None, "simulated"))
    words = ("--model", evil, "--test", evil, "--metrics", str(tmp_path / "metrics.json"))
    monkeypatch.setattr(sys, "argv", ["evaluate_test.py", *words])
    assert "holds a Lambda layer" in refused(lambda _: command.run(evaluate_test.main))
    assert not mark.exists()


@pytest.mark.parametrize(("rows", "threads"), [(100, 1), (333, 2)])
def test_batches_and_threads_change_no_bit(results, tmp_path, rows, threads):
    shard, models = str(results / "shards/shard-0.parquet"), results / "model"
    whole, parts = str(tmp_path / "whole.parquet"), str(tmp_path / "parts.parquet")
    classify(Request(shard, whole, models))
    classify(Request(shard, parts, models, rows=rows, threads=threads))
    assert files.read_table(parts).equals(files.read_table(whole))


# The rule `classify` ------------------------------------------------------------------------

MINE = "mine.yaml"


def configure(folder, **choices) -> None:
    """Write the configuration: the shrunk one, with tables to classify."""
    shrunk = yaml.safe_load((ROOT / SHRUNK).read_text(encoding="utf-8"))
    choices = {"classify": {"tables": ["nights/*"], **choices}}
    (folder / MINE).write_text(yaml.safe_dump(merged(shrunk, choices)), encoding="utf-8")


def to_do(folder) -> dict[str, int]:
    found = planned(folder, "classify", configfile=MINE)
    found.pop("classify", None)
    return found


def night(folder, name: str, first: int) -> None:
    """Write 50 stars of the survey as a table of five magnitudes."""
    stars = files.read_table(folder / "results/shards/shard-0.parquet").slice(first, 50)
    rows = zip(*(stars[band].to_pylist() for band in "ugriz"), strict=True)
    lines = ["u,g,r,i,z", *(",".join(map(str, row)) for row in rows)]
    (folder / "nights" / name).write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture(scope="module")
def survey(results, tmp_path_factory):
    """A project with models and three nights, all of them typed."""
    folder = tmp_path_factory.mktemp("survey") / "project"
    shutil.copytree(results.parent, folder, symlinks=True)
    (folder / "nights").mkdir()
    for number, name in enumerate(("one.csv", "two.csv", "three.tsv.txt")):
        night(folder, name, 50 * number)
    configure(folder)
    assert to_do(folder) == {"classify_table": 3}
    run = snakemake(folder, "classify", configfile=MINE)
    assert run.returncode == 0, run.stderr[-3000:]
    return folder


def test_each_table_is_typed_as_the_command_types_it(survey, tmp_path):
    made = survey / "results/classified"
    assert sorted(p.name for p in made.iterdir()) == [
        "one.parquet",
        "three.tsv.parquet",
        "two.parquet",
    ]
    source, typed = survey / "nights/two.csv", tmp_path / "two.parquet"
    classify(Request(str(source), str(typed), survey / "results/model"))
    assert (made / "two.parquet").read_bytes() == typed.read_bytes()
    log = (survey / "results/logs/classify_table/two.log").read_text(encoding="utf-8")
    assert "u is u: taken as mag" in log


def put_in_place_with_an_old_time(folder) -> None:
    night(folder, "one.csv", 200)
    os.utime(folder / "nights/one.csv", (10**9, 10**9))


def touch_everything(folder) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and ".snakemake" not in path.parts:
            path.touch()


def make_the_same_models_anew(folder) -> None:
    run = snakemake(folder, "model", "--forcerun", "train_model", configfile=MINE)
    assert run.returncode == 0, run.stderr[-3000:]


CHANGES = {
    "everything touched": (touch_everything, {}),
    "one table changed": (lambda f: night(f, "one.csv", 200), {"classify_table": 1}),
    "an older table put in place": (put_in_place_with_an_old_time, {"classify_table": 1}),
    "a table added": (lambda f: night(f, "four.csv", 150), {"classify_table": 1}),
    "a table taken away": (lambda f: (f / "nights/one.csv").unlink(), {}),
    "another mix": (lambda f: configure(f, mix="estimate"), {"classify_table": 3}),
    "another kind of output": (lambda f: configure(f, format="csv"), {"classify_table": 3}),
    "the same models made anew": (make_the_same_models_anew, {}),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_is_typed_again(survey, tmp_path, case):
    folder = shutil.copytree(survey, tmp_path / "copy", symlinks=True)
    change, expected = CHANGES[case]
    change(folder)
    assert to_do(folder) == expected


def test_other_models_type_all_tables_anew(survey, tmp_path):
    folder = shutil.copytree(survey, tmp_path / "copy", symlinks=True)
    text = (folder / MINE).read_text(encoding="utf-8")
    (folder / MINE).write_text(f"{text}\nmodel: {{outside: 0.01}}\n", encoding="utf-8")
    found = to_do(folder)
    assert found["classify_table"] == 3
    assert set(found) == {"classify_table", "train_model"}


def test_a_bad_table_is_one_sentence_and_the_others_are_typed(survey, tmp_path):
    folder = shutil.copytree(survey, tmp_path / "copy", symlinks=True)
    (folder / "nights/bad.csv").write_text("g,r,i,z\n18,17,16,16\n", encoding="utf-8")
    night(folder, "good.csv", 150)
    run = snakemake(folder, "classify", configfile=MINE)
    assert run.returncode != 0
    log = (folder / "results/logs/classify_table/bad.log").read_text(encoding="utf-8")
    assert "no column u, which every model needs; name yours under classify.columns" in log
    assert (folder / "results/classified/good.parquet").is_file()
    assert not (folder / "results/classified/bad.parquet").exists()
    end = run.stderr[run.stderr.index("nights/good.csv: 50 rows") :].splitlines()
    assert end[1].startswith(
        "failed: Type the stars of nights/bad.csv: nights/bad.csv: no column u"
    )
    assert end[3].startswith("1 of 3 jobs failed; put right what is said above")


def test_no_table_is_a_sentence_and_no_concern_of_other_targets(survey, tmp_path):
    folder = shutil.copytree(survey, tmp_path / "copy", symlinks=True)
    shutil.rmtree(folder / "nights")
    run = snakemake(folder, "classify", "--dry-run", configfile=MINE)
    assert run.returncode != 0
    assert "classify.tables: there is no file nights/*; correct its path" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr
    assert planned(folder, "model", configfile=MINE) == {}


@pytest.mark.slow
def test_the_measurement_of_docs_performance_runs(results, tmp_path):
    out = tmp_path / "classifying.json"
    options = ["--rows", "400", "--repeats", "1", "--shard", "600", "--model"]
    classifying.main([*options, str(results / "model"), "--json", str(out)])
    rows = files.read_json(out)
    assert [(row["rows"], row["by"]) for row in rows] == [
        *((size, by) for size in (1, 400) for by in ("command", "script")),
        *((size, "command") for size in (1, 400)),
    ]
    assert all(row["s"] > 0 and row["mb"] > 20 for row in rows)
    assert rows[3]["equal"] == 1
