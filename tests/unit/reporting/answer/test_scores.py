"""Findings on scores say what the numbers say."""

from made_results import REASONS, baseline, cases, pooled, study, tier, verdict
from stellar.reporting.answer import scores


def test_the_studys_protocol_is_held_against_what_was_published():
    found = scores.headline(study())
    assert found.claim == "The course study's protocol is run again, on simulated stars."
    assert not any("Reached means" in line for line in found.more)
    assert found.number == "accuracy 98.0 ± 0.2 %"
    assert scores.OTHER_STARS[0] in found.more and "may be easier" in scores.OTHER_STARS[0]
    short = scores.headline(study(pooled=pooled(0.9, survey="sdss-dr18")))
    assert "does not reach" in short.claim and any("Reached means" in line for line in short.more)
    assert not any("simulated" in line for line in short.more)


def test_too_few_stars_claim_nothing():
    few = cases()["few stars"]
    for make in (scores.headline, scores.left):
        assert "too few to say" in make(few).claim


def test_a_leak_is_said_with_its_reason_and_the_lookup_table():
    found = scores.leak(study())
    assert found.claim == "The course study's features leak the label elodie."
    assert found.number == "a lookup table has accuracy 99.90 ± 0.03 %"
    assert found.more[0] == "By the audit, 2 of 4 sets of features leak: study and whole."
    assert found.more[1].startswith("Equal values of elodieBV, elodieTEff identify")
    other = scores.leak(study({"features": "mine"}))
    assert other.claim == "Some features leak the label elodie."
    assert "The reason is given for whole." in other.more
    assert other.number == "2 of 4 sets of features leak"
    assert any("A lookup table of ELODIE values" in line for line in other.more)


def test_a_leak_is_said_with_the_loss_on_new_library_stars():
    lost = "a small LightGBM on the features study changes by −1.3 ± 0.8 points."
    assert any(line.endswith(lost) for line in scores.leak(study()).more)


def test_what_a_column_adds_is_told_from_an_ablation():
    reason = "elodieBV agrees with the label in 84 % and adds 9.6 points"
    said = scores.leak(study(verdicts=[verdict("study", "leaks", reason=reason)])).more
    assert said[2] == (
        "What it adds is accuracy beyond that of other measurements of the star, in a simple model "
        "of the audit's."
    )
    assert said[3].startswith("An ablation may lose less")
    assert not any("ablation" in line for line in scores.leak(study()).more)


def test_no_detected_leak_is_no_proof_of_none():
    found = scores.leak(study(verdicts=[verdict("photometry", "clean"), verdict("a", "suspect")]))
    assert found.claim == "No set of features is found to leak the label elodie."
    assert found.number == "0 of 2 sets of features leak"
    assert found.more[0] == "A set without a detected leak may still have one."
    assert "Sets of features that are suspect of a leak: a." in found.more
    for of_case in cases().values():
        for make in (scores.leak, scores.left):
            said = make(of_case)
            assert not any("clean" in text for text in (said.claim, said.number, *said.more))


def test_what_is_left_without_the_leak():
    found = scores.left(study())
    assert found.claim == "Without a detected leak, the network is right for 70.0 %, not 98.0 %."
    assert len(set(found.more)) == len(found.more)
    two = [verdict(name, "clean") for name in ("photometry", "redshift", "again")]
    alike = tier("elodie", "again", shares="same spectrum")
    said = scores.left(study(verdicts=two, tiers=[*study().results["tiers"], alike])).more
    assert said.count(scores.ORIGIN["same spectrum"]) == 1
    assert found.number == "accuracy 70.0 ± 1.0 %"
    assert found.of == "simulated stars, label elodie, features photometry"
    assert "Accuracy on the features redshift is 70.0 ± 1.0 %." in found.more
    assert "That is +0.2 ± 0.1 points of accuracy over photometry." in found.more
    assert not any("features whole" in line for line in found.more)
    lost = "a small LightGBM on the features photometry changes by −1.3 ± 0.8 points."
    assert any(line.endswith(lost) for line in found.more)
    assert "not right less often for sure" in scores.left(study(pooled=pooled(0.705))).claim
    own = scores.left(cases()["own table"])
    assert own.claim == "In the features of the comparison, too, no leak is detected."
    none = scores.left(study(verdicts=[verdict("photometry", "suspect", reason=REASONS[3])]))
    assert none.claim.startswith("No set of features is without a detected leak")
    assert none.more == ["Sets of features that are suspect of a leak: photometry."]


def test_scores_of_other_stars_rank_no_labels():
    found = scores.labels(study())
    assert found.number == "accuracy 82.0 ± 1.0 % by The Hammer's type"
    assert "do not rank the labels" in found.claim
    assert (
        "By The Hammer's type (label hammer), the accuracy on 400 stars is 82.0 ± 1.0 %."
        in found.more
    )
    assert "All scored stars have a label elodie, too." in found.more
    assert not any("these scores are of" in line for line in found.more)
    none = tier("hammer", "photometry", rows_O=0, rows_B=0, rows_A=0)
    said = scores.labels(study(tiers=[none])).more
    lacking = (
        "By The Hammer's type no scored star is O, B or A: these scores are of 4 classes, not 7."
    )
    assert lacking in said
    alone = scores.labels(study(tiers=[tier("elodie", "photometry")]))
    assert alone.claim == "No label but elodie could be scored on the features photometry."


def test_a_rare_class_is_said_to_be_found_less_often_where_its_interval_says_so():
    found = scores.mistakes(study())
    assert found.claim == "The accuracy hides that class B is found less often."
    assert found.number == "recall of B 50.0 %"
    assert found.more[:3] == [
        f"Recall of {c} is 50.0 % (40.0–60.0 %, of {n} stars labelled so)."
        for c, n in (("O", 165), ("B", 10), ("A", 165))
    ]
    assert found.more[3].startswith("Stars labelled O by elodie are mostly no O stars")
    rare_m = scores.mistakes(study(tiers=[tier("elodie", "photometry", rows_M=5, recall_M=0.1)]))
    assert rare_m.number == "recall of B 50.0 % and M 10.0 %"
    assert rare_m.claim == "The accuracy hides that classes B and M are found less often."
    unsure = scores.mistakes(study(tiers=[tier("elodie", "photometry", high_B=0.8)]))
    assert unsure.claim == "Rare classes are not found less often than others for sure."
    many = scores.mistakes(study(tiers=[tier("elodie", "photometry", rows_B=165)]))
    assert many.number == "70.0 % three classes off or more"
    assert "No class is rare in this survey." in many.more


def test_what_stars_of_a_class_are_called_instead_and_what_weights_change():
    said = scores.mistakes(study()).more
    assert "Of 10 stars labelled B the network calls 4 O." in said
    weights = said.index("With balanced class weights it finds 78.0 ± 6.0 % of B.")
    assert said[weights + 1] == "They change the accuracy by −4.9 ± 1.9 points."
    assert not any("balanced" in line for line in scores.mistakes(study(ingredients=[])).more)
    assert not any("calls" in line for line in scores.mistakes(study(confusions=[])).more)


def test_deciding_by_cost_has_its_interval():
    said = scores.mistakes(study()).more
    assert any(line.endswith("changes it by −0.0010 ± 0.0020.") for line in said)


def test_a_lookup_table_that_was_not_made_is_not_spoken_of():
    found = scores.leak(study(baselines=[baseline("majority", 0.3)]))
    assert found.number == "2 of 4 sets of features leak"
    assert not any("lookup" in line for line in found.more)
