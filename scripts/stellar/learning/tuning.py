"""Search for hyperparameters with Keras Tuner, on the compiled trainer.

The search space is plain configuration; trials are kept by Keras Tuner after each one, so an
interrupted search goes on where it was. Scores come from validation rows alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras_tuner
import numpy as np
from keras_tuner.engine.base_tuner import BaseTuner

from stellar import files
from stellar.errors import UserError
from stellar.learning.network import Network
from stellar.learning.training import Diverged, Fit, Trainer, Trainers
from stellar.sample.arrays import Rows

log = logging.getLogger("stellar")

_GAVE_UP = (
    "tuning gave up: training diverged in trial after trial; lower learning_rate in tuning.space"
)
_WHOLE = ("layers", "units", "batch", "epochs", "steps", "patience")


def declare(space: Mapping[str, Mapping[str, Any]]) -> keras_tuner.HyperParameters:
    """Keras Tuner's search space from the configuration's.

    `layers` and `units` become one width per layer, active only where the layer exists. What is
    null is not searched.
    """
    space = {name: choice for name, choice in space.items() if choice}
    parameters = keras_tuner.HyperParameters()
    for name in sorted(space, key=lambda n: (n != "layers", n)):
        if name == "units":
            _declare_widths(parameters, space["layers"], space["units"])
        else:
            _declare_one(parameters, name, space[name], whole=name in _WHOLE)
    return parameters


def _declare_one(
    parameters: keras_tuner.HyperParameters, name: str, choice: Mapping[str, Any], whole: bool
) -> None:
    if choice.get("values"):
        values = choice["values"]
        if not whole and not any(isinstance(value, str) for value in values):
            values = [float(value) for value in values]
        parameters.Choice(name, values)
        return
    sampling = choice.get("sampling") or "linear"
    if whole:
        step = choice.get("step") or (1 if sampling == "linear" else None)
        parameters.Int(name, int(choice["min"]), int(choice["max"]), step, sampling)
    else:
        parameters.Float(
            name, float(choice["min"]), float(choice["max"]), choice.get("step"), sampling
        )


def _declare_widths(
    parameters: keras_tuner.HyperParameters, layers: Mapping[str, Any], units: Mapping[str, Any]
) -> None:
    depths = sorted(layers.get("values") or range(int(layers["min"]), int(layers["max"]) + 1))
    for number in range(1, depths[-1] + 1):
        with parameters.conditional_scope("layers", [d for d in depths if d >= number]):
            _declare_one(parameters, f"units_{number}", units, whole=True)


def network_of(values: Mapping[str, Any], base: Network) -> Network:
    """The network that a trial's values describe; what they leave out is `base`'s."""
    chosen = {k: v for k, v in values.items() if k in base.to_json()}
    for name, value in chosen.items():
        if isinstance(value, float):
            chosen[name] = float(f"{value:.10g}")  # .6 and not .6000000000000001
    if "layers" in values:
        chosen["hidden"] = [values[f"units_{n}"] for n in range(1, values["layers"] + 1)]
    return Network.from_json({**base.to_json(), **chosen})


class Durable(keras_tuner.Oracle):
    """What an oracle needs so that it can be killed at any moment, and asked by several workers."""

    trials: dict[str, keras_tuner.engine.trial.Trial]
    stopped = False

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """The next trial's values; once there is none for one worker, there is none for any."""
        answer = {"status": "STOPPED"} if self.stopped else super().populate_space(trial_id)
        self.stopped = answer["status"] == "STOPPED"
        return answer

    def save(self) -> None:
        """Write the state, whole or not at all."""
        files.write_text(self._get_oracle_fname(), json.dumps(self.get_state()))

    def _save_trial(self, trial: keras_tuner.engine.trial.Trial) -> None:
        path = Path(self._get_trial_dir(trial.trial_id)) / "trial.json"
        files.write_text(path, json.dumps(trial.get_state()))

    def reload(self) -> None:
        """Read the state; trials stand in the order in which they began."""
        super().reload()
        # A trial's file comes before the oracle's: a kill between them leaves one that never was.
        self.trials = {name: self.trials[name] for name in self.start_order}


class Random(Durable, keras_tuner.oracles.RandomSearchOracle):
    """Values at random."""


