"""Train networks of all widths on real and on shuffled labels.

python scripts/memorise.py --config '{...}' --schemes schemes.parquet
--memorised memorise.csv
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.learning.network import Network
from stellar.learning.tuned import prepare
from stellar.sample.features import resolve


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("schemes", "memorised"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    cfg = args.config
    prepare("network", args.threads)

    from stellar.experiments.memorisation import memorise
    from stellar.sample.arrays import load_scheme

    sample = load_scheme(args.schemes, cfg["label"], resolve(cfg["features"]))
    network = Network.from_json(cfg["network"])
    rows = memorise(
        sample, network, cfg["widths"], cfg["stars"], cfg["epochs"], cfg["seed"], command.log.info
    )
    files.write_text(args.memorised, files.csv_text(rows))


if __name__ == "__main__":
    command.run(main)
