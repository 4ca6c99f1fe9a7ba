"""Comparisons are decided by posterior probabilities, and say what limits them."""

import pytest
from made_results import pooled, rival, study
from stellar import CLASSES
from stellar.reporting.answer import rivals


@pytest.mark.parametrize(
    ("chances", "said"),
    [
        ((0.97, 0.02, 0.01), "is practically equal to"),
        ((0.02, 0.97, 0.01), "is better than"),
        ((0.01, 0.02, 0.97), "is worse than"),
        ((0.6, 0.38, 0.02), "is not worse than"),
        ((0.6, 0.0, 0.4), "is not better than"),
        ((0.6, 0.2, 0.2), "is neither better nor worse for sure than"),
    ],
)
def test_a_comparison_is_decided_from_19_in_20_on(chances, said):
    assert rivals.decided(*chances) == said


def test_trees_and_the_mean_of_both():
    found = rivals.rivals(study())
    assert (
        found.claim
        == "In macro-F1 the network is neither better nor worse for sure than boosted trees "
        "(LightGBM); in log-loss it is worse."
    )
    assert found.number == "macro-F1 +2.0 ± 1.0 points; log-loss +0.0030 ± 0.0020"
    assert "The posterior probability that they are practically equal is 0.20." in found.more
    sure = {f"f1_macro_p_{p}": c for p, c in (("network", 0.96), ("same", 0.03), ("rival", 0.01))}
    known = rivals.rivals(study(rivals=[rival("boosted_trees", **sure)])).more
    assert not any("No verdict alone" in line for line in known)
    assert "No verdict alone reaches 0.95: better has most, 0.70." in found.more
    assert "Practically equal means that macro-F1 differs by less than 1 point." in found.more
    assert "LightGBM has the best of 16 settings, the network the best of 8." in found.more
    mean = found.more.index("The mean of network and LightGBM has log-loss 0.600.")
    assert found.more[mean + 1] == "From it the network differs by +0.0030 ± 0.0020."
    trees = "In log-loss it differs by +0.0030 ± 0.0020; less is better."
    assert trees in found.more


@pytest.mark.parametrize(
    ("change", "said"),
    [(-0.003, "in log-loss it is better."), (0.001, "in log-loss these folds resolve no")],
)
def test_what_log_loss_says_stands_in_the_claim(change, said):
    trees = rival("boosted_trees", log_loss_difference=change)
    assert said in rivals.rivals(study(rivals=[trees])).claim


def test_two_kinds_of_boosting_have_two_names():
    other = rival("gradient_boosting", f1_macro_difference=-0.01)
    said = rivals.rivals(study(rivals=[rival("network"), rival("boosted_trees"), other])).more
    assert "that of gradient boosting (scikit-learn)." in " ".join(said)
    assert said.count("No verdict alone reaches 0.95: better has most, 0.70.") == 2


def test_what_the_hammer_cannot_say_is_built_into_the_difference():
    built_in = "counts 0 in macro-F1: that part of the difference is built in."
    said = rivals.rivals(study()).more
    assert "The Hammer never finds B." in said and "As simulated, it cannot say it." in said
    assert said[-1].endswith(built_in)
    real = rivals.rivals(study(pooled=pooled(survey="sdss-dr18"))).more
    assert "The Hammer never finds B." in real and not any("imulated" in s for s in real)
    able = {f"recall_{c}": 0.7 for c in CLASSES}
    finds = rivals.rivals(study(rivals=[rival("boosted_trees"), rival("hammer", **able)])).more
    assert not any("never" in s or "built in" in s for s in finds)
    assert "It is right for 62.0 % of the same stars, a difference of +2.0 ± 1.0 points." in finds


def test_what_was_not_compared_is_said():
    none = rivals.rivals(study(rivals=[]))
    assert none.claim == "LightGBM could not be scored on these features."
    assert none.more == ["The survey has no types by The Hammer to compare with."]