class Bayesian(Durable, keras_tuner.oracles.BayesianOptimizationOracle):
    """Values where a Gaussian process expects good scores."""


class Hyperband(Durable, keras_tuner.oracles.HyperbandOracle):
    """Many values for few epochs, the best of them for more."""


_ORACLES = {"random": Random, "bayesian": Bayesian, "hyperband": Hyperband}


class StellarTuner(BaseTuner):
    """Runs trials on the compiled trainer; Keras Tuner chooses, remembers and resumes.

    Parameters
    ----------
    base : Network
        Values of what is not searched.
    trainers : Trainers
    executions : int
        Fits of each trial, with seeds `seed`, `seed + 1`, …; scores are their means.
    seed : int
    """

    def __init__(
        self, *args: Any, base: Network, trainers: Trainers, executions: int, seed: int, **kw: Any
    ) -> None:
        self.base = base
        self.trainers = trainers
        self.executions = executions
        self.seed = seed
        self._refused = False
        super().__init__(*args, **kw)

    # The oracle's file is all there is to remember, so that a lone process and a chief with any
    # number of workers take up each other's searches.
    def _get_tuner_fname(self) -> str:
        return str(Path(self.project_dir) / "oracle.json")

    def save(self) -> None:
        """Save the oracle, which only one process has."""
        if not self._is_worker():
            self.oracle.save()

    def reload(self) -> None:
        """Reload the oracle, which only one process has."""
        if not self._is_worker():
            self.oracle.reload()

    def pre_create_trial(self) -> None:
        """Wait, if the oracle had no trial when it was last asked: Keras Tuner asks at once."""
        if self._refused:
            time.sleep(0.2)
        self._refused = True

    def on_trial_begin(self, trial: keras_tuner.engine.trial.Trial) -> None:
        """Take note that there was a trial."""
        self._refused = False

    def on_trial_end(self, trial: keras_tuner.engine.trial.Trial) -> None:
        """Report the trial.

        Raises
        ------
        UserError
            It diverged, as the trials before it did.
        """
        try:
            super().on_trial_end(trial)
        except Exception as error:  # a RuntimeError, or what gRPC makes of it
            if "consecutive failures" in str(error) and "diverged" in (trial.message or ""):
                raise UserError(_GAVE_UP) from None
            raise

    def run_trial(
        self, trial: keras_tuner.engine.trial.Trial, train: Rows, validation: Rows
    ) -> dict[str, float]:
        """Mean validation scores of the trial's network, each fit's at its best epoch."""
        values = trial.hyperparameters.values
        network = network_of(values, self.base)
        trainer = self.trainers.get(network)
        try:
            fits = self._fits(trainer, values.get("tuner/epochs"), train, validation)
        except Diverged as error:
            log.info("trial %s failed: %s", trial.trial_id, error)
            raise keras_tuner.errors.FailedTrialError(str(error)) from None
        names = ("val_log_loss", "val_accuracy")
        means = {n: float(np.mean([f.history[f.best_epoch - 1][n] for f in fits])) for n in names}
        log.info(
            "trial %s: %s dropout %g, learning rate %g: log-loss %.4f, accuracy %.4f",
            trial.trial_id,
            network.name,
            network.dropout,
            network.learning_rate,
            means["val_log_loss"],
            means["val_accuracy"],
        )
        return means

    def _fits(
        self, trainer: Trainer, epochs: int | None, train: Rows, validation: Rows
    ) -> list[Fit]:
        # Hyperband gives a budget of epochs; each of its rounds trains from new weights.
        return [
            trainer.fit(
                train,
                self.seed + execution,
                validation,
                epochs=epochs,
                objective=self.oracle.objective.name,
            )
            for execution in range(self.executions)
        ]


def state_folder(
    within: Path, config: Mapping[str, Any], script: str, parts: Sequence[Rows]
) -> Path:
    """A search's folder, named by all that matters: configuration, libraries, code and rows.

    Keras Tuner takes up whatever lies in its folder, and a search that differs must not.

    Parameters
    ----------
    within : Path
    config : mapping
    script : str
        The script that searches; beside it, all modules imported so far count.
    parts : sequence of Rows
    """
    libraries = {name: version(name) for name in ("keras", "keras-tuner", "tensorflow")}
    digest = hashlib.sha256(json.dumps([config, libraries], sort_keys=True).encode())
    modules = {m.__file__ for name, m in sys.modules.items() if name.startswith("stellar")}
    for source in sorted({script, *filter(None, modules)}):
        digest.update(Path(source).read_bytes())
    for part in parts:
        digest.update(part.values.tobytes() + part.labels.tobytes())
    return within.resolve() / digest.hexdigest()[:16]


