"""Train a baseline, or the tuned boosted trees, on folds, and predict the rows that these keep out.

With `cv` the folds are the comparison's; else they are the study's own.
"""

from pathlib import Path

from stellar import command
from stellar.command import Slice
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol, chosen_settings
from stellar.crossvalidation.rounds import predictions_of, run_rounds
from stellar.errors import MissingFeatureError
from stellar.learning.baselines import BASELINES
from stellar.learning.learners import classifier_learner
from stellar.learning.trees import boosted_trees
from stellar.sample.arrays import load_sample
from stellar.sample.features import resolve

TREES = "LightGBM, tuned at no less than the network's cost"


def main(
    config: Slice,
    sample: Path,
    probabilities: Path,
    chosen: list[Path] | None = None,
    threads: int = 1,
) -> None:
    name, baseline = config["name"], BASELINES.get(config["name"])
    features = (baseline and baseline.features) or resolve(config["features"])
    try:
        stars = load_sample(sample, config["label"], features)
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        Predictions.none(name, str(error)).write(probabilities)
        return
    if "cv" in config:
        protocol = Protocol.comparison(**config["cv"])
    else:
        protocol, stars = Protocol.study(config["folds"], stops_early=False), stars.labelled()
    settings = chosen_settings(chosen or [])
    rounds = run_rounds(
        stars,
        protocol,
        lambda fold: classifier_learner(
            lambda seed: (
                baseline.make(seed, threads)
                if baseline
                else boosted_trees(settings[protocol.selection_of(fold)], seed, threads)
            )
        ),
        config["seed"],
        command.log.info,
        scale=not baseline or baseline.features is None,
    )
    about = baseline.about if baseline else TREES
    predictions_of(stars, rounds, name=name, about=about).write(probabilities)


if __name__ == "__main__":
    command.run(main)
