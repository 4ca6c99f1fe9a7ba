"""Audit the feature sets of one label scheme for leaks."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import MissingFeatureError
from stellar.evaluation.leaks import across_folds, audit
from stellar.sample.arrays import load_scheme
from stellar.sample.features import resolve


def main(
    config: command.Slice,
    schemes: Path,
    chosen: list[Path],
    probabilities: list[Path],
    entries: Path,
) -> None:
    scheme, protocol = config["scheme"], Protocol.from_json(config["cv"])
    choices = {path.stem: files.read_json(path) for path in chosen}
    selection = across_folds.selection_apart(choices, protocol)
    groups = audit.groups_of(files.read_table(schemes, audit.PLACES))
    predicted = across_folds.by_tier(files.read_table(path) for path in probabilities)
    found = []
    for name, listed in config["features"]:
        features = resolve(listed)
        try:
            sample = load_scheme(schemes, scheme, features)
        except MissingFeatureError:
            continue
        entry = audit.entry(
            sample,
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
