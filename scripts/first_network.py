"""Train the study's first network on the training rows and score the validation rows."""

from pathlib import Path

from stellar import command, files
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import tensorflow


def main(
    config: command.Slice,
    train: Path,
    validation: Path,
    metrics: Path,
    history: Path,
    threads: int = 1,
) -> None:
    with tensorflow(threads):
        from stellar.experiments.first_network import first_network
        from stellar.learning.training import history_table
        from stellar.sample.split_files import load_split

    (rows, survey), (others, _) = load_split(train), load_split(validation)
    network = Network.from_json(config["network"])
    found, fits = first_network(network, rows, others, config["seed"])
    files.write_csv(history, history_table(fits))
    files.write_json(metrics, {"survey": survey, **found})


if __name__ == "__main__":
    command.run(main)
