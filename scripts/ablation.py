"""Train the tuned network on other features, on all folds.

python scripts/ablation.py --config '{"name": "photometry", ...}' --stars stars.parquet
--folds folds.parquet --best best_hyperparameters.json --probabilities probabilities.parquet
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.errors import MissingFeatureError
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.phases import phase
from stellar.sample.features import resolve


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("stars", "folds", "best", "probabilities"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    with phase("import"):
        prepare_tensorflow(args.threads)

        from stellar.crossvalidation.fold_training import FoldTrainer, about_fold
        from stellar.crossvalidation.predictions import probability_table, skipped_table
        from stellar.crossvalidation.rounds import accuracy
        from stellar.sample.arrays import load_sample

    cfg = args.config
    features = resolve(cfg["variant"]["features"], cfg["variant"].get("without"))
    try:
        sample = load_sample(args.stars, args.folds, features)
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_table(args.probabilities, skipped_table(cfg["name"], str(error)))
        return
    network = Network.from_json(files.read_json(args.best)["network"])
    folds = FoldTrainer(sample, network, cfg["folds"], cfg["seed"])
    results, about = [], []
    for fold in range(cfg["folds"]):
        result, fits = folds.run(fold)
        results.append(result)
        about.append(about_fold(fits))
        command.log.info(
            "fold %d of %d: accuracy %.4f after %d epochs",
            fold + 1,
            cfg["folds"],
            accuracy(sample, result),
            about[-1]["best_epoch"],
        )
    table = probability_table(sample, results, about, name=cfg["name"])
    files.write_table(args.probabilities, table)


if __name__ == "__main__":
    command.run(main)
