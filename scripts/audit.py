"""Audit the feature sets of one label scheme for leaks."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import MissingFeatureError
from stellar.evaluation.leaks import across_folds, audit
from stellar.sample.arrays import load_sample
from stellar.sample.features import resolve


def main(
    config: command.Slice,
    sample: Path,
    chosen: list[Path],
    probabilities: list[Path],
    entries: Path,
) -> None:
    scheme, protocol = config["scheme"], Protocol.comparison(**config["cv"])
    choices = {path.stem: files.read_json(path) for path in chosen}
    selection = across_folds.selection_apart(choices, protocol)
    groups = audit.groups_of(files.read_table(sample, audit.PLACES))
    predicted = {
        known.about["tier"]: known
        for known in map(Predictions.read, probabilities)
        if not known.skipped
    }
    found = []
    for name, listed in config["features"]:
        features = resolve(listed)
        try:
            stars = load_sample(sample, scheme, features)
        except MissingFeatureError:
            continue
        entry = audit.entry(
            stars,
            groups,
            protocol,
            predicted.get(name),
            selection,
            config["seed"],
            config["trees"],
        )
        found.append({**audit.named(scheme, name, features), **entry})
        command.log.info("%s: %s, %s", name, entry["verdict"], entry["reason"])
    files.write_json(entries, found)


if __name__ == "__main__":
    command.run(main)
