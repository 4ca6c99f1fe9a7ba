"""Train with noise drawn from the errors of the inputs, and average over draws."""

from typing import Any

from stellar import command
from stellar.experiments.setting import Experiment, experiment


def measure(given: Experiment) -> list[dict[str, Any]]:
    from stellar.experiments.input_errors import Noise, input_errors

    noise, seed = Noise(given.config["copies"], given.config["draws"]), given.config["seed"]
    stars, columns, learner_of = (
        given.sample,
        given.columns(),
        given.learner_of(copies=1 + noise.copies),
    )
    return input_errors(stars, columns, given.protocol, given.folds, learner_of, noise, seed)


if __name__ == "__main__":
    command.run(experiment(measure))
