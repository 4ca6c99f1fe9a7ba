"""Measure what the network loses when each group of columns is permuted."""

from typing import Any

from stellar import command
from stellar.experiments.setting import Experiment, experiment


def measure(given: Experiment) -> list[dict[str, Any]]:
    from stellar.experiments.importance import importance
    from stellar.experiments.scores import load_columns

    cfg = given.config
    rows = importance(
        given.sample,
        load_columns(given.path, given.sample.feature_names),
        given.protocol,
        given.folds,
        given.learner_of(),
        cfg["repeats"],
        cfg["seed"],
    )
    return [{"tier": cfg["tier"], **row} for row in rows]


if __name__ == "__main__":
    command.run(experiment(measure))
