"""Train with noise drawn from the errors of the inputs, and average over draws."""

from typing import Any

from stellar import command
from stellar.experiments.setting import Experiment, experiment


def measure(given: Experiment) -> list[dict[str, Any]]:
    from stellar.experiments.input_errors import Noise, input_errors
    from stellar.experiments.scores import load_columns

    cfg = given.config
    return input_errors(
        given.sample,
        load_columns(given.path, given.sample.feature_names),
        given.protocol,
        given.folds,
        given.learner_of(copies=1 + cfg["copies"]),
        Noise(cfg["copies"], cfg["draws"]),
        cfg["seed"],
    )


if __name__ == "__main__":
    command.run(experiment(measure))
