"""Train the tuned network on the training rows of folds, and predict their held-out rows.

The folder that a file of probabilities stands in names its fold.
"""

from pathlib import Path

from stellar import command, files
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import tensorflow
from stellar.sample.features import resolve


def main(
    config: command.Slice,
    stars: Path,
    folds: Path,
    best: Path,
    probabilities: list[Path],
    history: list[Path],
    threads: int = 1,
) -> None:
    with tensorflow(threads):
        from stellar.crossvalidation.fold_training import FoldTrainer, about_fold
        from stellar.crossvalidation.predictions import probability_table
        from stellar.crossvalidation.rounds import accuracy
        from stellar.learning.training import history_rows
        from stellar.sample.arrays import load_sample

    sample = load_sample(stars, folds, resolve(config["features"]))
    network = Network.from_json(files.read_json(best)["network"])
    trainer = FoldTrainer(sample, network, config["folds"], config["seed"])
    for predicted, epochs in zip(probabilities, history, strict=True):
        fold = int(predicted.parent.name.removeprefix("fold-"))
        result, fits = trainer.run(fold)
        table = probability_table(sample, [result], [about_fold(fits)], name="network")
        files.write_table(predicted, table)
        files.write_text(epochs, files.csv_text(history_rows(fits)))
        command.log.info("fold %d: accuracy %.4f", fold, accuracy(sample, result))


if __name__ == "__main__":
    command.run(main)
