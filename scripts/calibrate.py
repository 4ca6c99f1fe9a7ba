"""Calibrate the tiers' probabilities, make conformal sets, and learn what to reject."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation import calibration as calibrated
from stellar.evaluation import rejection
from stellar.sample.arrays import load_scheme


def main(
    config: command.Slice,
    schemes: Path,
    probabilities: list[Path],
    calibration: list[Path],
    calibration_table: Path,
    reliability: Path,
    risk: Path,
    rejected: Path,
) -> None:
    protocol = Protocol.from_json(config["cv"])
    pairs = (map(files.read_table, pair) for pair in zip(probabilities, calibration, strict=True))
    wanted = (config["label"], config["tier"])
    rows, shown = calibrated.calibrate(pairs, protocol, config["level"], wanted)
    sample = load_scheme(schemes, shown.label, shown.features)
    kind = (
        files.read_table(schemes, ["negative"])["negative"]
        .fill_null("")
        .to_numpy(zero_copy_only=False)
    )
    document, risks = rejection.reject(
        shown, sample, kind, protocol, config["rejected"], config["seed"]
    )
    files.write_text(calibration_table, files.csv_text(rows))
    files.write_text(reliability, files.csv_text(calibrated.reliability_rows(shown.folds)))
    files.write_text(risk, files.csv_text(risks))
    files.write_json(rejected, document | {"level": config["level"]})


if __name__ == "__main__":
    command.run(main)
