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

    stars = load_sample(sample, config["label"], resolve(config["features"]))
    network = Network.from_json(config["network"])
    widths, most, epochs = (config[name] for name in ("widths", "stars", "epochs"))
    rows = memorise(stars, network, widths, most, epochs, config["seed"], command.log.info)
    files.write_csv(memorised, rows)


if __name__ == "__main__":
    command.run(main)
