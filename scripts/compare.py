"""Score tiers and rivals under the honest protocol.

python scripts/compare.py --config '{...}' --tiers */probabilities.parquet
--network probabilities.parquet --rivals */probabilities.parquet
--tiers-csv tiers.csv --rivals-csv rivals.csv
"""

from collections.abc import Sequence

import numpy as np
from stellar import command, files
from stellar.evaluation import comparison_tables


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("tiers", "rivals"):
        parser.add_argument(f"--{name}", nargs="+", required=True)
    for name in ("network", "tiers-csv", "rivals-csv"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args(argv)
    cfg = args.config

    costs = np.array(cfg["costs"], np.float64)
    tiers = [files.read_table(path) for path in args.tiers]
    rivals = [files.read_table(path) for path in args.rivals]
    network = files.read_table(args.network)
    files.write_text(args.tiers_csv, files.csv_text(comparison_tables.tier_rows(tiers, costs)))
    rows = comparison_tables.rival_rows(network, rivals, costs, cfg["rope"])
    files.write_text(args.rivals_csv, files.csv_text(rows))


if __name__ == "__main__":
    command.run(main)
