"""Each finding points to evidence that is there."""

import re

import pytest
from made_results import cases
from project import ROOT
from stellar.reporting.answer import finding
from stellar.reporting.answer.document import FINDINGS

CAPTIONS = {path.stem for path in (ROOT / "rules/captions").glob("*.rst")}
TABLES = {"tiers", "more_scores", "audit", "rivals", "ingredients", "calibration", "rejected"}
TABLES |= {"memorise", "absolute_magnitude", "input_errors", "suspects", "cv", "baselines"}
TABLES |= {"ablation", "networks", "trials", "cost", "labels", "origins"}
VALUE = re.compile(r"[\d.,]+(?: ± [\d.]+)?")


@pytest.mark.parametrize("name", cases())
def test_a_finding_is_a_claim_a_number_and_where_its_evidence_is(name):
    study = cases()[name]
    found = [make(study) for make in FINDINGS]
    assert len({one.id for one in found}) == 10
    for one in found:
        if one.id != "left":  # whose claim is how much is left
            assert not re.search(r"\d", one.claim.replace("macro-F1", "")), one.claim
        if one.number != finding.NO_NUMBER:
            assert VALUE.search(one.number), one.number
        assert one.files and one.tables
        assert set(one.figures) <= CAPTIONS
        assert set(one.tables) <= TABLES
