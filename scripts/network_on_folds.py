"""Train networks on folds, and predict the rows that these keep out.

With `cv` the folds are the comparison's, with the settings that each one's selection chose. Without
it they are the study's own, all with the tuned settings; `scored` names those that are wanted.
"""

from pathlib import Path

import numpy as np
from stellar import command, files
from stellar.command import Slice
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import MissingFeatureError
from stellar.learning.tensorflow_setup import tensorflow
from stellar.sample.arrays import Sample, load_sample
from stellar.sample.features import resolve


def main(
    config: Slice,
    sample: Path,
    settings: list[Path],
    probabilities: list[Path],
    history: list[Path] = [],  # noqa: B006  read alone
    calibration: list[Path] = [],  # noqa: B006
    threads: int = 1,
) -> None:
    features = resolve(config["features"], config.get("without"))
    try:
        stars = load_sample(sample, config["label"], features)
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        for path in (*probabilities, *calibration):
            Predictions.none(config["about"]["name"], str(error)).write(path)
        return
    with tensorflow(threads):
        from stellar.learning import network_learners  # noqa: F401
    if "cv" in config:
        comparison(config, stars, settings, probabilities, calibration)
    else:
        study(config, stars.labelled(), settings, probabilities, history)


def comparison(
    config: Slice,
    stars: Sample,
    settings: list[Path],
    probabilities: list[Path],
    calibration: list[Path],
) -> None:
    """All scored folds in one file, the rows to calibrate by in another."""
    from stellar.crossvalidation.rounds import predictions_of, run_rounds, scalers_of
    from stellar.crossvalidation.selection import chosen_settings
    from stellar.learning.network_learners import NetworkLearners

    protocol, made = Protocol.comparison(**config["cv"]), NetworkLearners(stars)
    chosen = chosen_settings(settings)
    rounds = run_rounds(
        stars,
        protocol,
        lambda fold: made(chosen[protocol.selection_of(fold)]),
        config["seed"],
        command.log.info,
    )
