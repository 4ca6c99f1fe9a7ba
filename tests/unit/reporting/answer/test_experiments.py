"""Findings of the experiments say what the numbers say."""

import pytest
from made_results import absolute_magnitude, input_errors, memorised, study, tier
from stellar.reporting.answer import experiments


def test_memorised_labels_and_what_it_takes():
    found = experiments.memory(study())
    assert found.claim == "Networks can memorise labels that mean nothing."
    assert found.number == "5,000 parameters for 1,000 stars"
    assert any(line.endswith("is right for 60.0 % of held-out stars.") for line in found.more)


@pytest.mark.parametrize(("reached", "said"), [(0.978, "all but memo"), (0.5, "No network of")])
def test_labels_that_were_not_memorised(reached, said):
    rows = memorised(epochs=None, training_accuracy=reached)
    found = experiments.memory(study(memorised=rows))
    assert said in found.claim
    assert "in 1,000 epochs." in " ".join(found.more)
    means = "All but means at least 90 %."
    assert (means in found.more) == (reached >= 0.9)
    assert found.number == f"{100 * reached:.1f} % of the permuted labels by the widest network"


def test_a_short_list_is_not_what_a_small_network_learnt():
    said = experiments.memory(study()).more
    assert "Where values leak the label, a list of 866 of them, " in said[-4]
    assert said[-1] == "It is right for 89.0 % of the validation rows."
    learnt = {"parameters": 1047, "train_rows": 52308, "validation": {"accuracy": 0.9995}}
    assert "In this run" not in " ".join(experiments.memory(study(first=learnt)).more)


def test_rows_of_the_course_study_are_told_from_those_of_this_run():
    said = experiments.memory(study()).more
    assert any("trained on 51,886 stars of SDSS" in line for line in said)
    assert any(line.startswith("In this run") and "52,308 rows" in line for line in said)


def test_redshift_is_judged_by_all_scored_folds():
    found = experiments.redshift(study())
    assert found.claim == (
        "For the class, redshift beside the magnitudes helps; the error of the absolute magnitude "
        "stays the same within its interval."
    )
    assert found.number == "accuracy +0.2 ± 0.1 points; error −0.10 ± 0.10 mag"
    assert found.more[0].endswith("gain over photometry on all 16 scored folds.")
    assert (
        "In an experiment with 4 of the folds it adds +1.0 ± 2.0 points of accuracy." in found.more
    )
    few = experiments.redshift(study(tiers=[tier("elodie", "photometry")]))
    assert "changes nothing that these folds can resolve; " in few.claim
    assert few.number.startswith("accuracy +1.0 ± 2.0 points; ")
    assert not any("scored folds" in line for line in few.more)


def test_the_absolute_magnitude_is_left_out_where_it_is_unknown():
    assert "Redshift changes that error by −0.10 ± 0.10 mag." in experiments.redshift(study()).more
    less = experiments.redshift(study(absolute_magnitude=absolute_magnitude(rmse_difference=-0.13)))
    assert less.claim.endswith("the error of the absolute magnitude gets smaller.")
    unknown = experiments.redshift(study(absolute_magnitude=absolute_magnitude(rmse=None)))
    assert not any("mag." in line for line in unknown.more)
    none = experiments.redshift(study(absolute_magnitude=[]))
    assert none.claim == "The survey has no redshifts to add to the magnitudes."


@pytest.mark.parametrize(
    ("difference", "said"),
    [(0.001, "changes nothing that these"), (0.03, "helps"), (-0.03, "harms")],
)
def test_the_numbers_decide_what_is_said(difference, said):
    row = {"accuracy_gain": difference, "accuracy_gain_ci95": 0.02}
    given = study(
        tiers=[tier("elodie", "photometry"), tier("elodie", "redshift", **row)],
        input_errors=input_errors(accuracy_difference=difference),
    )
    assert said in experiments.redshift(given).claim
    assert said in experiments.errors(given).claim


def test_noise_is_judged_by_its_best_way_and_says_that_it_was_chosen():
    rows = input_errors()
    rows[1]["f1_macro_difference"] = -0.05
    found = experiments.errors(study(input_errors=rows))
    assert found.number == "accuracy +1.0 ± 2.0 points at best"
    worst = (
        "Macro-F1 changes by −5.0 ± 1.0 points at worst (measured training, averaged prediction)."
    )
    assert worst in found.more
    assert "Best and worst are of 2 ways; the intervals do not allow for this choice." in found.more
    assert (
        "77 labels contradict the cross-validated probabilities on the features sspp." in found.more
    )
    assert "If labels were drawn from these very probabilities, 71 would." in found.more


def test_no_suspects_and_no_inputs_are_said():
    found = experiments.errors(study(input_errors=[], suspects=[]))
    assert found.claim == "The survey lacks the inputs to which noise was to be added."
    assert found.more == ["No label is suspect."]
