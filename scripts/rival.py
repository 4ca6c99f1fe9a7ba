"""Score a rival of the network on the same folds: boosted trees, a baseline, The Hammer.

python scripts/rival.py --config '{"name": "boosted_trees", ...}' --schemes schemes.parquet
--chosen held_out.json --probabilities probabilities.parquet
"""

from collections.abc import Mapping, Sequence
from typing import Any

from stellar import command, files
from stellar.crossvalidation import rounds, selection
from stellar.crossvalidation.predictions import skipped_table
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import MissingFeatureError
from stellar.learning import learners
from stellar.learning.baselines import BASELINES
from stellar.learning.tuned import learner_of
from stellar.sample import arrays
from stellar.sample.features import resolve


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
        table = rounds.types_as_table(args.schemes, cfg["label"], "hammer", protocol)
        files.write_table(args.probabilities, table)
        return
    baseline = BASELINES.get(name)
    features = (baseline and baseline.features) or resolve(cfg["features"])
    try:
        sample = arrays.load_scheme(args.schemes, cfg["label"], features)
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_table(args.probabilities, skipped_table(name, str(error)))
        return
    if baseline:  # has no settings to choose
        learner = learners.classifier_learner(lambda seed: baseline.make(seed, args.threads))

        def made(settings: Mapping[str, Any]) -> learners.Learner:
            return learner

        chosen: dict[str, Mapping[str, Any]] = {part: {} for part in protocol.parts}
    else:
        made = learner_of(name, sample, args.threads)
        chosen = selection.chosen_by_part(args.chosen)
    results = rounds.score_folds(
        sample,
        protocol,
        made,
        chosen,
        cfg["seed"],
        command.log.info,
        scale=not baseline or baseline.features is None,
    )
    about = baseline.about if baseline else "LightGBM, tuned at no less than the network's cost"
    files.write_table(
        args.probabilities, rounds.held_out_table(sample, results, name=name, about=about)
    )


if __name__ == "__main__":
    command.run(main)
