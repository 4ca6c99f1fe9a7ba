"""Score the final model on the test rows, which nothing else has looked at."""

from pathlib import Path

from stellar import command, files
from stellar.learning.tensorflow_setup import tensorflow
from stellar.phases import phase


def main(model: Path, test: Path, metrics: Path, threads: int = 1) -> None:
    with tensorflow(threads):
        from stellar.crossvalidation.predictions import most_probable
        from stellar.evaluation.metrics import confusion, scores
        from stellar.learning.models import Predictor, load_model
        from stellar.sample.split_files import load_split

    rows, survey = load_split(test)
    predict = Predictor(load_model(model))
    with phase("evaluate", len(rows.labels)):
        predicted = most_probable(predict(rows.values))
    found = {"survey": survey, **scores(rows.labels, predicted)}
    table = confusion(rows.labels, predicted).tolist()
    files.write_json(metrics, {**found, "confusion": table})


if __name__ == "__main__":
    command.run(main)
