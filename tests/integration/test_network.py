"""The network and the search for its hyperparameters, with TensorFlow."""

import copy
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import tune
import yaml
from made_rows import rows
from project import ROOT, environment
from stellar.command import call
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

from stellar.errors import UserError  # noqa: E402
from stellar.learning import tuning  # noqa: E402

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
FIRST = Network.from_json(CONFIG["first_network"])
SMALL = replace(FIRST, dropout=0.0, batch=32, epochs=3)


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
    return tuning.Search(settings, SMALL, rows(400), rows(100, seed=1), 7).run(state)


@pytest.fixture(scope="module")
def tuner(tmp_path_factory) -> tuning.StellarTuner:
    """A random search that has ended; not to be changed."""
    return search(tmp_path_factory.mktemp("random") / "state", "random")


def assert_searched_the_space(tuner: tuning.StellarTuner) -> None:
    found = tuning.trial_table(tuner)
    assert all(row["status"] == "COMPLETED" for row in found)
    losses = [row["val_log_loss"] for row in found]
    assert losses == sorted(losses)
    best = tuning.network_of(tuner.get_best_hyperparameters()[0].values, SMALL)
    assert set(best.hidden) <= {4, 8}
    assert best.dropout in (0.0, 0.2, 0.4, 0.6)
    assert 0.001 <= best.learning_rate <= 0.1
    assert best.epochs == SMALL.epochs


def test_a_random_search_searches_the_whole_space(tuner):
    assert_searched_the_space(tuner)


@pytest.mark.parametrize("algorithm", ["bayesian", "hyperband"])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_each_other_algorithm_searches_the_whole_space(tmp_path, algorithm):
    assert_searched_the_space(search(tmp_path / "state", algorithm))


def test_a_search_that_only_diverges_ends_in_a_sentence(tmp_path):
    settings = {
        "algorithm": "random",
        "objective": "val_log_loss",
        "trials": 8,
        "executions": 1,
        "space": {"learning_rate": {"min": 1e30, "max": 1e31, "sampling": "log"}},
    }
    with pytest.raises(UserError, match="lower learning_rate"):
        tuning.Search(settings, SMALL, rows(200), rows(50), 7).run(tmp_path / "state")


def test_the_same_seed_gives_the_same_trials(tuner, tmp_path):
    assert tuning.trial_table(search(tmp_path / "again", "random")) == tuning.trial_table(tuner)


def test_of_equal_scores_the_earliest_trial_is_best(tuner, monkeypatch):
    trials = copy.deepcopy(tuner.oracle.trials)
    for trial in trials.values():
        trial.metrics, trial.score = trials["2"].metrics, trials["2"].score
    monkeypatch.setattr(tuner.oracle, "trials", dict(reversed(trials.items())))
    found = tuning.trial_table(tuner)
    assert [row["trial"] for row in found] == ["0", "1", "2"]
    first = tuning.network_of(trials["0"].hyperparameters.values, SMALL)
    assert tuning.best_network(tuner, found) == first


def test_a_search_without_one_good_trial_has_no_best_network(tuner):
    found = [{**row, "status": "FAILED"} for row in tuning.trial_table(tuner)]
    for rows_ in ([], found):
        with pytest.raises(UserError, match="lower learning_rate"):
            tuning.best_network(tuner, rows_)


def test_a_trial_cut_off_at_its_very_beginning_begins_anew(tuner, tmp_path):
    """A kill between the two files that Keras Tuner writes of a new trial."""
    search(tmp_path / "cut", "random", trials=2)
    left = tmp_path / "cut/trial_2/trial.json"
    left.parent.mkdir()
    text = (tmp_path / "cut/trial_1/trial.json").read_text(encoding="utf-8")
    left.write_text(text.replace("COMPLETED", "RUNNING").replace('"1"', '"2"'), encoding="utf-8")
    assert tuning.trial_table(search(tmp_path / "cut", "random")) == tuning.trial_table(tuner)


@pytest.mark.slow
def test_a_killed_search_goes_on_where_it_was(finished_study, tmp_path):
    """SIGKILL in the middle of the search; the same command again ends with the same trials."""
    splits = finished_study / "results/splits"
    network = {**CONFIG["network"], "epochs": 3, "steps": 0}

    def arguments(folder: Path, **changes: int) -> list[str]:
        settings = {**CONFIG["tuning"], "trials": 4, "executions": 2, **changes}
        return [
            *("--config", json.dumps({"seed": 18, "network": network, "tuning": settings})),
            *("--train", str(splits / "train.parquet")),
            *("--validation", str(splits / "validation.parquet")),
            *("--best", str(folder / "best.json")),
            *("--trials", str(folder / "trials.csv")),
        ]

    def started(folder: Path, **changes: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(ROOT / "scripts/tune.py"), *arguments(folder, **changes)],
            env=environment(),
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    call(tune.main, arguments(tmp_path / "whole"))
    killed = tmp_path / "killed"
    with started(killed) as process:
        finished = 0
        for line in process.stderr:
            finished += "trial " in line
            if finished == 2:
                process.kill()
                break
    assert not (killed / "best.json").exists()
    # Another configuration is another search: nothing old is taken up, and nothing old is lost.
    with started(killed, executions=1, trials=2) as other:
        said = other.communicate()[1]
    assert other.returncode == 0, said
    assert "going on" not in said
    assert said.count("trial ") == 2
    with started(killed) as again:
        said = again.communicate()[1]
    assert again.returncode == 0, said
    assert "going on with a search of" in said
    assert said.count("trial ") <= 3  # two were finished, at most one is lost
    for name in ("best.json", "trials.csv"):
        assert (killed / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
