"""What was found, in the few lines that end `make study` and `make audit`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stellar import files

Row = Mapping[str, Any]


def findings(config: Row, results: Path) -> list[str]:
    """Three accuracies and the audit's verdict, from a finished study's tables.

    Parameters
    ----------
    config : mapping
        The run's configuration.
    results : Path
        Where the study's tables are.

    Returns
    -------
    list of str
        Lines for a terminal; one that says so where a value is missing.
    """
    pooled = files.read_json(results / "summary" / "pooled.json")
    tiers = files.read_csv(results / "summary" / "tiers.csv")
    baselines = files.read_csv(results / "summary" / "baselines.csv")
    label, tier = config["label"], config["compare"]["tier"]
    verdicts = files.read_json(results / "audit" / f"{label}.json")
    mean = pooled["over_folds"]["accuracy"]["mean"]
    study = {"accuracy": mean, "ci95": pooled["ci95"]["accuracy"]}
    compared = _first(tiers, label=label, tier=tier)
    lookup = _first(baselines, name="lookup")
    of_stars = "simulated stars" if pooled["survey"] == "simulated" else "stars"
    return [
        f"Accuracy on {of_stars} (label {label}, ± is a 95 % interval):",
        _line(study, "ci95", f"the tuned network on the study's features ({_named(config)})"),
        _line(
            compared, "accuracy_ci95", f"the network on {tier} alone, on folds that chose nothing"
        ),
        _line(lookup, "accuracy_ci95", "a lookup table of the ELODIE values, no network at all"),
        _verdict(config, verdicts),
    ]


def verdicts(config: Row, results: Path) -> list[str]:
    """The verdict on each feature set, from an audit without networks.

    Parameters
    ----------
    config : mapping
        The run's configuration.
    results : Path
        Where the audit's files are.

    Returns
    -------
    list of str
        Lines for a terminal.
    """
    label = config["label"]
    entries = files.read_json(results / "audit_alone" / f"{label}.json")
    if not entries:
        return [f"No feature set of label {label} could be audited; see the log."]
    of_stars = "simulated stars" if entries[0]["survey"] == "simulated" else "stars"
    return [
        f"Do the features of {of_stars} leak the label {label}?",
        *(f"  {_WORDS.get(e['verdict'], e['verdict']):<16} {e['features']}" for e in entries),
    ]


_WORDS = {"clean": "no leak detected"}


def _first(rows: Sequence[Row], **wanted: str) -> Row | None:
    found = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    return found[0] if found else None


def _named(config: Row) -> str:
    features = config["features"]
    return features if isinstance(features, str) else ", ".join(features)


def _line(row: Row | None, interval: str, what: str) -> str:
    row = row or {}
    accuracy = row.get("accuracy", row.get("accuracy_mean"))
    if accuracy is None:
        return f"  not computed    {what}"
    half = row.get(interval)
    spread = f" ± {100 * half:4.1f} %" if half is not None else " %"
    if half is not None and 2 * half > 1:  # wider than the scale
        spread, what = " %", f"{what} (too few stars to say)"
    return f"  {f'{100 * accuracy:5.1f}{spread}':<15} {what}"


def _verdict(config: Row, verdicts: Sequence[Row]) -> str:
    """What the audit says of the study's features."""
    name, label = config["features"], config["label"]
    row = _first(verdicts, label=label, features=name if isinstance(name, str) else "features")
    if row is None:
        return "The audit did not look at the study's features."
    if row["verdict"] == "clean":
        return f"The audit finds no leak of the label in the study's features: {row['reason']}."
    says = "leak the label" if row["verdict"] == "leaks" else "are suspect"
    return f"By the audit the study's features {says}: {row['reason']}."
