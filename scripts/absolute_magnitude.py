"""Test whether magnitudes and redshift tell the class, or the absolute magnitude.

python scripts/absolute_magnitude.py --config '{...}' --schemes schemes.parquet
--chosen held_out.json --readings absolute_magnitude.json
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.choice import learner_by_fold, prepare
from stellar.features import resolve
from stellar.protocol import Protocol


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("schemes", "readings"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--chosen", nargs="+", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    cfg = args.config
    prepare("network", args.threads)

    from stellar.errors import MissingFeatureError
    from stellar.experiments import few_folds, load_columns, readings_of_redshift
    from stellar.honest import load_scheme

    protocol = Protocol.from_json(cfg["cv"])
    features = [name for name in resolve(cfg["features"]) if name != "redshift"]
    try:
        sample = load_scheme(args.schemes, cfg["label"], [*features, "redshift"])
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_json(args.readings, {"skipped": str(error)})
        return
    spectroscopic = load_columns(args.schemes, ["sppTeff", "sppLogG"])
    document = readings_of_redshift(
        sample,
        spectroscopic,
        protocol,
        few_folds(protocol, cfg["folds"]),
        lambda part: learner_by_fold("network", part, protocol, args.chosen, args.threads),
        cfg["seed"],
    )
    files.write_json(args.readings, {"survey": sample.survey, **document})


if __name__ == "__main__":
    command.run(main)
