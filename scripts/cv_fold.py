"""Train the tuned network on one fold's training rows and score its held-out rows.

python scripts/cv_fold.py --config '{...}' --fold 0 --stars stars.parquet
--folds folds.parquet --best best_hyperparameters.json --metrics metrics.json
--probabilities probabilities.parquet --history history.csv
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.features import resolve
from stellar.network import Network, prepare_tensorflow


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--fold", type=int, required=True)
    for name in ("stars", "folds", "best", "metrics", "probabilities", "history"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    prepare_tensorflow(args.threads)

    from stellar.evaluation import probability_table
    from stellar.fold_training import FoldTrainer
    from stellar.samples import load_sample

    cfg = args.config
    sample = load_sample(args.stars, args.folds, resolve(cfg["features"]))
    network = Network.from_json(files.read_json(args.best)["network"])
    folds = FoldTrainer(sample, network, cfg["folds"], cfg["seed"])
    result, fit = folds.run(args.fold)
    files.write_table(args.probabilities, probability_table(sample, [result]))
    files.write_text(args.history, files.csv_text(fit.history))
    files.write_json(
        args.metrics,
        {"survey": sample.survey, "best_epoch": fit.best_epoch, **result.scores},
    )
    command.log.info("accuracy %.4f", result.scores["accuracy"])


if __name__ == "__main__":
    command.run(main)
