"""Train the tuned network on other features, on all folds."""

from pathlib import Path

from stellar import command, files
from stellar.errors import MissingFeatureError
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import tensorflow
from stellar.sample.features import resolve


def main(
    config: command.Slice,
    stars: Path,
    folds: Path,
    best: Path,
    probabilities: Path,
    threads: int = 1,
) -> None:
    with tensorflow(threads):
        from stellar.crossvalidation.fold_training import FoldTrainer, about_fold
        from stellar.crossvalidation.predictions import probability_table, skipped_table
        from stellar.crossvalidation.rounds import accuracy
        from stellar.sample.arrays import load_sample

    name, n_folds = config["name"], config["folds"]
    features = resolve(config["variant"]["features"], config["variant"].get("without"))
    try:
        sample = load_sample(stars, folds, features)
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_table(probabilities, skipped_table(name, str(error)))
        return
    network = Network.from_json(files.read_json(best)["network"])
    trainer = FoldTrainer(sample, network, n_folds, config["seed"])
    results, about = [], []
    for fold in range(n_folds):
        result, fits = trainer.run(fold)
        results.append(result)
        about.append(about_fold(fits))
        command.log.info(
            "fold %d of %d: accuracy %.4f after %d epochs",
            fold + 1,
            n_folds,
            accuracy(sample, result),
            about[-1]["best_epoch"],
        )
    files.write_table(probabilities, probability_table(sample, results, about, name=name))


if __name__ == "__main__":
    command.run(main)
