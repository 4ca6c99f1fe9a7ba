"""Audit the feature sets of one label scheme for leaks, without a network."""

from pathlib import Path

from stellar import command, files
from stellar.evaluation.leaks.feature_sets import Sets
from stellar.evaluation.leaks.feature_sets import entries as entries_of


def main(config: command.Slice, sample: Path, entries: Path) -> None:
    files.write_json(entries, entries_of(sample, config["scheme"], Sets.of(config)))


if __name__ == "__main__":
    command.run(main)
