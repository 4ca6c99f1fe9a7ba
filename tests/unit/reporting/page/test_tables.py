"""What the page's tables say of the audit is what the audit does."""

import re

from project import ROOT
from stellar.evaluation.leaks.finding import MARGINS

TABLES = ROOT / "scripts/stellar/reporting/page/tables.html.j2"


def test_the_margins_of_a_suspect_are_those_of_the_audit():
    said = re.search(
        r"more than chance and (\d+) point, or (\d+) for library", TABLES.read_text("utf-8")
    )
    assert said is not None
    plate, template = (int(number) / 100 for number in said.groups())
    assert {"plate": plate, "star": plate, "template": template} == MARGINS


def test_what_the_answer_calls_a_gain_stands_in_the_table_of_tiers():
    heading = "Δ accuracy over the set before / points"
    text = TABLES.read_text("utf-8")
    assert heading in text and "r.accuracy_gain | points(r.accuracy_gain_ci95)" in text


def test_names_of_libraries_keep_their_capitals():
    assert "| called | capitalize" not in TABLES.read_text("utf-8")  # which makes the rest small
