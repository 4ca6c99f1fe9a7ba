"""Whole pieces of work against stock Keras: prediction, tuning, folds, more rows, accuracy.

python tests/bench/work.py [predict tuning folds rows accuracy]

Each piece is timed in processes of its own, one after another; ratios are of one run. Folds run
through Snakemake on two cores, as users run them. docs/performance.md shows the table.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from project import ROOT, copy_project, environment, warm_environment
from stellar import files
from stellar.learning.network import Network, build
from stellar.learning.tensorflow_setup import prepare_tensorflow
from training import N_FEATURES, VALIDATION_ROWS, network, random_rows

STARS = 100_000
FOLDS = 20
WITHOUT_ELODIE = ["photometry", "dereddened", "redshift", "sspp"]
ONE_HOT = np.eye(7, dtype=np.float32)


def measured(
    command: list[str], folder: Path = ROOT, env: dict[str, str] | None = None
) -> tuple[float, float, str]:
    """Wall and CPU seconds of a command with its children, and what it printed."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run = subprocess.run(
        command,
        cwd=folder,
        env=env or environment(),
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode:
        raise RuntimeError(run.stderr[-3000:])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, run.stdout


def part(name: str, *arguments: str) -> tuple[float, float, str]:
    """A function of this file's `PARTS` in a process of its own, measured."""
    return measured([sys.executable, "-W", "ignore", __file__, "--part", name, *arguments])


def line(work: str, ours: str, peer: str, ratio: str) -> None:
    print(f"| {work} | {ours} | {peer} | {ratio} |", flush=True)


# Prediction ---------------------------------------------------------------------------------


def predict() -> None:
    """Probabilities for a million stars against `model.predict`."""
    prepare_tensorflow()
    from stellar.learning.models import Predictor

    x = random_rows(1_000_000, 0).values
    model = build(network(128, 0.2), N_FEATURES, 0)
    ours = Predictor(model)
    seconds = {}
    for name, call in {"ours": ours, "stock": lambda x: model.predict(x, verbose=0)}.items():
        call(x[:100_000])  # warm-up
        start = time.perf_counter()
        found = call(x)
        seconds[name] = time.perf_counter() - start
        assert found.shape == (1_000_000, 7)
    ratio = seconds["stock"] / seconds["ours"]
    ours_s, stock_s = f"{seconds['ours']:.2f} s", f"{seconds['stock']:.1f} s"
    line("probabilities of 1,000,000 stars", ours_s, f"model.predict: {stock_s}", f"{ratio:.0f}×")


# Tuning -------------------------------------------------------------------------------------


def stock_tuning(trials: str, epochs: str) -> None:
    """Keras Tuner as its guide shows it: trials of one execution, batch 128."""
    import keras
    import keras_tuner

    train, validation = random_rows(51_886, 0), random_rows(VALIDATION_ROWS, 1)

    def model(hp: keras_tuner.HyperParameters) -> keras.Model:
        layers = [keras.Input((N_FEATURES,))]
        for number in range(hp.Int("layers", 2, 4)):
            units = hp.Int(f"units_{number}", 16, 64, step=16)
            layers.append(keras.layers.Dense(units, "relu"))
            layers.append(keras.layers.Dropout(hp.Float("dropout", 0.0, 0.6, step=0.2)))
        layers.append(keras.layers.Dense(7, "softmax"))
        made = keras.Sequential(layers)
        rate = hp.Choice("learning_rate", [1e-2, 1e-3, 1e-4])
        made.compile(keras.optimizers.Adam(rate), "categorical_crossentropy", metrics=["accuracy"])
        return made

    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.RandomSearch(
            model,
            "val_loss",
            max_trials=int(trials),
            seed=18,
            directory=folder,
            project_name="search",
        )
        tuner.search(
            train.values,
            ONE_HOT[train.labels],
            validation_data=(validation.values, ONE_HOT[validation.labels]),
            batch_size=128,
            epochs=int(epochs),
            verbose=0,
        )
        done = [trial.status for trial in tuner.oracle.trials.values()]
        assert done == ["COMPLETED"] * int(trials)


