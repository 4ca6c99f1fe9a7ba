"""Compare the rows that a run used with those that it may use, for the feature sets of a label."""

from functools import partial
from pathlib import Path
from typing import Any

from stellar import command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.leaks.audit import with_run
from stellar.evaluation.leaks.chosen_rows import selection_apart
from stellar.evaluation.leaks.compared import Compared, findings_on, models, named
from stellar.evaluation.leaks.run import Run
from stellar.sample.arrays import load_sample


def main(
    config: command.Slice,
    sample: Path,
    chosen: list[Path],
    probabilities: list[Path],
    calibration: list[Path],
    compared: list[Path],
    settings: list[Path],
    **others: Path,
) -> None:
    scheme, protocol = config["scheme"], Protocol.comparison(**config["cv"])
    negative = files.read_table(sample, ["negative"])["negative"].is_valid().to_numpy()
    choices: dict[str, dict[str, Any]] = {}  # by learner and selection
    for path in chosen:
        choices.setdefault(path.parent.name, {})[path.stem] = files.read_json(path)
    run = Run(
        protocol,
        choices["network"],
        files.read_json(others["used"]),
        files.read_json(others["rejected"]),
        negative,
        partial(load_sample, sample),
    )
    predicted = {}
    for paths in zip(probabilities, calibration, strict=True):
        scored, beside = map(Predictions.read, paths)
        if not scored.skipped:
            predicted[scored.about["tier"]] = scored, beside
    known = [model for path in settings for model in models_of(config, path, compared)]
    audited = []
    for entry in files.read_json(others["data"]):
        name, found, network = entry["features"], [], None
        if name in predicted:
            stars = load_sample(sample, scheme, entry["columns"])
            found, network = run.findings(stars, *predicted[name]), predicted[name][0].accuracy
        own = [m for m in known if config["tier" if m.kind == "rival" else "study"] == name]
        if own:
            command.log.info("%s: compared with %d models", name, len(own))
        found += findings_on(own, partial(load_sample, sample, scheme))
        if name == config["tier"] and "boosted_trees" in choices:
            trees = selection_apart(choices["boosted_trees"], protocol, run.sample_of)
            found += [named("rival boosted_trees", one) for one in trees]
        audited.append(with_run(entry, found, network))
        command.log.info("%s: %s, %s", name, audited[-1]["verdict"], audited[-1]["reason"])
    files.write_json(others["entries"], audited)


def models_of(config: command.Slice, settings: Path, paths: list[Path]) -> list[Compared]:
    """What is compared with the networks of the study's own label."""
    stops_early = files.read_json(settings)["network"]["patience"] is not None
    never, network = (
        Protocol.study(config["cv"]["folds"], stops_early=stops) for stops in (False, stops_early)
    )
    protocols = {
        "rival": Protocol.comparison(**config["cv"]),
        "baseline": never,
        "ablation": network,
        "cv": network,
    }
    return models(paths, protocols, config["ablation_folds"])


if __name__ == "__main__":
    command.run(main)
