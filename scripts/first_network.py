"""Train the study's first network on the training rows and score the validation rows."""

from pathlib import Path

from stellar import command, files
from stellar.learning.network import Network, build, summary
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
        from stellar.crossvalidation.predictions import most_probable
        from stellar.evaluation.metrics import scores
        from stellar.learning.training import history_table, trainer_of
        from stellar.sample.split_files import load_split

    network, seed = Network.from_json(config["network"]), config["seed"]
    rows, survey = load_split(train)
    others, _ = load_split(validation)
    n_features = rows.values.shape[1]
    trainer = trainer_of(network, n_features, len(rows.labels))
    fits = [trainer.fit(rows, seed + member, others) for member in range(network.members)]
    probabilities = trainer.predict(fits, others.values)
    files.write_text(history, files.csv_text(history_table(fits)))
    files.write_json(
        metrics,
        {
            "survey": survey,
            "network": network.to_json(),
            "parameters": network.parameters(n_features),
            "layers": summary(build(network, n_features, seed)),
            "train_rows": len(rows.labels),
            "first_epoch": fits[0].history[0],
            "validation": scores(others.labels, most_probable(probabilities)),
        },
    )


if __name__ == "__main__":
    command.run(main)
