"""Score the chosen network on one tier of features and one label scheme, on the scored folds.

python scripts/tier.py --config '{"scheme": "elodie", "tier": "photometry", ...}'
--schemes schemes.parquet --chosen held_out.json --probabilities probabilities.parquet
--calibration calibration.parquet
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.crossvalidation.protocol import Protocol
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.phases import phase
from stellar.sample.features import resolve


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("schemes", "probabilities", "calibration"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--chosen", nargs="+", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    cfg = args.config
    with phase("import"):
        prepare_tensorflow(args.threads)

        from stellar.crossvalidation import rounds, selection
        from stellar.crossvalidation.predictions import skipped_table
        from stellar.errors import MissingFeatureError
        from stellar.learning.network_learners import NetworkLearners
        from stellar.sample import arrays

    name = f"{cfg['scheme']}/{cfg['tier']}"
    try:
        sample = arrays.load_scheme(args.schemes, cfg["scheme"], resolve(cfg["features"]))
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        for path in (args.probabilities, args.calibration):
            files.write_table(path, skipped_table(name, str(error)))
        return
    results = rounds.score_folds(
        sample,
        Protocol.from_json(cfg["cv"]),
        NetworkLearners(sample),
        selection.chosen_by_part(args.chosen),
        cfg["seed"],
        command.log.info,
    )
    about = {"name": name, "scheme": cfg["scheme"], "tier": cfg["tier"]}
    files.write_table(args.probabilities, rounds.held_out_table(sample, results, **about))
    files.write_table(args.calibration, rounds.calibration_table(sample, results, **about))


if __name__ == "__main__":
    command.run(main)
