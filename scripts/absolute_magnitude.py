"""Test whether magnitudes and redshift give the class, or the absolute magnitude."""

from typing import Any

from stellar import command
from stellar.experiments.setting import Experiment, experiment


def measure(given: Experiment) -> list[dict[str, Any]]:
    from stellar.experiments.absolute_magnitude import absolute_magnitude

    stars, parameters = given.sample, given.columns(["sppTeff", "sppLogG"])
    folds, seed = given.folds, given.config["seed"]
    return absolute_magnitude(stars, parameters, given.protocol, folds, given.learner_of, seed)


if __name__ == "__main__":
    command.run(experiment(measure))
