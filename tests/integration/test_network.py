"""The network and its trainer, with TensorFlow."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from project import ROOT, environment
from stellar.network import Network, build, prepare_tensorflow, summary

prepare_tensorflow()

import keras  # noqa: E402
from stellar import tuning  # noqa: E402
from stellar.errors import UserError  # noqa: E402
from stellar.samples import Rows  # noqa: E402
from stellar.training import (  # noqa: E402
    Diverged,
    HashedDropout,
    Trainer,
    Trainers,
    save_model,
    validation_scores,
)

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text())
FIRST = Network.from_json(CONFIG["first_network"])
SMALL = replace(FIRST, dropout=0.0, batch=32, epochs=3)


def rows(n: int, n_features: int = 16, seed: int = 0) -> Rows:
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, n_features)).astype(np.float32)
    weights = np.random.default_rng(99).normal(size=(n_features, 7))
    labels = (x @ weights + 0.5 * random.normal(size=(n, 7))).argmax(axis=1)
    return Rows(x, labels.astype(np.int8))


def test_the_studys_first_network_has_1047_parameters():
    model = build(FIRST, 16, seed=1)
    assert model.count_params() == FIRST.parameters(16) == 1047
    assert [layer["parameters"] for layer in summary(model)] == [272, 0, 544, 0, 231]
    assert FIRST.name == "16-32-7"


@pytest.mark.parametrize("n_rows", [320, 333], ids=["whole batches", "a partial last batch"])
@pytest.mark.parametrize("loss", ["crossentropy", "mse"])
@pytest.mark.parametrize("l2", [0.0, 0.01])
def test_an_epoch_gives_the_weights_that_fit_gives(n_rows, loss, l2):
    network = replace(SMALL, loss=loss, l2=l2)
    train = rows(n_rows)
    trainer = Trainer(network, 16, n_rows)
    ours = trainer.fit(train, seed=5, epochs=1)

    # The same rows in the same order through Keras's own fit.
    order = np.random.default_rng(5).permutation(n_rows)
    model = build(network, 16, seed=5)
    model.compile(
        keras.optimizers.Adam(network.learning_rate),
        {"crossentropy": "categorical_crossentropy", "mse": "mse"}[loss],
    )
    history = model.fit(
        train.features[order],
        np.eye(7, dtype=np.float32)[train.labels[order]],
        batch_size=network.batch,
        shuffle=False,
        verbose=0,
    )
    for mine, stock in zip(ours.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, stock, atol=1e-5)
    assert ours.history[0]["loss"] == pytest.approx(history.history["loss"][0], rel=1e-4)


def test_hashed_dropout_drops_the_right_share_and_keeps_the_mean():
    layer = HashedDropout(0.3, seed=4)
    ones = np.ones((500, 64), np.float32)
    first, second = (layer(ones, training=True).numpy() for _ in range(2))
    assert (first == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert first.mean() == pytest.approx(1, abs=0.02)
    assert np.abs((first == 0).mean(axis=0) - 0.3).max() < 0.1  # no unit is favoured
    assert np.corrcoef(first.ravel(), second.ravel())[0, 1] == pytest.approx(0, abs=0.02)
    np.testing.assert_array_equal(layer(ones, training=False), ones)


def test_the_same_seed_gives_the_same_bytes_alone_or_after_others():
    network = replace(FIRST, epochs=2)
    train, validation = rows(500), rows(100, seed=1)
    alone = Trainer(network, 16, 600).fit(train, 3, validation)
    trainer = Trainer(network, 16, 600)
    trainer.fit(rows(580, seed=7), 1)
    after = trainer.fit(train, 3, validation)
    for a, b in zip(alone.weights, after.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert alone.history == after.history
    other = trainer.fit(train, 4, validation)
    assert any((a != b).any() for a, b in zip(after.weights, other.weights, strict=True))


def test_early_stopping_keeps_the_best_weights():
    network = replace(SMALL, learning_rate=0.05, epochs=60, patience=3)
    train, validation = rows(200), rows(300, seed=1)
    trainer = Trainer(network, 16, 200)
    fit = trainer.fit(train, 0, validation)
    losses = [row["val_log_loss"] for row in fit.history]
    assert len(losses) < 60
    assert fit.best_epoch == int(np.argmin(losses)) + 1
    assert len(losses) == fit.best_epoch + 3
    probabilities = trainer.predict(fit.weights, validation.features)
    scores = validation_scores(probabilities, validation.labels)
    assert scores["val_log_loss"] == pytest.approx(min(losses), rel=1e-6)


def test_diverged_training_is_an_error_and_no_class_o():
    network = replace(SMALL, learning_rate=1e30)
    with pytest.raises(Diverged, match="lower its learning_rate"):
        Trainer(network, 16, 300).fit(rows(300), 0)


def test_the_saved_model_loads_with_stock_keras(tmp_path):
    trainer = Trainer(FIRST, 16, 300)
    fit = trainer.fit(rows(300), 0, epochs=1)
    path = tmp_path / "model.keras"
    save_model(path, trainer.export(fit.weights))
    assert [p.name for p in tmp_path.iterdir()] == ["model.keras"]
    code = (
        "import keras, numpy as np, sys\n"
        "model = keras.models.load_model(sys.argv[1])\n"
        "np.save(sys.argv[2], model.predict(np.ones((3, 16), 'float32'), verbose=0))"
    )
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(path), str(tmp_path / "p.npy")],
        check=True,
        capture_output=True,
    )
    ours = trainer.predict(fit.weights, np.ones((3, 16), np.float32))
    np.testing.assert_allclose(np.load(tmp_path / "p.npy"), ours, atol=1e-6)


def test_prediction_in_pieces_is_prediction_at_once(monkeypatch):
    trainer = Trainer(SMALL, 16, 300)
    fit = trainer.fit(rows(300), 0, epochs=1)
    x = rows(1000).features
    whole = trainer.predict(fit.weights, x)
    monkeypatch.setattr("stellar.training.PREDICT_ROWS", 77)
    np.testing.assert_allclose(trainer.predict(fit.weights, x), whole, atol=1e-6)
    assert trainer.predict(fit.weights, x[:0]).shape == (0, 7)


# Tuning -------------------------------------------------------------------------------------

SPACE = {
    "layers": {"min": 1, "max": 2},
    "units": {"min": 4, "max": 8, "step": 4},
    "dropout": {"min": 0.0, "max": 0.6, "step": 0.2},
    "learning_rate": {"min": 0.001, "max": 0.1, "sampling": "log"},
    "activation": {"values": ["relu", "tanh"]},
    "batch": {"values": [64, 128]},
}


def search(state: Path, algorithm: str, trials: int = 3) -> tuning.StellarTuner:
    settings = {
        "algorithm": algorithm,
        "objective": "val_log_loss",
        "trials": trials,
        "executions": 1,
        "space": SPACE,
    }
    return tuning.search(settings, SMALL, rows(400), rows(100, seed=1), 7, state)


@pytest.mark.parametrize("algorithm", ["random", "bayesian", "hyperband"])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_each_algorithm_searches_the_whole_space(tmp_path, algorithm):
    tuner = search(tmp_path / "state", algorithm)
    found = tuning.trial_rows(tuner)
    assert all(row["status"] == "COMPLETED" for row in found)
    losses = [row["val_log_loss"] for row in found]
    assert losses == sorted(losses)
    best = tuning.network_of(tuner.get_best_hyperparameters()[0].values, SMALL)
    assert set(best.hidden) <= {4, 8}
    assert best.dropout in (0.0, 0.2, 0.4, 0.6)
    assert 0.001 <= best.learning_rate <= 0.1
    assert best.epochs == SMALL.epochs


def test_a_search_that_only_diverges_ends_in_a_sentence(tmp_path):
    settings = {
        "algorithm": "random",
        "objective": "val_log_loss",
        "trials": 8,
        "executions": 1,
        "space": {"learning_rate": {"min": 1e30, "max": 1e31, "sampling": "log"}},
    }
    with pytest.raises(UserError, match="lower learning_rate"):
        tuning.search(settings, SMALL, rows(200), rows(50), 7, tmp_path / "state")


def test_the_same_seed_gives_the_same_trials(tmp_path):
    first, second = (tuning.trial_rows(search(tmp_path / n, "random")) for n in "ab")
    assert first == second


def test_of_equal_scores_the_earliest_trial_is_best(tmp_path):
    tuner = search(tmp_path / "state", "random")
    trials = tuner.oracle.trials
    for trial in trials.values():
        trial.metrics, trial.score = trials["2"].metrics, trials["2"].score
    tuner.oracle.trials = dict(reversed(trials.items()))
    found = tuning.trial_rows(tuner)
    assert [row["trial"] for row in found] == ["0", "1", "2"]
    first = tuning.network_of(trials["0"].hyperparameters.values, SMALL)
    assert tuning.best_network(tuner, found) == first


def test_a_search_without_one_good_trial_has_no_best_network(tmp_path):
    tuner = search(tmp_path / "state", "random", trials=1)
    found = tuning.trial_rows(tuner)
    found[0]["status"] = "FAILED"
    for rows_ in ([], found):
        with pytest.raises(UserError, match="lower learning_rate"):
            tuning.best_network(tuner, rows_)


def test_a_trial_cut_off_at_its_very_beginning_begins_anew(tmp_path):
    """A kill between the two files that Keras Tuner writes of a new trial."""
    search(tmp_path / "cut", "random", trials=2)
    left = tmp_path / "cut/trial_2/trial.json"
    left.parent.mkdir()
    text = (tmp_path / "cut/trial_1/trial.json").read_text()
    left.write_text(text.replace("COMPLETED", "RUNNING").replace('"1"', '"2"'))
    again = tuning.trial_rows(search(tmp_path / "cut", "random"))
    assert again == tuning.trial_rows(search(tmp_path / "whole", "random"))


def test_trainers_are_shared_by_networks_of_one_graph():
    trainers = Trainers(16, 300)
    one = trainers.get(SMALL)
    assert trainers.get(replace(SMALL, learning_rate=0.5, epochs=9)) is one
    assert trainers.get(replace(SMALL, hidden=(8,))) is not one


def test_a_killed_search_goes_on_where_it_was(finished_study, tmp_path):
    """SIGKILL in the middle of the search; the same command again ends with the same trials."""
    splits = finished_study / "results/splits"
    config = {**CONFIG["tuning"], "trials": 6, "executions": 2}
    network = {**CONFIG["network"], "epochs": 6}

    def command(folder: Path) -> list[str]:
        import json

        return [
            sys.executable,
            str(ROOT / "scripts/tune.py"),
            "--config",
            json.dumps({"seed": 18, "network": network, "tuning": config}),
            *("--train", str(splits / "train.parquet")),
            *("--validation", str(splits / "validation.parquet")),
            *("--state", str(folder / "state"), "--best", str(folder / "best.json")),
            *("--trials", str(folder / "trials.csv")),
        ]

    run = subprocess.run(
        command(tmp_path / "whole"), env=environment(), check=False, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr

    killed = tmp_path / "killed"
    process = subprocess.Popen(
        command(killed), env=environment(), stderr=subprocess.PIPE, text=True
    )
    finished = 0
    for line in process.stderr:
        finished += "trial " in line
        if finished == 3:
            os.kill(process.pid, signal.SIGKILL)
            break
    process.wait()
    process.stderr.close()
    assert not (killed / "best.json").exists()
    again = subprocess.run(
        command(killed), env=environment(), check=False, capture_output=True, text=True
    )
    assert again.returncode == 0, again.stderr
    assert "going on with a search of" in again.stderr
    assert again.stderr.count("trial ") <= 4  # three were finished, at most one is lost
    # Another configuration is another search: nothing old is taken up.
    config["executions"] = 1
    other = subprocess.run(
        command(killed), env=environment(), check=False, capture_output=True, text=True
    )
    assert other.returncode == 0, other.stderr
    assert "going on" not in other.stderr
    assert other.stderr.count("trial ") == 6
    config["executions"] = 2
    assert subprocess.run(command(killed), check=False, capture_output=True).returncode == 0
    for name in ("best.json", "trials.csv"):
        assert (killed / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
