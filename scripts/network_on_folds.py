"""Train networks on folds, and predict the rows that these keep out.

With `cv` the folds are the comparison's, with the settings that each one's selection chose; else
they are the study's own, with the tuned settings.
"""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import or_none
from stellar.crossvalidation.protocol import chosen_settings
from stellar.crossvalidation.rounds import predictions_of, protocol_and_rows
from stellar.learning.tensorflow_setup import tensorflow
from stellar.sample.arrays import load_sample
from stellar.sample.features import resolve


def main(
    config: command.Slice,
    sample: Path,
    settings: list[Path],
    probabilities: list[Path],
    threads: int = 1,
    **more: list[Path],
) -> None:
    with tensorflow(threads):
        from stellar.crossvalidation.network_rounds import network_rounds
        from stellar.learning.training import history_table

    history, calibration = more.get("history", []), more.get("calibration", [])
    # Folds in files of their own are named by their folders: how many a job has is no setting.
    named = [int(path.parent.name.removeprefix("fold-")) for path in history]
    about, features = config["about"], resolve(config["features"], config.get("without"))
    with or_none(about["name"], *probabilities, *calibration):
        stars, chosen = load_sample(sample, config["label"], features), chosen_settings(settings)
        stops_early = "tuned" in chosen and chosen["tuned"]["patience"] is not None
        protocol, stars = protocol_and_rows(config, stars, stops_early)
        folds = named or protocol.scored[: config.get("scored")]
        rounds, fits = network_rounds(stars, protocol, folds, chosen, config["seed"])
        parts = [[one] for one in rounds] if named else [rounds]
        for path, part in zip(probabilities, parts, strict=True):
            predictions_of(stars, part, **about).write(path)
        for path, of_fold in zip(history, fits if named else [], strict=True):
            files.write_csv(path, history_table(of_fold))
        for path in calibration:
            predictions_of(stars, rounds, calibration=True, **about).write(path)


if __name__ == "__main__":
    command.run(main)
