"""Train the study's first network on the training rows and score the validation rows.

python scripts/first_network.py --config '{...}' --train train.parquet
--validation validation.parquet --metrics metrics.json --history history.csv
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.learning.network import Network, build, summary
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.phases import phase


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("train", "validation", "metrics", "history"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    with phase("import"):
        prepare_tensorflow(args.threads)

        from stellar.crossvalidation.predictions import predicted_class
        from stellar.evaluation import metrics
        from stellar.learning.training import history_rows, trainer_of
        from stellar.sample.split_files import load_split

    network = Network.from_json(args.config["network"])
    train, survey = load_split(args.train)
    validation, _ = load_split(args.validation)
    n_features = train.features.shape[1]
    trainer = trainer_of(network, n_features, len(train.labels))
    seeds = range(args.config["seed"], args.config["seed"] + network.members)
    fits = [trainer.fit(train, seed, validation) for seed in seeds]
    probabilities = trainer.predict(fits, validation.features)
    files.write_text(args.history, files.csv_text(history_rows(fits)))
    files.write_json(
        args.metrics,
        {
            "survey": survey,
            "network": network.to_json(),
            "parameters": network.parameters(n_features),
            "layers": summary(build(network, n_features, args.config["seed"])),
            "train_rows": len(train.labels),
            "first_epoch": fits[0].history[0],
            "validation": metrics.scores(validation.labels, predicted_class(probabilities)),
        },
    )


if __name__ == "__main__":
    command.run(main)
