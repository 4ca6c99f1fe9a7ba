"""Train with noise drawn from the errors of the inputs, and average over draws.

python scripts/input_errors.py --config '{...}' --schemes schemes.parquet
--chosen held_out.json --input-errors input_errors.csv
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.choice import learner_by_fold, prepare
from stellar.features import resolve
from stellar.protocol import Protocol


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("schemes", "input-errors"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--chosen", nargs="+", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    cfg = args.config
    prepare("network", args.threads)

    from stellar.errors import MissingFeatureError
    from stellar.experiments import few_folds, input_errors, load_columns
    from stellar.honest import load_scheme

    protocol, features = Protocol.from_json(cfg["cv"]), resolve(cfg["features"])
    try:
        sample = load_scheme(args.schemes, cfg["label"], features)
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_text(args.input_errors, "training,prediction\n")
        return
    copies = cfg["copies"]
    rows = input_errors(
        sample,
        load_columns(args.schemes, features),
        protocol,
        few_folds(protocol, cfg["folds"]),
        learner_by_fold("network", sample, protocol, args.chosen, args.threads, 1 + copies),
        copies,
        cfg["draws"],
        cfg["seed"],
    )
    files.write_text(args.input_errors, files.csv_text(rows))


if __name__ == "__main__":
    command.run(main)
