"""Test whether magnitudes and redshift tell the class, or the absolute magnitude.

python scripts/absolute_magnitude.py --config '{...}' --schemes schemes.parquet
--chosen held_out.json --absolute-magnitude absolute_magnitude.csv
"""

from collections.abc import Sequence
from typing import Any

from stellar import command
from stellar.experiments.setting import Experiment, experiment


def measure(given: Experiment) -> list[dict[str, Any]]:
    from stellar.experiments.absolute_magnitude import absolute_magnitude
    from stellar.experiments.scores import load_columns

    return absolute_magnitude(
        given.sample,
        load_columns(given.schemes, ["sppTeff", "sppLogG"]),
        given.protocol,
        given.folds,
        given.learner_of,
        given.config["seed"],
    )


def main(argv: Sequence[str] | None = None) -> None:
    experiment(__doc__, "absolute-magnitude", measure, argv)


if __name__ == "__main__":
    command.run(main)
