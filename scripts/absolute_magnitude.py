"""Test whether magnitudes and redshift give the class, or the absolute magnitude."""

from typing import Any

from stellar import command
from stellar.experiments.setting import Experiment, experiment


def measure(given: Experiment) -> list[dict[str, Any]]:
    from stellar.experiments.absolute_magnitude import absolute_magnitude
    from stellar.experiments.scores import load_columns

    return absolute_magnitude(
        given.sample,
        load_columns(given.path, ["sppTeff", "sppLogG"]),
        given.protocol,
        given.folds,
        given.learner_of,
        given.config["seed"],
    )


if __name__ == "__main__":
    command.run(experiment(measure))
