"""Train networks on folds, and predict the rows that these keep out.

With `cv` the folds are the comparison's, with the settings that each one's selection chose; else
they are the study's own, with the tuned settings.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from stellar import command, files
from stellar.command import Slice
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol, chosen_settings
from stellar.crossvalidation.rounds import predictions_of, run_round
from stellar.errors import MissingFeatureError
from stellar.learning.tensorflow_setup import tensorflow
from stellar.sample.arrays import load_sample
from stellar.sample.features import resolve


def main(
    config: Slice,
    sample: Path,
    settings: list[Path],
    probabilities: list[Path],
    history: list[Path] | None = None,
    calibration: list[Path] | None = None,
    threads: int = 1,
) -> None:
    with tensorflow(threads):
        from stellar.learning.network_learners import NetworkLearners
        from stellar.learning.training import history_table

    about, features = config["about"], resolve(config["features"], config.get("without"))
    try:
        stars = load_sample(sample, config["label"], features)
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        for path in (*probabilities, *(calibration or ())):
            Predictions.none(about["name"], str(error)).write(path)
        return
    if "cv" in config:
        protocol, chosen = Protocol.comparison(**config["cv"]), chosen_settings(settings)
    else:
        chosen = {"tuned": files.read_json(settings[0])["network"]}
        protocol = Protocol.study(config["folds"], chosen["tuned"]["patience"] is not None)
        stars = stars.labelled()
    made, rounds, fits = NetworkLearners(stars), [], []
    # Folds in files of their own are named by their folders: how many a job has is no setting.
    named = [int(path.parent.name.removeprefix("fold-")) for path in history or []]
    for fold in named or protocol.scored[: config.get("scored")]:
        given = chosen[protocol.selection_of(fold)]
        learner = made(given)
        result = run_round(stars, protocol, fold, learner, config["seed"])
        command.log.info("fold %d: accuracy %.4f", fold, result.accuracy(stars))
        epoch = int(np.median([fit.best_epoch for fit in learner.fits]))
        more = {"settings": given} if "cv" in config else {"best_epoch": epoch}
        rounds.append(replace(result, about={**result.about, **more}))
        fits.append(learner.fits)
    parts = [[result] for result in rounds] if named else [rounds]
    for path, part in zip(probabilities, parts, strict=True):
        predictions_of(stars, part, **about).write(path)
    for path, of_fold in zip(history or [], fits, strict=history is not None):
        files.write_text(path, files.csv_text(history_table(of_fold)))
    for path in calibration or []:
        predictions_of(stars, rounds, calibration=True, **about).write(path)


if __name__ == "__main__":
    command.run(main)
