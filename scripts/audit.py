"""Audit the feature sets of one label scheme for leaks."""

from functools import partial
from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.leaks.feature_sets import Sets, entries
from stellar.evaluation.leaks.finding import Finding
from stellar.evaluation.leaks.run import Run
from stellar.sample.arrays import Sample, load_sample


def main(
    config: command.Slice,
    sample: Path,
    chosen: list[Path],
    probabilities: list[Path],
    calibration: list[Path],
    **others: Path,
) -> None:
    scheme, protocol = config["scheme"], Protocol.comparison(**config["cv"])
    negative = files.read_table(sample, ["negative"])["negative"].is_valid().to_numpy()
    run = Run(
        protocol,
        {path.stem: files.read_json(path) for path in chosen},
        files.read_json(others["used"]),
        files.read_json(others["rejected"]),
        negative,
        partial(load_sample, sample),
    )
    predicted = {}
    for paths in zip(probabilities, calibration, strict=True):
        scored, beside = map(Predictions.read, paths)
        if not scored.skipped:
            predicted[scored.about["tier"]] = scored, beside

    def ran(tier: str, stars: Sample) -> tuple[list[Finding], float | None]:
        pair = predicted.get(tier)
        return (run.findings(stars, *pair), pair[0].accuracy) if pair else ([], None)

    files.write_json(others["entries"], entries(sample, scheme, Sets.of(config), ran))


if __name__ == "__main__":
    command.run(main)
