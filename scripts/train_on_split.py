"""Train a network on the training rows beside the validation rows: the study's first, the final."""

from pathlib import Path

from stellar import command, files
from stellar.learning.network import Network, build, summary
from stellar.learning.tensorflow_setup import tensorflow


def main(
    config: command.Slice,
    train: Path,
    validation: Path,
    history: Path,
    best: Path | None = None,
    metrics: Path | None = None,
    model: Path | None = None,
    threads: int = 1,
) -> None:
    with tensorflow(threads):
        from stellar.crossvalidation.predictions import most_probable
        from stellar.evaluation.metrics import scores
        from stellar.learning.models import save_model
        from stellar.learning.network_learners import NetworkLearner
        from stellar.learning.training import history_rows, trainer_of
        from stellar.sample.split_files import load_split

    network = Network.from_json(files.read_json(best)["network"] if best else config["network"])
    rows, survey = load_split(train)
    others, _ = load_split(validation)
    n_features = rows.values.shape[1]
    learner = NetworkLearner(trainer_of(network, n_features, len(rows.labels)), network.members)
    (probabilities,) = learner(rows, others, config["seed"], [others.values])
    files.write_text(history, files.csv_text(history_rows(learner.fits)))
    if model:
        save_model(model, learner.trainer.export(learner.fits))
    if metrics:
        document = {
            "survey": survey,
            "network": network.to_json(),
            "parameters": network.parameters(n_features),
            "layers": summary(build(network, n_features, config["seed"])),
            "train_rows": len(rows.labels),
            "first_epoch": learner.fits[0].history[0],
            "validation": scores(others.labels, most_probable(probabilities)),
        }
        files.write_json(metrics, document)


if __name__ == "__main__":
    command.run(main)
