"""What is said when a run is over."""

import pytest
from stellar import files
from stellar.workflow import findings

CONFIG = {"label": "elodie"}


@pytest.mark.parametrize(
    ("survey", "stars"), [("simulated", "simulated stars"), ("sdss-dr18", "stars")]
)
def test_three_numbers_and_a_verdict_are_the_answers(tmp_path, survey, stars):
    answer = {
        "survey": survey,
        "numbers": [
            {"value": "98.5 ± 0.3 %", "what": "accuracy of the network"},
            {"value": "99.90 ± 0.03 %", "what": "accuracy of a lookup table"},
            {"value": "–", "what": "accuracy without a detected leak"},
        ],
        "verdict": {"text": "By the audit, the features leak. It does."},
    }
    files.write_json(tmp_path / "summary/answer.json", answer)
    assert findings.findings(CONFIG, tmp_path) == [
        f"Found on {stars} (label elodie, ± is a 95 % interval):",
        "    98.5 ± 0.3 %  accuracy of the network",
        "  99.90 ± 0.03 %  accuracy of a lookup table",
        "               –  accuracy without a detected leak",
        "By the audit, the features leak. It does.",
    ]


def test_an_audit_ends_with_a_verdict_on_each_set(tmp_path):
    entries = [
        {"features": "photometry", "verdict": "clean", "survey": "mine.csv"},
        {"features": "own", "verdict": "leaks", "survey": "mine.csv"},
    ]
    files.write_json(tmp_path / "audit_alone/elodie.json", entries)
    assert findings.verdicts(CONFIG, tmp_path) == [
        "Do the features of stars leak the label elodie?",
        "  no leak detected photometry",
        "  leaks            own",
    ]
    files.write_json(tmp_path / "audit_alone/elodie.json", [])
    assert "No feature set of label elodie" in findings.verdicts(CONFIG, tmp_path)[0]
