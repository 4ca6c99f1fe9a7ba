"""Split labelled stars into training, validation and test rows, standardized for the network."""

from pathlib import Path

from stellar import command, files
from stellar.sample.columns import integers
from stellar.sample.features import resolve
from stellar.sample.split_files import fit_scaler, write_parts
from stellar.sample.splits import parts_of_rows


def main(
    config: command.Slice, stars: Path, train: Path, validation: Path, test: Path, scaler: Path
) -> None:
    parts = {"train": train, "validation": validation, "test": test}
    table = files.read_table(stars, ["star", "label"])
    fractions = [config["split"][name] for name in parts]
    labels, star = integers(table, "label"), integers(table, "star")
    part = parts_of_rows(labels, star, fractions, config["seed"])
    fitted = fit_scaler(stars, part == 0, resolve(config["features"]))
    rows = write_parts(stars, fitted, part, list(parts.values()))
    files.write_json(scaler, fitted.to_json())
    for name, number in zip(parts, rows, strict=True):
        command.log.info("%s: %d rows", name, number)


if __name__ == "__main__":
    command.run(main)
