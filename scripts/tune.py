"""Search for hyperparameters on training and validation rows; goes on where it was stopped.

python scripts/tune.py --config '{...}' --train train.parquet --validation validation.parquet
--state results/tune/state --best best_hyperparameters.json --trials trials.csv
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path

from stellar import command, files
from stellar.learning import workers
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.phases import phase


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("train", "validation", "state", "best", "trials"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--workers", type=int, default=1, help="processes that run trials")
    parser.add_argument("--member", help="for the script itself: its part among the processes")
    args = parser.parse_args(argv)
    with workers.member() if args.member else nullcontext():
        tune(args)


def tune(args: argparse.Namespace) -> None:
    with phase("import"):
        prepare_tensorflow()

        from stellar.learning import tuning
        from stellar.sample.split_files import load_split

    cfg = args.config
    train, survey = load_split(args.train)
    validation, _ = load_split(args.validation)
    base = Network.from_json(cfg["network"])
    if args.member:
        tuning.search(cfg["tuning"], base, train, validation, cfg["seed"], Path(args.state))
        return
    # Keras Tuner takes up whatever lies in its folder: the folder is named by all that matters,
    # configuration, code, libraries and rows.
    libraries = {name: version(name) for name in ("keras", "keras-tuner", "tensorflow")}
    digest = hashlib.sha256(json.dumps([cfg, libraries], sort_keys=True).encode())
    modules = {m.__file__ for name, m in sys.modules.items() if name.startswith("stellar")}
    for source in sorted({__file__, *filter(None, modules)}):
        digest.update(Path(source).read_bytes())
    for part in (train, validation):
        digest.update(part.features.tobytes() + part.labels.tobytes())
    state = Path(args.state).resolve() / digest.hexdigest()[:16]
    if args.workers == 1:
        tuner = tuning.search(cfg["tuning"], base, train, validation, cfg["seed"], state)
    else:
        itself = [sys.executable, *sys.orig_argv[1:], "--state", str(state)]
        workers.run(itself, args.workers)
        tuner = tuning.prepare(cfg["tuning"], base, train, cfg["seed"], state)
    rows = tuning.trial_rows(tuner)
    best = tuning.best_network(tuner, rows)
    files.write_text(args.trials, files.csv_text(rows))
    files.write_json(
        args.best,
        {
            "survey": survey,
            "network": best.to_json(),
            "parameters": best.parameters(train.features.shape[1]),
            "val_log_loss": rows[0]["val_log_loss"],
            "val_accuracy": rows[0]["val_accuracy"],
        },
    )


if __name__ == "__main__":
    command.run(main)
