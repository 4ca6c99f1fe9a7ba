"""Calibrate the tiers' probabilities, make conformal sets, and learn what to reject."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import pairs
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation import calibration as calibrated
from stellar.evaluation.rejection import reject
from stellar.sample.arrays import kinds_of_negatives, load_sample


def main(
    config: command.Slice,
    sample: Path,
    probabilities: list[Path],
    calibration: list[Path],
    **written: Path,
) -> None:
    protocol, wanted = Protocol.comparison(**config["cv"]), (config["label"], config["tier"])
    predicted = pairs(probabilities, calibration)
    rows, shown, used = calibrated.calibrate(predicted, protocol, config["level"], wanted)
    stars, kinds = load_sample(sample, shown.label, shown.features), kinds_of_negatives(sample)
    rejected, risk = reject(shown, stars, kinds, protocol, config["rejected"], config["seed"])
    files.write_csv(written["calibration_table"], rows)
    files.write_csv(written["reliability"], calibrated.reliability_table(shown.folds))
    files.write_csv(written["risk"], risk)
    files.write_json(written["used"], used)
    files.write_json(written["rejected"], {**rejected, "level": config["level"]})


if __name__ == "__main__":
    command.run(main)
