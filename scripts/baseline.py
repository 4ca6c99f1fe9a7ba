"""Score one baseline on the cross-validation folds.

python scripts/baseline.py --config '{"name": "majority", ...}' --stars stars.parquet
--folds folds.parquet --probabilities probabilities.parquet
"""

from collections.abc import Sequence
from typing import Any

from stellar import command, files
from stellar.crossvalidation.predictions import probability_table, skipped_table
from stellar.crossvalidation.rounds import accuracy, run_fold
from stellar.errors import MissingFeatureError
from stellar.learning.baselines import BASELINES
from stellar.learning.classifiers import Classifier, Floats, Labels
from stellar.phases import phase
from stellar.sample.arrays import load_sample
from stellar.sample.features import resolve


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("stars", "folds", "probabilities"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    cfg = args.config

    baseline = BASELINES[cfg["name"]]
    try:
        sample = load_sample(args.stars, args.folds, baseline.features or resolve(cfg["features"]))
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_table(args.probabilities, skipped_table(cfg["name"], str(error)))
        return
    results = []
    for fold in range(cfg["folds"]):
        made = baseline.make(cfg["seed"] + fold, args.threads)

        def fit_predict(
            x: Floats,
            y: Labels,
            _x_validation: Floats,
            _y_validation: Labels,
            held_out: Floats,
            classifier: Classifier = made,
        ) -> Floats:
            with phase("train"):
                classifier.fit(x, y)
            with phase("evaluate"):
                return classifier.predict_proba(held_out)

        results.append(
            run_fold(
                sample,
                fold,
                cfg["folds"],
                fit_predict,
                stops_early=False,
                scale=baseline.features is None,
            )
        )
        command.log.info(
            "fold %d of %d: accuracy %.4f", fold + 1, cfg["folds"], accuracy(sample, results[-1])
        )
    about: dict[str, Any] = {"name": cfg["name"], "about": baseline.about}
    table = probability_table(sample, results, [{}] * len(results), **about)
    files.write_table(args.probabilities, table)


if __name__ == "__main__":
    command.run(main)
