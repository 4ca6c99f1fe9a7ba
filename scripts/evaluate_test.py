"""Score the final model on the test rows, which nothing else has looked at.

python scripts/evaluate_test.py --model model.keras --test test.parquet --metrics metrics.json
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.phases import phase


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("model", "test", "metrics"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(argv)
    with phase("import"):
        prepare_tensorflow(args.threads)

        import keras
        from stellar.crossvalidation.predictions import predicted_class
        from stellar.evaluation import metrics
        from stellar.learning.models import Predictor
        from stellar.sample.split_files import load_split

    rows, survey = load_split(args.test)
    predict = Predictor(keras.models.load_model(args.model))
    with phase("evaluate"):
        predicted = predicted_class(predict(rows.features))
    files.write_json(
        args.metrics,
        {
            "survey": survey,
            **metrics.scores(rows.labels, predicted),
            "confusion": metrics.confusion(rows.labels, predicted).tolist(),
        },
    )


if __name__ == "__main__":
    command.run(main)
