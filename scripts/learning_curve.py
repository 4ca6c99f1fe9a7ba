"""Score a tuned learner against the number of stars that it is trained on."""

from typing import Any

from stellar import command
from stellar.experiments.setting import Experiment, experiment


def measure(given: Experiment) -> list[dict[str, Any]]:
    from stellar.crossvalidation.predictions import Predictions
    from stellar.experiments.learning_curve import learning_curve

    stars, sizes, seed = given.sample, given.config["sizes"], given.config["seed"]
    learner_of, whole = given.learner_of(), Predictions.read(given.results["whole"])
    rows = learning_curve(stars, given.protocol, given.folds, sizes, learner_of, whole, seed)
    about = {"survey": stars.survey, "learner": given.config["learner"]}
    return [{**about, **row} for row in rows]


if __name__ == "__main__":
    command.run(experiment(measure))
