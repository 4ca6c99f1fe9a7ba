"""Choose a learner's hyperparameters by cross-validation on the selection's folds alone.

python scripts/choose.py --config '{"learner": "network", "part": "held_out", ...}'
--schemes schemes.parquet --chosen held_out.json
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stellar import command, files
from stellar.features import resolve
from stellar.network import prepare_tensorflow
from stellar.phases import phase
from stellar.protocol import Protocol

if TYPE_CHECKING:
    from stellar.honest import Learner
    from stellar.samples import Sample


def networks(sample: Sample) -> Callable[[Mapping[str, Any]], Learner]:
    from stellar.network_learners import NetworkLearners

    return NetworkLearners(sample)


def trees(threads: int) -> Callable[[Mapping[str, Any]], Learner]:
    from stellar.honest import classifier_learner
    from stellar.trees import boosted_trees

    return lambda settings: classifier_learner(lambda seed: boosted_trees(settings, seed, threads))


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("schemes", "chosen"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    cfg = args.config
    if cfg["name"] == "network":
        with phase("import"):
            prepare_tensorflow(args.threads)

    from stellar.honest import load_scheme
    from stellar.selection import candidates, choose

    sample = load_scheme(args.schemes, cfg["label"], resolve(cfg["features"]))
    learner_of = networks(sample) if cfg["name"] == "network" else trees(args.threads)
    folds = Protocol.from_json(cfg["cv"]).choosing(cfg["part"])
    learner = cfg["learner"]
    trials = choose(
        sample,
        folds,
        candidates(learner["space"], learner["trials"], cfg["seed"]),
        lambda values: learner_of({**learner["fixed"], **values}),
        cfg["seed"],
        command.log.info,
    )
    files.write_json(
        args.chosen,
        {
            "survey": sample.survey,
            "learner": cfg["name"],
            "folds": folds,
            "settings": {**learner["fixed"], **trials[0]["values"]},
            "trials": trials,
        },
    )


if __name__ == "__main__":
    command.run(main)
