"""Score a rival of the network on the same folds: boosted trees, a baseline, The Hammer.

python scripts/rival.py --config '{"name": "boosted_trees", ...}' --schemes schemes.parquet
--chosen held_out.json --probabilities probabilities.parquet
"""

from collections.abc import Sequence
from typing import Any

from stellar import command, files, honest
from stellar.baselines import BASELINES
from stellar.errors import MissingFeatureError
from stellar.evaluation import skipped_table
from stellar.features import resolve
from stellar.protocol import Protocol
from stellar.trees import boosted_trees


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("schemes", "probabilities"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--chosen", nargs="*", default=[])
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    cfg = args.config
    name, protocol = cfg["name"], Protocol.from_json(cfg["cv"])
    if name == "hammer":
        table = honest.types_as_table(args.schemes, cfg["label"], "hammer", protocol)
        files.write_table(args.probabilities, table)
        return
    baseline = BASELINES.get(name)
    features = (baseline and baseline.features) or resolve(cfg["features"])
    try:
        sample = honest.load_scheme(args.schemes, cfg["label"], features)
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_table(args.probabilities, skipped_table(name, str(error)))
        return
    if baseline:
        learner = honest.classifier_learner(lambda seed: baseline.make(seed, args.threads))
        chosen: dict[str, dict[str, Any]] = {part: {} for part in protocol.parts}
        results = honest.score_folds(
            sample,
            protocol,
            lambda settings: learner,
            chosen,
            cfg["seed"],
            command.log.info,
            scale=baseline.features is None,
        )
    else:
        results = honest.score_folds(
            sample,
            protocol,
            lambda settings: honest.classifier_learner(
                lambda seed: boosted_trees(settings, seed, args.threads)
            ),
            honest.chosen_by_part(args.chosen),
            cfg["seed"],
            command.log.info,
        )
    about = baseline.about if baseline else "LightGBM, tuned at the network's cost"
    files.write_table(
        args.probabilities, honest.held_out_table(sample, results, name=name, about=about)
    )


if __name__ == "__main__":
    command.run(main)
