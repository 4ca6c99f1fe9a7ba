"""Train the tuned network on the training rows of folds, and predict their held-out rows.

The folder that a file of probabilities stands in names its fold.

python scripts/cv_fold.py --config '{...}' --stars stars.parquet
--folds folds.parquet --best best_hyperparameters.json
--probabilities fold-00/probabilities.parquet fold-01/probabilities.parquet
--history fold-00/history.csv fold-01/history.csv
"""

from collections.abc import Sequence
from pathlib import Path

from stellar import command, files
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.phases import phase
from stellar.sample.features import resolve


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("stars", "folds", "best"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("probabilities", "history"):
        parser.add_argument(f"--{name}", nargs="+", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    with phase("import"):
        prepare_tensorflow(args.threads)

        from stellar.crossvalidation.fold_training import FoldTrainer, about_fold
        from stellar.crossvalidation.predictions import probability_table
        from stellar.crossvalidation.rounds import accuracy
        from stellar.learning.training import history_rows
        from stellar.sample.arrays import load_sample

    cfg = args.config
    sample = load_sample(args.stars, args.folds, resolve(cfg["features"]))
    network = Network.from_json(files.read_json(args.best)["network"])
    folds = FoldTrainer(sample, network, cfg["folds"], cfg["seed"])
    for probabilities, history in zip(args.probabilities, args.history, strict=True):
        fold = int(Path(probabilities).parent.name.removeprefix("fold-"))
        result, fits = folds.run(fold)
        table = probability_table(sample, [result], [about_fold(fits)], name="network")
        files.write_table(probabilities, table)
        files.write_text(history, files.csv_text(history_rows(fits)))
        command.log.info("fold %d: accuracy %.4f", fold, accuracy(sample, result))


if __name__ == "__main__":
    command.run(main)
