"""make model: from the survey to models that classify, by the real DAG on few stars."""

import os
import re
import subprocess
import sys

import numpy as np
import onnxruntime
import pytest
from project import ROOT, copy_project, snakemake
from stellar import files
from stellar.classify.commands import Request, classify
from stellar.classify.model import load
from stellar.errors import UserError
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.sample.columns import columns_of


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
    whole = np.isfinite(np.column_stack(list(columns_of(given, list("ugriz")).values()))).all(
        axis=1
    )
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


@pytest.mark.parametrize(("rows", "threads"), [(100, 1), (333, 2)])
def test_batches_and_threads_change_no_bit(results, tmp_path, rows, threads):
    shard, models = str(results / "shards/shard-0.parquet"), results / "model"
    whole, parts = str(tmp_path / "whole.parquet"), str(tmp_path / "parts.parquet")
    classify(Request(shard, whole, models))
    classify(Request(shard, parts, models, rows=rows, threads=threads))
    assert files.read_table(parts).equals(files.read_table(whole))