def tuning() -> None:
    """The default search against the stock loop, extrapolated from three short searches.

    Medians of three runs of each: what a search, a fit and an epoch cost.
    """
    import pyarrow as pa

    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    net = {**config["network"], "patience": None, "epochs": 50, "steps": 0, "batch": 128}
    search = {**config["tuning"], "trials": 40, "executions": 3}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for split, n_rows in (("train", 51_886), ("validation", VALIDATION_ROWS)):
            rows = random_rows(n_rows, len(split))
            columns = {"specObjID": np.arange(n_rows, dtype=np.uint64)}
            columns |= {f"x{n}": rows.values[:, n] for n in range(N_FEATURES)}
            columns |= {f"is_{c}": (rows.labels == n) for n, c in enumerate("OBAFGKM")}
            table = pa.table(
                {k: v.astype(np.uint8) if v.dtype == bool else v for k, v in columns.items()}
            )
            files.write_table(
                folder / f"{split}.parquet", table.replace_schema_metadata({"survey": "bench"})
            )
        wall, cpu, _ = measured(
            [
                *(sys.executable, "scripts/tune.py", "--config"),
                json.dumps({"seed": 18, "network": net, "tuning": search}),
                *("--train", str(folder / "train.parquet")),
                *("--validation", str(folder / "validation.parquet")),
                *("--best", str(folder / "best.json")),
                *("--trials", str(folder / "trials.csv")),
            ]
        )
    sizes = ((2, 3), (2, 13), (6, 3))  # trials, epochs
    runs = [[part("stock_tuning", *map(str, size))[1] for size in sizes] for _ in range(3)]
    few, more_epochs, more_trials = np.median(runs, axis=0)
    epoch = (more_epochs - few) / 20
    fit = (more_trials - few) / 4 - 3 * epoch
    stock = few + (120 - 2) * fit + (120 * 50 - 2 * 3) * epoch
    line(
        "tuning, 40 trials × 3 × 50 epochs, batch 128",
        f"{cpu:.0f} s of CPU ({wall:.0f} s)",
        f"stock Keras Tuner loop: {stock:.0f} s of CPU (extrapolated: {fit:.1f} s a fit, "
        f"{epoch:.2f} s an epoch)",
        f"{stock / cpu:.0f}×",
    )


# Folds --------------------------------------------------------------------------------------


