"""The opening says what the audit lets one say."""

import pytest
from made_results import CONFIG, baseline, cases, pooled, study, tier, verdict
from stellar.reporting.answer import opening


def test_a_leak_is_taken_away_first():
    assert opening.answer(study()) == (
        "In part: from magnitudes and colours, the network is right for 70.0 ± 1.0 % of 1,000 "
        "simulated spectra (label elodie). On the course study's features it is right for "
        "98.0 ± 0.2 %. But these features leak: they give the label away."
    )


@pytest.mark.parametrize(
    ("accuracy", "word"),
    [
        (0.97, "Yes: "),
        (0.945, "In part at least: "),
        (0.7, "In part: "),
        (0.3, "No: "),
        (0.2, "No: "),
    ],
)
def test_yes_no_or_in_part(accuracy, word):
    clean = [verdict("study", "clean")]
    said = opening.answer(study(pooled=pooled(accuracy, 0.01), verdicts=clean))
    assert said.startswith(word)
    assert ("detects no leak in these features" in said) == (word != "No: ")
    always = "Always saying the commonest class is right for 30.0 %."
    assert (always in said) == (word == "No: ")
    assert opening.answer(
        study(tiers=[tier("elodie", "photometry", accuracy=accuracy)])
    ).startswith(word)


@pytest.mark.parametrize("name", ["no clean tier", "no audit", "no scores", "few stars"])
def test_what_cannot_be_said_is_not_said(name):
    assert opening.answer(cases()[name]).startswith("This study cannot say: ")


@pytest.mark.parametrize(
    ("accuracy", "half", "said"),
    [
        (0.545, 0.277, "If that score stayed, more than 1.3 times as many stars would decide it."),
        (0.31, 0.1, "If that score stayed, more than 100 times as many stars would decide it."),
        (0.25, 0.1, "which lies in that interval."),
    ],
)
def test_what_an_interval_does_not_decide_is_not_said_to_be_no(accuracy, half, said):
    row = tier("elodie", "photometry", accuracy=accuracy, accuracy_ci95=half)
    found = opening.answer(study(tiers=[row]))
    assert found.startswith("This study cannot say: from magnitudes and colours, ")
    assert "commonest class is right for 30.0 %, which lies in that interval." in found
    assert found.endswith(said)


def test_hot_classes_are_counted_and_an_o_is_not_taken_for_an_o_star():
    said = opening.hot(study())
    assert said.startswith(
        "Recall is the share of one class's stars that the network finds. By label it finds "
        "50.0 % of 165 O, 50.0 % of 10 B and 50.0 % of 165 A "
        "(simulated stars, label elodie, features photometry). Stars labelled O by elodie are "
    )
    none = {f"rows_{c}": 0 for c in "OBA"}
    assert opening.hot(study(tiers=[tier("elodie", "photometry", **none)])) == ""
    own = opening.hot(cases()["another label"])
    assert own.endswith("(label hammer, features photometry).")


def test_a_score_that_needs_no_leak_is_not_set_against_one():
    said = opening.answer(study(pooled=pooled(0.6)))
    assert said.endswith("is right for 70.0 ± 1.0 % of 1,000 simulated spectra (label elodie).")
    clean = opening.answer(study(verdicts=[verdict("study", "clean")]))
    assert "98.0 ± 0.2 % of 2,000 simulated spectra (label elodie). " in clean


def test_suspects_are_not_called_leaks():
    said = opening.answer(cases()["another label"])
    assert said.startswith("In part: from magnitudes and colours, the network is right ")


def test_bars_are_what_is_scored_and_what_the_audit_says_of_it():
    found = {bar["what"]: bar for bar in opening.bars(study())}
    assert [bar["kind"] for bar in found.values()] == ["leak", "leak", "clean", "clean", "trivial"]
    headline, lookup, photometry, *_ = found.values()
    assert (headline["low"], headline["high"]) == pytest.approx((0.978, 0.982))
    assert lookup["accuracy"] == 0.999
    assert (photometry["low"], photometry["high"]) == pytest.approx((0.69, 0.71))
    assert "network, magnitudes and colours (features photometry)" in found
    assert "network, features whole" not in found
    assert found["always the commonest class"]["accuracy"] == 0.3


def test_bars_stay_in_the_scale_and_have_no_interval_where_it_says_nothing():
    top = opening.bars(study(pooled=pooled(0.999, 0.01)))[0]
    assert top["high"] == 1.0
    few = opening.bars(cases()["few stars"])[0]
    assert few["low"] is few["high"] is None and few["kind"] == "unknown"


def test_the_commonest_class_comes_from_the_audit_where_it_is_no_baseline():
    last = opening.bars(study(baselines=[]))[-1]
    assert (last["accuracy"], last["low"], last["kind"]) == (0.3, None, "trivial")


def test_three_numbers():
    first, second, third = opening.numbers(study())
    assert (first["value"], third["value"]) == ("98.0 ± 0.2 %", "70.0 ± 1.0 %")
    assert second["value"] == "99.90 ± 0.03 %" and "lookup table" in second["what"]
    majority = opening.numbers(study(baselines=[baseline("majority", 0.3)]))[1]
    assert majority["value"] == "30.00 ± 0.03 %" and "commonest class" in majority["what"]
    assert opening.numbers(cases()["no clean tier"])[2]["value"] == "–"


def test_the_verdict_names_what_leaks_and_what_is_without_a_finding():
    found = opening.verdict(study())
    assert found["leaking"] == ["study", "whole"] and found["clean"] == ["photometry", "redshift"]
    assert "By the audit, the course study's features leak the label elodie." in found["text"]
    assert (
        "The audit detects no leak in these sets of features: photometry and redshift."
        in found["text"]
    )
    assert found["text"].endswith("What is not detected may still be there.")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (
            "clean",
            "detects no leak of the label elodie in the course study's features. The audit",
        ),
        (
            "suspect",
            "the course study's features are suspect of leaking the label elodie.",
        ),
        (
            "undecided",
            "cannot decide whether the course study's features leak the label.",
        ),
    ],
)
def test_verdicts_in_words(word, said):
    given = [verdict("study", word), verdict("photometry", "clean")]
    assert said in opening.verdict(study(verdicts=given))["text"]


def test_features_that_were_not_audited():
    text = opening.verdict(study({**CONFIG, "features": "mine"}))["text"]
    assert "The audit did not look at the configured features." in text
