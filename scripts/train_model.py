"""Train the network of one tier and write the model's folder, ready to classify with."""

from pathlib import Path

from stellar import command, files
from stellar.classify import folder, making
from stellar.errors import MissingFeatureError
from stellar.learning.onnx_file import write_onnx
from stellar.learning.tensorflow_setup import tensorflow
from stellar.sample.features import resolve


def main(config: command.Slice, sample: Path, model: Path, version: Path, threads: int = 1) -> None:
    with tensorflow(threads):
        from stellar.crossvalidation.rounds import run_round
        from stellar.learning.models import save_model
        from stellar.learning.network_learners import NetworkLearners

    about, features = config["about"], resolve(config["features"])
    try:
        stars = making.stars_of(sample, about["label"], features, config["folds"])
        learner = NetworkLearners(stars.sample)(about["network"])
        result = run_round(stars.sample, making.PROTOCOL, making.SCORED, learner, config["seed"])
        judge = making.judge(stars, result, **config["rejection"])
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_json(model / folder.MODEL, {**about, "skipped": str(error)})
    else:
        trained = learner.trainer.export(learner.fits)
        save_model(model / folder.KERAS, trained)
        write_onnx(model / folder.ONNX, trained)
        making.write(model, stars, result, judge, about)
    files.write_text(version, folder.seal(model))


if __name__ == "__main__":
    command.run(main)