def study(folder: Path) -> tuple[Path, Network]:
    """A copy of the project with its survey, folds and a given network, ready for the folds."""
    copy_project(folder)
    config = {"survey": {"n_stars": STARS, "shards": 2}}
    (folder / "mine.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    targets = ["results/sample.parquet"]
    measured([*SNAKEMAKE, *targets, "--configfile", "mine.yaml"], folder)
    net = replace(network(300, 0.2), epochs=20)
    files.write_json(folder / "results/tune/best_hyperparameters.json", {"network": net.to_json()})
    return folder, net


SNAKEMAKE = [sys.executable, "-m", "snakemake", "--cores", "2"]


def stock_fit(
    net: Network, seed: int, x: np.ndarray, y: np.ndarray, held_out: np.ndarray
) -> np.ndarray:
    """Held-out probabilities of Keras's own fit."""
    import keras

    keras.utils.set_random_seed(seed)
    model = build(net, x.shape[1], seed)
    model.compile(keras.optimizers.Adam(net.learning_rate), "categorical_crossentropy")
    model.fit(x, ONE_HOT[y], batch_size=net.batch, epochs=net.epochs, verbose=0)
    return model.predict(held_out, verbose=0)


def stock_folds(folder: str) -> None:
    """All folds in turn by Keras's own fit and predict."""
    from stellar.crossvalidation.protocol import Protocol
    from stellar.crossvalidation.rounds import run_rounds
    from stellar.sample.arrays import load_sample
    from stellar.sample.features import resolve

    results = Path(folder) / "results"
    net = Network.from_json(files.read_json(results / "tune/best_hyperparameters.json")["network"])
    sample = load_sample(results / "sample.parquet", "elodie", resolve("study")).labelled()

    def learn(train, _beside, seed, others):
        return [stock_fit(net, seed, train.values, train.labels, other) for other in others]

    protocol = Protocol.study(FOLDS, stops_early=False)
    run_rounds(sample, protocol, lambda _: learn, 0, lambda _: None)


def folds() -> None:
    """Twenty folds on two cores, jobs forked as by `make study`: as twenty jobs, packed in two."""
    with tempfile.TemporaryDirectory() as name:
        folder, _ = study(Path(name))
        stock_wall, stock_cpu, _ = part("stock_folds", str(folder))
        for per_job, what in ((1, "20 jobs"), (10, "2 jobs of 10 folds")):
            config = yaml.safe_load((folder / "mine.yaml").read_text(encoding="utf-8"))
            config["cv"] = {"folds": FOLDS, "folds_per_job": per_job}
            (folder / "mine.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
            for old in folder.glob("results/cv/*/*"):
                old.unlink()
            rules = [
                "cross_validation",
                "cv_fold",
                *(f"cv_fold_{n:02d}" for n in range(0, FOLDS, per_job)),
            ]
            rules = rules[:2] if per_job == 1 else [rules[0], *rules[2:]]
            env = warm_environment()  # which is started once
            wall, _, _ = measured(
                [
                    *SNAKEMAKE,
                    "cross_validation",
                    "--allowed-rules",
                    *rules,
                    "--configfile",
                    "mine.yaml",
                ],
                folder,
                env,
            )
            assert len(list(folder.glob("results/cv/*/probabilities.parquet"))) == FOLDS
            line(
                f"20 folds, 20 epochs, batch 300, as {what}",
                f"{wall:.1f} s",
                f"one stock process: {stock_wall:.1f} s ({stock_cpu:.0f} s of CPU)",
                f"{stock_wall / wall:.1f}×",
            )


# Rows ---------------------------------------------------------------------------------------


def train_rows(n_rows: str) -> None:
    """Ten epochs on so many rows; prints nanoseconds a row and the process's peak memory in MB."""
    prepare_tensorflow()
    from stellar.learning.training import trainer_of

    train, validation = random_rows(int(n_rows), 0), random_rows(int(n_rows) // 5, 1)
    trainer = trainer_of(replace(network(300, 0.2), epochs=10), N_FEATURES, int(n_rows))
    trainer.fit(train, 0, validation, epochs=1)
    start = time.perf_counter()
    trainer.fit(train, 0, validation)
    seconds = time.perf_counter() - start
    # Not ru_maxrss, which a child begins with its parent's.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1000
    print(seconds / 10 / int(n_rows) * 1e9, peak)


def rows() -> None:
    """Time a row and peak memory from a hundred thousand to a million training rows."""
    found = {}
    for n_rows in (100_000, 300_000, 1_000_000):
        found[n_rows] = [float(word) for word in part("train_rows", str(n_rows))[2].split()]
        nanoseconds, peak = found[n_rows]
        line(
            f"{n_rows:,} training rows, batch 300, a fifth of them for validation",
            f"{nanoseconds:.0f} ns a row and epoch, {peak:.0f} MB",
            "100,000 rows",
            f"{nanoseconds / found[100_000][0]:.2f}",
        )


# Accuracy -----------------------------------------------------------------------------------


def accuracy() -> None:
    """Fold scores over five seeds against stock fit."""
    prepare_tensorflow()
    from stellar.crossvalidation.predictions import most_probable
    from stellar.crossvalidation.protocol import Protocol
    from stellar.crossvalidation.rounds import run_round
    from stellar.evaluation import metrics
    from stellar.learning.training import trainer_of
    from stellar.sample.arrays import load_sample
    from stellar.sample.features import resolve

    with tempfile.TemporaryDirectory() as name:
        folder, net = study(Path(name))
        results = folder / "results"
        sample = load_sample(
            results / "sample.parquet", "elodie", resolve(WITHOUT_ELODIE)
        ).labelled()
    trainer = trainer_of(net, len(sample.feature_names), len(sample.labels))

    def ours(train, _beside, seed, others):
        fit = trainer.fit(train, seed)
        return [trainer.predict([fit], other) for other in others]

    def stock(train, _beside, seed, others):
        return [stock_fit(net, seed, train.values, train.labels, other) for other in others]

    protocol = Protocol.study(FOLDS, stops_early=False)

    scores: dict[str, dict[str, list[float]]] = {}
    for method, learn in {"ours": ours, "stock": stock}.items():
        scores[method] = {"accuracy": [], "f1_macro": []}
        for seed in range(5):
            truth, predicted = [], []
            for fold in range(4):
                result = run_round(sample, protocol, fold, learn, seed - fold)
                truth.append(sample.labels[result.rows])
                predicted.append(most_probable(result.probabilities))
            found = metrics.scores(np.concatenate(truth), np.concatenate(predicted))
            for score in scores[method]:
                scores[method][score].append(found[score])
    for score in ("accuracy", "f1_macro"):
        a, b = (np.array(scores[m][score]) * 100 for m in ("ours", "stock"))
        line(
            f"{score} of four folds, features of variant `without_elodie`, five seeds",
            f"{a.mean():.2f} ± {a.std(ddof=1):.2f} %",
            f"stock fit: {b.mean():.2f} ± {b.std(ddof=1):.2f} %",
            f"difference {a.mean() - b.mean():+.2f}",
        )


WORK: dict[str, Callable[[], None]] = {
    "predict": predict,
    "tuning": tuning,
    "folds": folds,
    "rows": rows,
    "accuracy": accuracy,
}
PARTS: dict[str, Callable[..., None]] = {
    "stock_tuning": stock_tuning,
    "stock_folds": stock_folds,
    "train_rows": train_rows,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("work", nargs="*", choices=[[], *WORK], metavar="work")
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if args.part:
        PARTS[args.part[0]](*args.part[1:])
        return
    print("| work | ours | peer | ratio |\n|---|---|---|---|")
    for name in args.work or WORK:
        WORK[name]()


if __name__ == "__main__":
    main()
