"""Score one baseline on the cross-validation folds."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import probability_table, skipped_table
from stellar.crossvalidation.rounds import accuracy, run_fold
from stellar.errors import MissingFeatureError
from stellar.learning.baselines import BASELINES
from stellar.learning.classifiers import Classifier, Floats, Labels
from stellar.phases import phase
from stellar.sample.arrays import load_sample
from stellar.sample.features import resolve


def main(
    config: command.Slice, stars: Path, folds: Path, probabilities: Path, threads: int = 1
) -> None:
    name, n_folds = config["name"], config["folds"]
    baseline = BASELINES[name]
    try:
        sample = load_sample(stars, folds, baseline.features or resolve(config["features"]))
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_table(probabilities, skipped_table(name, str(error)))
        return
    results = []
    for fold in range(n_folds):
        made = baseline.make(config["seed"] + fold, threads)

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

        result = run_fold(
            sample,
            fold,
            n_folds,
            fit_predict,
            stops_early=False,
            scale=baseline.features is None,
        )
        results.append(result)
        command.log.info(
            "fold %d of %d: accuracy %.4f", fold + 1, n_folds, accuracy(sample, result)
        )
    about = {"name": name, "about": baseline.about}
    files.write_table(
        probabilities, probability_table(sample, results, [{}] * len(results), **about)
    )


if __name__ == "__main__":
    command.run(main)
