"""Train with noise drawn from the errors of the inputs, and average over draws.

python scripts/input_errors.py --config '{...}' --schemes schemes.parquet
--chosen held_out.json --input-errors input_errors.csv
"""

from collections.abc import Sequence
from typing import Any

from stellar import command
from stellar.experiments.setting import Experiment, experiment


def measure(given: Experiment) -> list[dict[str, Any]]:
    from stellar.experiments.input_errors import Noise, input_errors
    from stellar.experiments.scores import load_columns

    cfg = given.config
    return input_errors(
        given.sample,
        load_columns(given.schemes, given.sample.features),
        given.protocol,
        given.folds,
        given.learner_of(copies=1 + cfg["copies"]),
        Noise(cfg["copies"], cfg["draws"]),
        cfg["seed"],
    )


def main(argv: Sequence[str] | None = None) -> None:
    experiment(__doc__, "input-errors", measure, argv)


if __name__ == "__main__":
    command.run(main)
