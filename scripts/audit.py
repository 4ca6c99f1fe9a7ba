"""Audit the feature sets of one label scheme for leaks."""

from functools import partial
from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import MissingFeatureError
from stellar.evaluation.leaks import audit
from stellar.evaluation.leaks.run import Run
from stellar.sample.arrays import load_sample
from stellar.sample.features import resolve


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
    groups = audit.groups_of(files.read_table(sample, audit.PLACES))
    predicted = {}
    for paths in zip(probabilities, calibration, strict=True):
        scored, beside = map(Predictions.read, paths)
        if not scored.skipped:
            predicted[scored.about["tier"]] = scored, beside
    sets = {name: resolve(listed) for name, listed in config["features"]}
    examination = audit.examination(sample, scheme, sets.values(), config["seed"])
    found = []
    for name, features in sets.items():
        try:
            stars = load_sample(sample, scheme, features)
        except MissingFeatureError:
            continue
        pair = predicted.get(name)
        entry = audit.entry(
            stars,
            groups,
            examination,
            run.findings(stars, *pair) if pair else [],
            pair and pair[0].accuracy,
            config["seed"],
            config["trees"],
        )
        found.append({**audit.named(scheme, name, features), **entry})
        command.log.info("%s: %s, %s", name, entry["verdict"], entry["reason"])
    files.write_json(others["entries"], found)


if __name__ == "__main__":
    command.run(main)