@dataclass(frozen=True)
class Search:
    """A search for a network.

    Attributes
    ----------
    settings : mapping
        The configuration's section `tuning`.
    base : Network
        What is not searched.
    train, validation : Rows
    seed : int
    """

    settings: Mapping[str, Any]
    base: Network
    train: Rows
    validation: Rows
    seed: int

    def prepare(self, state: Path) -> StellarTuner:
        """The search as it stands: new, or with the trials that its folder holds.

        Parameters
        ----------
        state : Path
            Folder of Keras Tuner's own files; the same folder resumes the same search.
        """
        objective = self.settings["objective"]
        direction = "min" if objective == "val_log_loss" else "max"
        limits: dict[str, Any] = {"max_trials": self.settings["trials"]}
        if self.settings["algorithm"] == "hyperband":
            limits = {"max_epochs": self.base.epochs}
        oracle = _ORACLES[self.settings["algorithm"]](
            objective=keras_tuner.Objective(objective, direction),
            seed=self.seed,
            hyperparameters=declare(self.settings["space"]),
            allow_new_entries=False,
            max_retries_per_trial=0,
            max_consecutive_failed_trials=5,  # one may diverge; a row of failures is a mistake
            **limits,
        )
        oracle.verbose = 0
        return StellarTuner(
            oracle,
            directory=str(state.parent),
            project_name=state.name,
            base=self.base,
            trainers=Trainers(self.train.values.shape[1], len(self.train.labels)),
            executions=self.settings["executions"],
            seed=self.seed,
        )

    def run(self, state: Path) -> StellarTuner:
        """Search, or go on with it.

        In a process of `stellar.learning.workers`, this is the chief's or the worker's part of it.
        """
        tuner = self.prepare(state)
        if not tuner._is_worker():
            done = sum(t.status == "COMPLETED" for t in tuner.oracle.trials.values())
            if done:
                log.info("going on with a search of %d finished trials", done)
        tuner.search(train=self.train, validation=self.validation)
        return tuner


def trial_table(tuner: StellarTuner) -> list[dict[str, Any]]:
    """One row a trial, best first: its scores, network and state."""
    direction = 1 if tuner.oracle.objective.direction == "min" else -1
    rows = []
    for trial in tuner.oracle.trials.values():
        network = network_of(trial.hyperparameters.values, tuner.base).to_json()
        epochs = trial.hyperparameters.values.get("tuner/epochs", network["epochs"])
        rows.append(
            {
                "trial": trial.trial_id,
                "status": trial.status,
                **{
                    name: trial.metrics.get_best_value(name) if trial.metrics.exists(name) else None
                    for name in ("val_log_loss", "val_accuracy")
                },
                **network,
                "hidden": "-".join(map(str, network["hidden"])),
                "epochs": epochs,
            }
        )
    name = tuner.oracle.objective.name
    return sorted(rows, key=lambda r: (r[name] is None, direction * (r[name] or 0.0), r["trial"]))


def best_network(tuner: StellarTuner, rows: Sequence[Mapping[str, Any]]) -> Network:
    """The network of the first of `trial_table`: of equal scores, the earliest trial.

    Raises
    ------
    UserError
        Not one trial came to its end.
    """
    if not rows or rows[0]["status"] != "COMPLETED":
        raise UserError(_GAVE_UP)
    return network_of(tuner.oracle.trials[rows[0]["trial"]].hyperparameters.values, tuner.base)


def best(tuner: StellarTuner, rows: Sequence[Mapping[str, Any]], n_features: int) -> dict[str, Any]:
    """`best_network`, the number of its parameters, and its scores, from `trial_table`."""
    network = best_network(tuner, rows)
    return {
        "network": network.to_json(),
        "parameters": network.parameters(n_features),
        "val_log_loss": rows[0]["val_log_loss"],
        "val_accuracy": rows[0]["val_accuracy"],
    }
