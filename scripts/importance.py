"""Measure what the network loses without each group of columns.

python scripts/importance.py --config '{...}' --schemes schemes.parquet
--chosen held_out.json --importance photometry.csv
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.choice import learner_by_fold, prepare
from stellar.features import columns_needed, resolve
from stellar.protocol import Protocol


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("schemes", "importance"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--chosen", nargs="+", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    cfg = args.config
    prepare("network", args.threads)

    from stellar.errors import MissingFeatureError
    from stellar.experiments import few_folds, groups_of, importance, load_columns
    from stellar.honest import load_scheme

    protocol, features = Protocol.from_json(cfg["cv"]), resolve(cfg["features"])
    try:
        sample = load_scheme(args.schemes, cfg["label"], features)
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_text(args.importance, "tier,group\n")
        return
    rows = importance(
        sample,
        load_columns(args.schemes, features),
        groups_of(columns_needed(features)),
        protocol,
        few_folds(protocol, cfg["folds"]),
        learner_by_fold("network", sample, protocol, args.chosen, args.threads),
        cfg["repeats"],
        cfg["seed"],
    )
    files.write_text(args.importance, files.csv_text([{"tier": cfg["tier"], **r} for r in rows]))


if __name__ == "__main__":
    command.run(main)
