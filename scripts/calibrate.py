"""Calibrate the tiers' probabilities, make conformal sets, and learn what to reject."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation import calibration as calibrated
from stellar.evaluation import rejection
from stellar.sample.arrays import load_sample


def main(
    config: command.Slice,
    sample: Path,
    probabilities: list[Path],
    calibration: list[Path],
    **written: Path,
) -> None:
    protocol = Protocol.comparison(**config["cv"])
    pairs = (
        (Predictions.read(scored), Predictions.read(beside))
        for scored, beside in zip(probabilities, calibration, strict=True)
    )
    wanted = (config["label"], config["tier"])
    rows, shown, used = calibrated.calibrate(pairs, protocol, config["level"], wanted)
    stars = load_sample(sample, shown.label, shown.features)
    kinds = files.read_table(sample, ["negative"])["negative"].fill_null("")
    kind = kinds.to_numpy(zero_copy_only=False)
    document, risks = rejection.reject(
        shown, stars, kind, protocol, config["rejected"], config["seed"]
    )
    files.write_text(written["calibration_table"], files.csv_text(rows))
    reliability = calibrated.reliability_table(shown.folds)
    files.write_text(written["reliability"], files.csv_text(reliability))
    files.write_text(written["risk"], files.csv_text(risks))
    files.write_json(written["used"], used)
    files.write_json(written["rejected"], document | {"level": config["level"]})


if __name__ == "__main__":
    command.run(main)
