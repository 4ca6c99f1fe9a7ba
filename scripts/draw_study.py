"""Draw the study's results: confusion matrix, recalls, baselines, ablations, training curves."""

from pathlib import Path

from stellar import command, files
from stellar.reporting import study_figures


def main(
    pooled: Path, baselines: Path, ablation: Path, first: Path, folds: list[Path], **figures: Path
) -> None:
    found = files.read_json(pooled)
    survey, accuracy = found["survey"], found["over_folds"]["accuracy"]["mean"]
    study_figures.confusion(figures["confusion"], survey, found["confusion"])
    study_figures.recalls(figures["recalls"], survey, found["recall"])
    for name, table in (("baselines_figure", baselines), ("ablation_figure", ablation)):
        rows, mark = files.read_csv(table), "the tuned network's accuracy"
        study_figures.comparison(figures[name], survey, rows, accuracy, mark)
    histories = [files.read_csv(path) for path in folds]
    study_figures.training(figures["training"], survey, files.read_csv(first), histories)


if __name__ == "__main__":
    command.run(main)
