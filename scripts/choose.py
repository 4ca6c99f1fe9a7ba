"""Choose a learner's hyperparameters by cross-validation on the selection's folds alone."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.protocol import Protocol
from stellar.learning.tuned import learner_of, prepare
from stellar.sample.features import resolve


def main(config: command.Slice, sample: Path, chosen: Path, threads: int = 1) -> None:
    name, learner, seed = config["name"], config["learner"], config["seed"]
    prepare(name, threads)

    from stellar.crossvalidation.selection import candidates, ranked_trials
    from stellar.sample.arrays import load_sample

    stars = load_sample(sample, config["label"], resolve(config["features"]))
    made = learner_of(name, stars, threads)
    folds = Protocol.comparison(**config["cv"]).selections[config["selection"]]
    trials, used = ranked_trials(
        stars,
        folds,
        candidates(learner["space"], learner["trials"], seed),
        lambda values: made({**learner["fixed"], **values}),
        seed,
        command.log.info,
    )
    files.write_json(
        chosen,
        {
            "survey": stars.survey,
            "learner": name,
            "label": config["label"],
            "features": stars.feature_names,
            "folds": folds,
            "used": used,
            "settings": {**learner["fixed"], **trials[0]["values"]},
            "trials": trials,
        },
    )


if __name__ == "__main__":
    command.run(main)
