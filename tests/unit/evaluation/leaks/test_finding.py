"""What a finding can say."""

from stellar.evaluation.leaks.audit import verdict
from stellar.evaluation.leaks.finding import MARGIN, MARGINS, Finding


def test_a_leak_is_worse_than_a_suspicion():
    suspect, leaks = Finding("suspect", "may be"), Finding("leaks", "is")
    assert verdict([suspect, leaks, suspect], "none") == ("leaks", "is")
    assert verdict([suspect], "none") == ("suspect", "may be")
    assert verdict([], "none found") == ("clean", "none found")


def test_new_templates_may_cost_more_than_new_plates_or_stars():
    assert MARGINS["template"] > MARGINS["plate"] == MARGINS["star"] == MARGIN
