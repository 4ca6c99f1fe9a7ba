"""Score The Hammer's own types as certain predictions of the labels, where it gives one."""

from pathlib import Path

from stellar import command, files
from stellar.command import Slice
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import types_as_predictions
from stellar.errors import MissingFeatureError
from stellar.sample.arrays import load_sample
from stellar.sample.columns import integers


def main(config: Slice, sample: Path, probabilities: Path) -> None:
    types = integers(files.read_table(sample, ["label_hammer"]), "label_hammer")
    try:
        stars = load_sample(sample, config["label"], [])
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        Predictions.none("hammer", str(error)).write(probabilities)
        return
    protocol = Protocol.comparison(**config["cv"])
    types_as_predictions(stars, types, protocol).write(probabilities)


if __name__ == "__main__":
    command.run(main)
