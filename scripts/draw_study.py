"""Draw the study's results: confusion matrix, recalls, baselines, ablations, training curves."""

from pathlib import Path

from stellar import command, files
from stellar.reporting import study_figures


def main(
    pooled: Path,
    baselines: Path,
    ablation: Path,
    first: Path,
    folds: list[Path],
    confusion: Path,
    recalls: Path,
    baselines_figure: Path,
    ablation_figure: Path,
    training: Path,
) -> None:
    found = files.read_json(pooled)
    survey, accuracy = found["survey"], found["over_folds"]["accuracy"]["mean"]
    study_figures.confusion(confusion, survey, found["confusion"])
    study_figures.recalls(recalls, survey, found["recall"])
    for table, figure in ((baselines, baselines_figure), (ablation, ablation_figure)):
        rows = files.read_csv(table)
        study_figures.comparison(figure, survey, rows, accuracy, "the tuned network's accuracy")
    histories = [files.read_csv(path) for path in folds]
    study_figures.training(training, survey, files.read_csv(first), histories)


if __name__ == "__main__":
    command.run(main)
