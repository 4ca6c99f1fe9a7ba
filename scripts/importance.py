"""Measure what the network loses without each group of columns.

python scripts/importance.py --config '{...}' --schemes schemes.parquet
--chosen held_out.json --importance importance.csv
"""

from collections.abc import Sequence
from typing import Any

from stellar import command
from stellar.experiments.setting import Experiment, experiment


def measure(given: Experiment) -> list[dict[str, Any]]:
    from stellar.experiments.importance import importance
    from stellar.experiments.scores import load_columns

    cfg = given.config
    rows = importance(
        given.sample,
        load_columns(given.schemes, given.sample.features),
        given.protocol,
        given.folds,
        given.learner_of(),
        cfg["repeats"],
        cfg["seed"],
    )
    return [{"tier": cfg["tier"], **row} for row in rows]


def main(argv: Sequence[str] | None = None) -> None:
    experiment(__doc__, "importance", measure, argv)


if __name__ == "__main__":
    command.run(main)
