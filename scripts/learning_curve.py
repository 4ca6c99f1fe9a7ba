"""Score a tuned learner against the number of stars that it is trained on."""

from typing import Any

from stellar import command
from stellar.experiments.setting import Experiment, experiment


def measure(given: Experiment) -> list[dict[str, Any]]:
    from stellar.crossvalidation.predictions import Predictions
    from stellar.experiments.learning_curve import learning_curve

    cfg = given.config
    rows = learning_curve(
        given.sample,
        given.protocol,
        given.folds,
        cfg["sizes"],
        given.learner_of(),
        Predictions.read(given.results["whole"]),
        cfg["seed"],
    )
    return [{"survey": given.sample.survey, "learner": cfg["learner"], **row} for row in rows]


if __name__ == "__main__":
    command.run(experiment(measure))
