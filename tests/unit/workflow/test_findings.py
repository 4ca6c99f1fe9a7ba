"""What is said when a run is over."""

import pytest
from stellar import files
from stellar.workflow import findings

CONFIG = {"label": "elodie", "features": "study", "compare": {"tier": "photometry"}}


@pytest.fixture
def results(tmp_path):
    """Tables of a finished study."""
    pooled = {"survey": "simulated", "over_folds": {"accuracy": {"mean": 0.985, "std": 0.002}}}
    files.write_json(tmp_path / "summary/pooled.json", {**pooled, "ci95": {"accuracy": 0.003}})
    tier = {"label": "elodie", "tier": "photometry", "accuracy": 0.764, "accuracy_ci95": 0.006}
    files.write_text(tmp_path / "summary/tiers.csv", files.csv_text([tier]))
    lookup = {"name": "lookup", "accuracy_mean": 0.999, "accuracy_ci95": 0.0001}
    files.write_text(tmp_path / "summary/baselines.csv", files.csv_text([lookup]))
    verdict = {"label": "elodie", "features": "study", "verdict": "leaks", "reason": "it does"}
    files.write_json(tmp_path / "audit/elodie.json", [verdict])
    return tmp_path


def test_three_numbers_and_a_verdict_are_what_was_found(results):
    assert findings.findings(CONFIG, results) == [
        "Accuracy on simulated stars (label elodie, ± is a 95 % interval):",
        "   98.5 ±  0.3 %  the tuned network on the study's features (study)",
        "   76.4 ±  0.6 %  the network on photometry alone, on folds that chose nothing",
        "   99.9 ±  0.0 %  a lookup table of the ELODIE values, no network at all",
        "By the audit the study's features leak the label: it does.",
    ]


def test_a_value_that_is_not_there_is_said_to_be(results):
    other = {"name": "majority", "accuracy_mean": 0.3, "accuracy_ci95": None}
    files.write_text(results / "summary/baselines.csv", files.csv_text([other]))
    files.write_json(results / "audit/elodie.json", [])
    lines = findings.findings({**CONFIG, "compare": {"tier": "sspp"}}, results)
    assert lines[2:] == [
        "  not computed    the network on sspp alone, on folds that chose nothing",
        "  not computed    a lookup table of the ELODIE values, no network at all",
        "The audit did not look at the study's features.",
    ]


def test_a_clean_study_is_said_to_be_clean(results):
    verdict = {"label": "elodie", "features": "study", "verdict": "clean", "reason": "no value"}
    files.write_json(results / "audit/elodie.json", [verdict])
    assert findings.findings(CONFIG, results)[-1] == (
        "The audit finds no leak of the label in the study's features: no value."
    )


def test_an_interval_wider_than_the_scale_is_not_shown(results):
    tier = {"label": "elodie", "tier": "photometry", "accuracy": 0.317, "accuracy_ci95": 0.86}
    files.write_text(results / "summary/tiers.csv", files.csv_text([tier]))
    line = findings.findings(CONFIG, results)[2]
    assert line.startswith("   31.7 %         the network on photometry alone")
    assert line.endswith("(too few stars to say)")


def test_an_audit_ends_with_a_verdict_on_each_set(results):
    entries = [
        {"features": "photometry", "verdict": "clean", "survey": "mine.csv"},
        {"features": "own", "verdict": "leaks", "survey": "mine.csv"},
    ]
    files.write_json(results / "audit_alone/elodie.json", entries)
    assert findings.verdicts(CONFIG, results) == [
        "Do the features of stars leak the label elodie?",
        "  no leak detected photometry",
        "  leaks            own",
    ]
    files.write_json(results / "audit_alone/elodie.json", [])
    assert "No feature set of label elodie" in findings.verdicts(CONFIG, results)[0]
