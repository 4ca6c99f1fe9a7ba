"""Score the chosen network with one thing changed at a time, on the folds that chose it."""

from typing import Any

from stellar import command
from stellar.experiments.setting import Experiment, experiment


def measure(given: Experiment) -> list[dict[str, Any]]:
    from stellar.crossvalidation.selection import predictions
    from stellar.experiments.ingredients import ingredient_table
    from stellar.experiments.scores import brief_scores
    from stellar.sample.arrays import load_sample
    from stellar.sample.features import resolve

    cfg, scores = given.config, {}
    selection, folds = next(iter(given.protocol.selections.items()))
    for name, change in {"none": {}, **cfg["changes"]}.items():
        sample = given.sample
        if "features" in change:
            sample = load_sample(given.path, cfg["label"], resolve(change["features"]))
        learner = given.changed(selection, sample, change.get("network", {}))
        found = predictions(sample, folds, learner, cfg["seed"])
        scores[name] = [brief_scores(held_out.truth, held_out.probabilities) for held_out in found]
        command.log.info("%s: macro-F1 %.4f", name, scores[name][-1]["f1_macro"])
    return ingredient_table(scores, 1 / (len(folds) - 1))


if __name__ == "__main__":
    command.run(experiment(measure))
