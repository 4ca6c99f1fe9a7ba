"""Compare the rows that a run used with those that it may use, for the feature sets of a label."""

from pathlib import Path

from stellar import command, files
from stellar.crossvalidation.predictions import pairs
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation.leaks.compared import beside_network
from stellar.evaluation.leaks.run import Run


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
    protocol = Protocol.comparison(**config["cv"])
    run = Run.read(protocol, sample, chosen, others["used"], others["rejected"])
    predicted = {
        one.about["tier"]: (one, other) for one, other in pairs(probabilities, calibration)
    }
    models, audited = beside_network(config, settings, compared), []
    for entry in files.read_json(others["data"]):
        name = entry["features"]
        own = [m for m in models if config["tier" if m.kind == "rival" else "study"] == name]
        audited.append(run.audited(entry, predicted.get(name), own, name == config["tier"]))
        command.log.info("%s: %s, %s", name, audited[-1]["verdict"], audited[-1]["reason"])
    files.write_json(others["entries"], audited)


if __name__ == "__main__":
    command.run(main)
