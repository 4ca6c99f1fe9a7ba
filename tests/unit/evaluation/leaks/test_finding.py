"""What a finding can say."""

import pytest
from stellar.evaluation.leaks.audit import verdict
from stellar.evaluation.leaks.finding import MARGIN, MARGINS, VERDICTS, Finding


@pytest.mark.parametrize("worst", VERDICTS[1:])
def test_verdicts_stand_from_good_to_bad(worst):
    better = [Finding(name, f"why {name}") for name in VERDICTS[: VERDICTS.index(worst)]]
    found = verdict([*better, Finding(worst, f"why {worst}"), *better], {})
    assert found == (worst, f"why {worst}")


def test_new_templates_may_cost_more_than_new_plates_or_stars():
    assert MARGINS["template"] > MARGINS["plate"] == MARGINS["star"] == MARGIN
