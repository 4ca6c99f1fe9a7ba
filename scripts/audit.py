"""Audit the feature sets of one label scheme for leaks.

python scripts/audit.py --config '{"scheme": "elodie", ...}' --schemes schemes.parquet
--chosen held_out.json --probabilities */probabilities.parquet --entries elodie.json
"""

import json
from collections.abc import Sequence
from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import MissingFeatureError
from stellar.evaluation.leaks import across_folds, audit
from stellar.evaluation.provenance import SHARED, shared_origin
from stellar.sample.arrays import load_scheme
from stellar.sample.features import resolve
from stellar.sample.identity import identify_stars

PLACES = ["ra", "dec", "bestObjID", "plate", "elodieObject"]


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("schemes", "entries"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("chosen", "probabilities"):
        parser.add_argument(f"--{name}", nargs="+", required=True)
    args = parser.parse_args(argv)
    cfg = args.config
    protocol = Protocol.from_json(cfg["cv"])

    places = files.read_table(args.schemes, PLACES)
    stars = identify_stars(
        places["ra"].to_numpy(),
        places["dec"].to_numpy(),
        places["bestObjID"].fill_null(0).to_numpy(),
    )
    groups = {
        "star": stars,
        "plate": places["plate"].fill_null(-1).to_numpy(),
        "template": audit.numbered(places["elodieObject"].fill_null("").to_pylist()),
    }
    chosen = {Path(path).stem: files.read_json(path) for path in args.chosen}
    selection = across_folds.selection_apart(chosen, protocol)
    predicted = {}
    for path in args.probabilities:
        table = files.read_table(path)
        about = json.loads(table.schema.metadata[b"about"])
        if "skipped" not in about:
            predicted[about["tier"]] = across_folds.Predicted.of(table, about)
    entries = []
    for name, listed in cfg["features"]:
        features = resolve(listed)
        try:
            sample = load_scheme(args.schemes, cfg["scheme"], features)
        except MissingFeatureError:
            continue
        entry = audit.entry(
            sample, groups, protocol, predicted.get(name), selection, cfg["seed"], cfg["trees"]
        )
        entries.append(
            {
                "label": cfg["scheme"],
                "features": name,
                "columns": features,
                "shares": SHARED[shared_origin(cfg["scheme"], features)],
                **entry,
            }
        )
        command.log.info("%s: %s, %s", name, entry["verdict"], entry["reason"])
    files.write_json(args.entries, entries)


if __name__ == "__main__":
    command.run(main)
