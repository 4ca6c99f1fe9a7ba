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

        (rows, survey), (others, _) = load_split(train), load_split(validation)
        base = Network.from_json(config["network"])
        search = tuning.Search(config["tuning"], base, rows, others, config["seed"])
        if "member" in process:
            search.run(Path(process["state"]))
            return
        state = tuning.state_folder(best.parent / "state", config, __file__, (rows, others))
        if threads > 1:
            workers.run([sys.executable, *sys.orig_argv[1:], "--state", str(state)], threads)
        tuner = search.run(state) if threads == 1 else search.prepare(state)
        found = tuning.trial_table(tuner)
        files.write_csv(trials, found)
        chosen = tuning.best(tuner, found, rows.values.shape[1])
        files.write_json(best, {"survey": survey, **chosen})


if __name__ == "__main__":
    command.run(main)
