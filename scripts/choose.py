"""Choose a learner's hyperparameters by cross-validation on the selection's folds alone.

python scripts/choose.py --config '{"learner": "network", "part": "held_out", ...}'
--schemes schemes.parquet --chosen held_out.json
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.crossvalidation.protocol import Protocol
from stellar.learning.tuned import learner_of, prepare
from stellar.sample.features import resolve


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("schemes", "chosen"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    cfg = args.config
    prepare(cfg["name"], args.threads)

    from stellar.crossvalidation.selection import candidates, choose
    from stellar.sample.arrays import load_scheme

    sample = load_scheme(args.schemes, cfg["label"], resolve(cfg["features"]))
    made = learner_of(cfg["name"], sample, args.threads)
    folds = Protocol.from_json(cfg["cv"]).choosing(cfg["part"])
    learner = cfg["learner"]
    trials = choose(
        sample,
        folds,
        candidates(learner["space"], learner["trials"], cfg["seed"]),
        lambda values: made({**learner["fixed"], **values}),
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
