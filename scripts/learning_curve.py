"""Score a tuned learner against the number of stars that it is trained on.

python scripts/learning_curve.py --config '{...}' --schemes schemes.parquet
--chosen held_out.json --curve network.csv
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.choice import learner_by_fold, prepare
from stellar.features import resolve
from stellar.protocol import Protocol


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("schemes", "curve"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--chosen", nargs="+", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    cfg = args.config
    prepare(cfg["name"], args.threads)

    from stellar.experiments import few_folds, learning_curve
    from stellar.honest import load_scheme

    protocol = Protocol.from_json(cfg["cv"])
    sample = load_scheme(args.schemes, cfg["label"], resolve(cfg["features"]))
    learner_of = learner_by_fold(cfg["name"], sample, protocol, args.chosen, args.threads)
    folds = few_folds(protocol, cfg["folds"])
    rows = learning_curve(sample, protocol, folds, cfg["sizes"], learner_of, cfg["seed"])
    about = {"survey": sample.survey, "learner": cfg["name"]}
    files.write_text(args.curve, files.csv_text([{**about, **row} for row in rows]))


if __name__ == "__main__":
    command.run(main)
