"""Draw the study's results: recalls, folds, baselines, ablations, training, the tuner's trials."""

from pathlib import Path

from stellar import command, files
from stellar.reporting.figures import saved, study


def main(
    pooled: Path, first: Path, histories: list[Path], figures: list[Path], **tables: Path
) -> None:
    found = files.read_json(pooled)
    rows = {name: files.read_csv(path) for name, path in tables.items()}
    fits = {path.parent.name.replace("-", " "): files.read_csv(path) for path in histories}
    accuracy = found["over_folds"]["accuracy"]["mean"]
    charts = {
        "recalls": study.recalls(found["recall"]),
        "folds": study.folds(rows["cv"]),
        "baselines": study.baselines(rows["baselines"], accuracy),
        "ablation": study.ablation(rows["ablation"]),
        "training": study.training(study.training_table(files.read_csv(first), fits)),
        "trials": study.trials(rows["trials"]),
    }
    saved.save_all(charts, figures, found["survey"])


if __name__ == "__main__":
    command.run(main)
