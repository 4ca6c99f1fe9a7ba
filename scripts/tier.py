"""Score the chosen network on one tier of features and one label scheme, on the scored folds."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.protocol import Protocol
from stellar.learning.tensorflow_setup import tensorflow
from stellar.sample.features import resolve


def main(
    config: command.Slice,
    schemes: Path,
    chosen: list[Path],
    probabilities: Path,
    calibration: Path,
    threads: int = 1,
) -> None:
    with tensorflow(threads):
        from stellar.crossvalidation import rounds, selection
        from stellar.crossvalidation.predictions import skipped_table
        from stellar.errors import MissingFeatureError
        from stellar.learning.network_learners import NetworkLearners
        from stellar.sample import arrays

    scheme, tier = config["scheme"], config["tier"]
    about = {"name": f"{scheme}/{tier}", "scheme": scheme, "tier": tier}
    try:
        sample = arrays.load_scheme(schemes, scheme, resolve(config["features"]))
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        for path in (probabilities, calibration):
            files.write_table(path, skipped_table(about["name"], str(error)))
        return
    results = rounds.score_folds(
        sample,
        Protocol.from_json(config["cv"]),
        NetworkLearners(sample),
        selection.chosen_by_part(chosen),
        config["seed"],
        command.log.info,
    )
    files.write_table(probabilities, rounds.held_out_table(sample, results, **about))
    files.write_table(calibration, rounds.calibration_table(sample, results, **about))


if __name__ == "__main__":
    command.run(main)
