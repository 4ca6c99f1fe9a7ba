"""Draw what the run cost: the rules with their times, CPU and memory by rule, jobs by time."""

from pathlib import Path

from stellar import command, files
from stellar.reporting.figures import running, saved


def main(pooled: Path, cost: Path, jobs: Path, figures: list[Path]) -> None:
    rules = files.read_csv(cost)
    charts = {
        "dag": running.dag(rules),
        "resources": running.resources(rules),
        "schedule": running.schedule(files.read_csv(jobs)),
    }
    saved.save_all(charts, figures, files.read_json(pooled)["survey"])


if __name__ == "__main__":
    command.run(main)
