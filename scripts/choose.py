"""Choose a learner's hyperparameters by cross-validation on the selection's folds alone."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.protocol import Protocol
from stellar.learning.tuned import learner_of, prepare
from stellar.sample.features import resolve


def main(config: command.Slice, sample: Path, chosen: Path, threads: int = 1) -> None:
    name, label = config["name"], config["label"]
    prepare(name, threads)

    from stellar.crossvalidation.selection import choice
    from stellar.sample.arrays import load_sample

    stars = load_sample(sample, label, resolve(config["features"]))
    folds = Protocol.comparison(**config["cv"]).selections[config["selection"]]
    made = learner_of(name, stars, threads)
    found = choice(stars, folds, config["learner"], made, config["seed"], command.log.info)
    files.write_json(chosen, {"learner": name, "label": label, **found})


if __name__ == "__main__":
    command.run(main)
