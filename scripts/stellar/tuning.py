"""Search for hyperparameters with Keras Tuner, on the compiled trainer.

The search space is plain configuration; trials are kept by Keras Tuner after each one, so an
interrupted search goes on where it was. Scores come from validation rows alone.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras_tuner
import numpy as np
from keras_tuner.engine.base_tuner import BaseTuner

from stellar.errors import UserError
from stellar.network import Network
from stellar.samples import Rows
from stellar.training import Diverged, Fit, Trainer, Trainers

log = logging.getLogger("stellar")

_ORACLES = {
    "random": keras_tuner.oracles.RandomSearchOracle,
    "bayesian": keras_tuner.oracles.BayesianOptimizationOracle,
    "hyperband": keras_tuner.oracles.HyperbandOracle,
}
_WHOLE = ("layers", "units", "batch", "epochs", "patience")


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
        super().__init__(*args, **kw)

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
        # Hyperband gives a budget of epochs; each of its rounds trains anew.
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


def search(
    settings: Mapping[str, Any],
    base: Network,
    train: Rows,
    validation: Rows,
    seed: int,
    state: Path,
) -> StellarTuner:
    """Run, or go on with, a search.

    Parameters
    ----------
    settings : mapping
        The configuration's section `tuning`.
    base : Network
    train, validation : Rows
    seed : int
    state : Path
        Folder of Keras Tuner's own files; the same folder resumes the same search.
    """
    objective = settings["objective"]
    direction = "min" if objective == "val_log_loss" else "max"
    limits: dict[str, Any] = {"max_trials": settings["trials"]}
    if settings["algorithm"] == "hyperband":
        limits = {"max_epochs": base.epochs}
    oracle = _ORACLES[settings["algorithm"]](
        objective=keras_tuner.Objective(objective, direction),
        seed=seed,
        hyperparameters=declare(settings["space"]),
        allow_new_entries=False,
        max_retries_per_trial=0,
        max_consecutive_failed_trials=5,  # one may diverge; a row of failures is a mistake
        **limits,
    )
    oracle.verbose = 0
    tuner = StellarTuner(
        oracle,
        directory=str(state.parent),
        project_name=state.name,
        base=base,
        trainers=Trainers(train.features.shape[1], len(train.labels)),
        executions=settings["executions"],
        seed=seed,
    )
    done = sum(t.status == "COMPLETED" for t in oracle.trials.values())
    if done:
        log.info("going on with a search of %d finished trials", done)
    try:
        tuner.search(train=train, validation=validation)
    except RuntimeError as error:
        if "diverged" not in str(error):
            raise
        raise UserError(
            "tuning gave up: training diverged in trial after trial; lower learning_rate in "
            "tuning.space"
        ) from None
    return tuner


def trial_rows(tuner: StellarTuner) -> list[dict[str, Any]]:
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
