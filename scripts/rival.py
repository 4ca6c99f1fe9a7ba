"""Score a rival of the network on the same folds: boosted trees, a baseline, The Hammer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stellar import command, files
from stellar.crossvalidation import rounds, selection
from stellar.crossvalidation.predictions import skipped_table
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import MissingFeatureError
from stellar.learning import learners
from stellar.learning.baselines import BASELINES
from stellar.learning.tuned import learner_of
from stellar.sample import arrays
from stellar.sample.features import resolve


def main(
    config: command.Slice,
    schemes: Path,
    chosen: list[Path],
    probabilities: Path,
    threads: int = 1,
) -> None:
    name, protocol = config["name"], Protocol.from_json(config["cv"])
    if name == "hammer":
        table = rounds.types_as_table(schemes, config["label"], "hammer", protocol)
        files.write_table(probabilities, table)
        return
    baseline = BASELINES.get(name)
    features = (baseline and baseline.features) or resolve(config["features"])
    try:
        sample = arrays.load_scheme(schemes, config["label"], features)
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_table(probabilities, skipped_table(name, str(error)))
        return
    if baseline:  # has no settings to choose
        learner = learners.classifier_learner(lambda seed: baseline.make(seed, threads))
        settings: Mapping[str, Mapping[str, Any]] = {part: {} for part in protocol.parts}
    else:
        settings = selection.chosen_by_part(chosen)
    results = rounds.score_folds(
        sample,
        protocol,
        (lambda _: learner) if baseline else learner_of(name, sample, threads),
        settings,
        config["seed"],
        command.log.info,
        scale=not baseline or baseline.features is None,
    )
    about = baseline.about if baseline else "LightGBM, tuned at no less than the network's cost"
    files.write_table(probabilities, rounds.held_out_table(sample, results, name=name, about=about))


if __name__ == "__main__":
    command.run(main)
