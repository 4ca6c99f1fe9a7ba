"""Draw the results: confusion matrix, recalls, baselines, ablations, training curves.

python scripts/figures.py --pooled pooled.json --baselines baselines.csv
--ablation ablation.csv --first history.csv --folds fold-*/history.csv
--confusion-svg confusion.svg --recalls-svg recalls.svg --baselines-svg baselines.svg
--ablation-svg ablation.svg --training-svg training.svg
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.reporting import study_figures


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("pooled", "baselines", "ablation", "first"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--folds", nargs="+", required=True)
    for name in ("confusion", "recalls", "baselines", "ablation", "training"):
        parser.add_argument(f"--{name}-svg", required=True)
    args = parser.parse_args(argv)

    pooled = files.read_json(args.pooled)
    survey = pooled["survey"]
    accuracy = pooled["over_folds"]["accuracy"]["mean"]
    study_figures.confusion(args.confusion_svg, survey, pooled["confusion"])
    study_figures.recalls(args.recalls_svg, survey, pooled["recall"])
    for rows, path in (
        (files.read_csv(args.baselines), args.baselines_svg),
        (files.read_csv(args.ablation), args.ablation_svg),
    ):
        study_figures.comparison(path, survey, rows, accuracy, "the tuned network's accuracy")
    histories = [files.read_csv(path) for path in args.folds]
    study_figures.training(args.training_svg, survey, files.read_csv(args.first), histories)


if __name__ == "__main__":
    command.run(main)
