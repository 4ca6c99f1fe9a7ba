"""Train networks of all widths on real and on permuted labels."""

from pathlib import Path

from stellar import command, files
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import tensorflow
from stellar.sample.features import resolve


def main(config: command.Slice, sample: Path, memorised: Path, threads: int = 1) -> None:
    with tensorflow(threads):
        from stellar.experiments.memorisation import memorise
        from stellar.sample.arrays import load_sample

    rows = memorise(
        load_sample(sample, config["label"], resolve(config["features"])),
        Network.from_json(config["network"]),
        config["widths"],
        config["stars"],
        config["epochs"],
        config["seed"],
        command.log.info,
    )
    files.write_text(memorised, files.csv_text(rows))


if __name__ == "__main__":
    command.run(main)
