"""Measure what the network loses when each group of columns is permuted."""

from typing import Any

from stellar import command
from stellar.experiments.setting import Experiment, experiment


def measure(given: Experiment) -> list[dict[str, Any]]:
    from stellar.experiments.importance import importance

    repeats, seed = given.config["repeats"], given.config["seed"]
    stars, columns, learner_of = given.sample, given.columns(), given.learner_of()
    rows = importance(stars, columns, given.protocol, given.folds, learner_of, repeats, seed)
    return [{"tier": given.config["tier"], **row} for row in rows]


if __name__ == "__main__":
    command.run(experiment(measure))
