"""Search for hyperparameters on training and validation rows; goes on where it was stopped."""

import sys
from contextlib import nullcontext
from pathlib import Path

from stellar import command, files
from stellar.learning import workers
from stellar.learning.network import Network
from stellar.learning.tensorflow_setup import tensorflow


def main(
    config: command.Slice,
    train: Path,
    validation: Path,
    best: Path,
    trials: Path,
    threads: int = 1,
    **process: str,
) -> None:
    # With several threads as many processes run trials: the script itself, given a member's name
    # and where the search keeps its state.
    with workers.member() if "member" in process else nullcontext():
        with tensorflow():
            from stellar.learning import tuning
            from stellar.sample.split_files import load_split

        rows, survey = load_split(train)
        others, _ = load_split(validation)
        settings, seed = config["tuning"], config["seed"]
        base = Network.from_json(config["network"])
        if "member" in process:
            tuning.search(settings, base, rows, others, seed, Path(process["state"]))
            return
        folder = tuning.state_folder(best.parent / "state", config, __file__, (rows, others))
        if threads == 1:
            tuner = tuning.search(settings, base, rows, others, seed, folder)
        else:
            itself = [sys.executable, *sys.orig_argv[1:], "--state", str(folder)]
            workers.run(itself, threads)
            tuner = tuning.prepare(settings, base, rows, seed, folder)
        found = tuning.trial_table(tuner)
        network = tuning.best_network(tuner, found)
        files.write_text(trials, files.csv_text(found))
        files.write_json(
            best,
            {
                "survey": survey,
                "network": network.to_json(),
                "parameters": network.parameters(rows.values.shape[1]),
                "val_log_loss": found[0]["val_log_loss"],
                "val_accuracy": found[0]["val_accuracy"],
            },
        )


if __name__ == "__main__":
    command.run(main)
