"""What a user has told Keras, XLA, linear algebra and the locale changes no byte."""

import json
import shutil

import pytest
from project import snakemake

KERAS = {"floatx": "float64", "epsilon": 0.01, "backend": "jax"}
VARIABLES = {
    "XLA_FLAGS": "--xla_cpu_enable_fast_math=true",
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "KERAS_BACKEND": "jax",
    "KERAS_MAX_EPOCHS": "1",
    "OMP_NUM_THREADS": "3",
    "OPENBLAS_CORETYPE": "Prescott",
    "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3",
}
BYTES = {"LC_ALL": "POSIX", "LANG": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.slow
def test_a_users_settings_change_no_byte(finished_study, tmp_path):
    study = shutil.copytree(finished_study, tmp_path / "study", symlinks=True)
    home = tmp_path / "home"
    (home / ".keras").mkdir(parents=True)
    (home / ".keras/keras.json").write_text(json.dumps(KERAS), encoding="utf-8")
    folders = ["first_network", "baseline/logistic_regression", "figures"]
    for name in folders:
        shutil.rmtree(study / "results" / name)
    targets = [
        "results/first_network/metrics.json",
        "results/baseline/logistic_regression/probabilities.parquet",
        "results/figures/sky.svg",
    ]
    run = snakemake(study, *targets, warm=False, HOME=str(home), **VARIABLES, **BYTES)
    assert run.returncode == 0, run.stderr[-3000:]
    # A test before may have left one more, as TensorFlow does when it is imported.
    said = next(line for line in run.stderr.splitlines() if "not used, since they could" in line)
    assert {*VARIABLES} - {"OMP_NUM_THREADS"} <= {*said.split(": ")[-1].split(", ")}
    for target in targets:
        assert (study / target).read_bytes() == (finished_study / target).read_bytes(), target
