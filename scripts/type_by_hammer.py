"""Score The Hammer's own types as certain predictions of the labels, where it gives one."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import or_none
from stellar.crossvalidation.protocol import Protocol
from stellar.crossvalidation.rounds import types_as_predictions
from stellar.sample.arrays import load_sample
from stellar.sample.columns import integers


def main(config: command.Slice, sample: Path, probabilities: Path) -> None:
    types = integers(files.read_table(sample, ["label_hammer"]), "label_hammer")
    protocol = Protocol.comparison(**config["cv"])
    with or_none("hammer", probabilities):
        stars = load_sample(sample, config["label"], [])
        types_as_predictions(stars, types, protocol).write(probabilities)


if __name__ == "__main__":
    command.run(main)
