"""Train the tuned network on other features, on all folds.

python scripts/ablation.py --config '{"name": "photometry", ...}' --stars stars.parquet
--folds folds.parquet --best best_hyperparameters.json --metrics metrics.json
--probabilities probabilities.parquet
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.errors import MissingFeatureError
from stellar.features import resolve
from stellar.network import Network, prepare_tensorflow


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("stars", "folds", "best", "metrics", "probabilities"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    prepare_tensorflow(args.threads)

    from stellar.evaluation import probability_table, summarise, write_skipped
    from stellar.fold_training import FoldTrainer
    from stellar.samples import load_sample

    cfg = args.config
    features = resolve(cfg["variant"]["features"], cfg["variant"].get("without"))
    try:
        sample = load_sample(args.stars, args.folds, features)
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        write_skipped(cfg["name"], str(error), args.metrics, args.probabilities)
        return
    network = Network.from_json(files.read_json(args.best)["network"])
    folds = FoldTrainer(sample, network, cfg["folds"], cfg["seed"])
    results = []
    for fold in range(cfg["folds"]):
        result, fit = folds.run(fold)
        results.append(result)
        command.log.info(
            "fold %d of %d: accuracy %.4f after %d epochs",
            fold + 1,
            cfg["folds"],
            result.scores["accuracy"],
            fit.best_epoch,
        )
    files.write_table(args.probabilities, probability_table(sample, results))
    about = {"name": cfg["name"], "parameters": network.parameters(len(features))}
    files.write_json(args.metrics, summarise(sample, results, **about))


if __name__ == "__main__":
    command.run(main)
