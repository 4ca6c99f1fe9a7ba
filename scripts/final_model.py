"""Train the tuned network on the training rows, stopping by the validation rows, and save it."""

from pathlib import Path

from stellar import command, files
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import tensorflow


def main(
    config: command.Slice,
    train: Path,
    validation: Path,
    best: Path,
    model: Path,
    history: Path,
    threads: int = 1,
) -> None:
    with tensorflow(threads):
        from stellar.learning.models import save_model
        from stellar.learning.training import history_table, trained
        from stellar.sample.split_files import load_split

    network = Network.from_json(files.read_json(best)["network"])
    rows, others = (load_split(path)[0] for path in (train, validation))
    trainer, fits = trained(network, rows, others, config["seed"])
    files.write_csv(history, history_table(fits))
    save_model(model, trainer.export(fits))


if __name__ == "__main__":
    command.run(main)
