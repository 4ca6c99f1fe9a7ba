"""What findings ask of a study."""

from made_results import study, tier, verdict
from stellar.reporting.answer.doubt import calibration
from stellar.reporting.answer.rivals import rivals
from stellar.reporting.answer.scores import mistakes
from stellar.reporting.answer.study import Study


def test_only_tiers_without_a_finding_are_left():
    assert [row["tier"] for row in study().clean] == ["photometry", "redshift"]
    one = study(verdicts=[verdict("photometry", "clean"), verdict("redshift", "suspect")])
    assert [row["tier"] for row in one.clean] == ["photometry"]
    assert one.scored["tier"] == "photometry"
    none = study(verdicts=[verdict("photometry", "undecided")])
    assert none.left is None and none.scored["tier"] == "photometry"
    assert study(tiers=[]).scored is None


def test_what_is_left_is_the_tier_of_the_comparison_or_else_the_one_that_knows_most():
    assert study().left["tier"] == "photometry"
    assert study({"tier": "whole"}).left["tier"] == "redshift"


def test_verdicts_of_other_labels_do_not_count():
    other = study(verdicts=[verdict("photometry", "clean", "hammer")])
    assert not other.audited and not other.clean


def test_features_given_as_a_list_are_audited_as_features():
    own = study({"features": ["photometry"]}, verdicts=[verdict("features", "leaks")])
    assert own.audited_features["verdict"] == "leaks"
    assert study({"features": "mine"}).audited_features is None


def test_a_row_has_all_that_is_wanted():
    given = Study({}, {"tiers": [tier("elodie", "a"), tier("hammer", "a"), tier("hammer", "b")]})
    assert given.row("tiers", label="hammer", tier="b")["tier"] == "b"
    assert given.row("tiers", label="subclass") is None


def test_what_the_audit_holds_against_the_tier_stands_beside_its_scores():
    for word, said in (("leaks", "leak"), ("suspect", "suspect"), ("undecided", "cannot decide")):
        given = study(verdicts=[verdict("photometry", word)])
        (doubt,) = given.doubts("photometry")
        assert said in doubt
        for make in (rivals, mistakes):
            assert doubt in make(given).more
        of_calibration = study(verdicts=[verdict("sspp", word, "subclass")])
        (doubt,) = of_calibration.doubts("sspp", "subclass")
        assert doubt in calibration(of_calibration).more and said in doubt
    assert study().doubts("photometry") == study().doubts("unknown") == []
