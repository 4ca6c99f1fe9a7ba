"""Train a baseline, or the tuned boosted trees, on folds, and predict the rows that these keep out.

With `cv` the folds are the comparison's; else they are the study's own.
"""

from pathlib import Path

from stellar import command
from stellar.crossvalidation.predictions import or_none
from stellar.crossvalidation.protocol import chosen_settings
from stellar.crossvalidation.rounds import predictions_of, protocol_and_rows, run_rounds
from stellar.learning.baselines import classifier
from stellar.learning.learners import Learner, classifier_learner
from stellar.sample.arrays import load_sample
from stellar.sample.features import resolve


def main(
    config: command.Slice,
    sample: Path,
    probabilities: Path,
    chosen: list[Path] | None = None,
    threads: int = 1,
) -> None:
    name, settings = config["name"], chosen_settings(chosen or [])
    about, own = classifier(name).about, classifier(name).features

    def learner_of(fold: int) -> Learner:
        made = classifier(name, settings.get(protocol.selection_of(fold)))
        return classifier_learner(lambda seed: made.make(seed, threads))

    with or_none(name, probabilities):
        stars = load_sample(sample, config["label"], own or resolve(config["features"]))
        protocol, stars = protocol_and_rows(config, stars)
        log, scale = command.log.info, own is None  # rules read values as they are
        rounds = run_rounds(stars, protocol, learner_of, config["seed"], log, scale=scale)
        predictions_of(stars, rounds, name=name, about=about).write(probabilities)


if __name__ == "__main__":
    command.run(main)
