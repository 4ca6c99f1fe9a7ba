"""Train the network of one tier and write the model's folder, ready to classify with."""

from pathlib import Path

from stellar import command, files
from stellar.classify import folder, making
from stellar.classify.card import card, card_text
from stellar.errors import MissingFeatureError
from stellar.learning.onnx_file import write_onnx
from stellar.learning.tensorflow_setup import tensorflow
from stellar.sample.arrays import load_sample
from stellar.sample.columns import arrays_of
from stellar.sample.features import columns_needed, resolve


def main(config: command.Slice, sample: Path, model: Path, version: Path, threads: int = 1) -> None:
    with tensorflow(threads):
        from stellar.crossvalidation.rounds import run_round
        from stellar.learning.models import save_model
        from stellar.learning.network_learners import NetworkLearners

    features, about = resolve(config["features"]), config["about"]
    needed = columns_needed(features)
    try:
        rows = making.in_parts(load_sample(sample, about["label"], features), config["folds"])
        table = files.read_table(sample, [*needed, "negative"])
        stars = making.Stars(rows, *making.measured(arrays_of(table, needed), table["negative"]))
        learner = NetworkLearners(rows)(about["network"])
        result = run_round(rows, making.PROTOCOL, making.SCORED, learner, config["seed"])
        judge = making.judge(stars, result, **config["rejection"])
    except MissingFeatureError as error:
        command.log.warning("skipped: %s", error)
        files.write_json(model / folder.MODEL, {**about, "skipped": str(error)})
        files.write_text(version, folder.seal(model))
        return
    document = making.document(stars, result, judge, about)
    described = card(document, making.held_out(stars, result, judge))
    trained = learner.trainer.export(learner.fits)
    save_model(model / folder.KERAS, trained)
    write_onnx(model / folder.ONNX, trained)
    files.write_json(model / folder.MODEL, document)
    files.write_json(model / folder.CARD, described)
    files.write_text(model / folder.CARD_TEXT, card_text(described))
    files.write_text(version, folder.seal(model))


if __name__ == "__main__":
    command.run(main)
