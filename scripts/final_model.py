"""Train the tuned network on the training rows, stopping by the validation rows, and save it.

python scripts/final_model.py --config '{...}' --train train.parquet
--validation validation.parquet --best best_hyperparameters.json
--model model.keras --history history.csv
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.phases import phase


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("train", "validation", "best", "model", "history"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    with phase("import"):
        prepare_tensorflow(args.threads)

        from stellar.learning.models import save_model
        from stellar.learning.training import history_rows, trainer_of
        from stellar.sample.split_files import load_split

    network = Network.from_json(files.read_json(args.best)["network"])
    train, _ = load_split(args.train)
    validation, _ = load_split(args.validation)
    trainer = trainer_of(network, train.features.shape[1], len(train.labels))
    seeds = range(args.config["seed"], args.config["seed"] + network.members)
    fits = [trainer.fit(train, seed, validation) for seed in seeds]
    files.write_text(args.history, files.csv_text(history_rows(fits)))
    save_model(args.model, trainer.export(fits))


if __name__ == "__main__":
    command.run(main)
