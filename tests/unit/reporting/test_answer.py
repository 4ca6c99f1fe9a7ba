"""The answer's sentences come from numbers, whatever the numbers are."""

import pytest
from stellar import CLASSES
from stellar.evaluation.metrics import MORE_SCORES, SCORES
from stellar.reporting.answer import decided, markdown, points, read_sentences, sentences


def tier(label: str, name: str) -> dict:
    row = {"label": label, "tier": name, "rows": 1000, "shares": "independent"}
    row |= {"cost_saved": 0.001, "cost_saved_ci95": 0.002, "folds": 16}
    row |= {"accuracy_gain": None, "accuracy_gain_ci95": None}
    if name == "redshift":
        gain = {"accuracy_gain": 0.0025, "accuracy_gain_ci95": 0.0014}
        row |= {"gain_over": "photometry", **gain}
    row |= {score: 0.7 for score in (*SCORES, *MORE_SCORES)}
    row |= {f"{score}_ci95": 0.01 for score in (*SCORES, *MORE_SCORES)}
    for c in CLASSES:
        row |= {f"rows_{c}": 10 if c == "B" else 165, f"recall_{c}": 0.5}
        row |= {f"low_{c}": 0.4, f"high_{c}": 0.6}
    return row


def rival(name: str) -> dict:
    row = {"name": name, "rows": 900, "accuracy": 0.6, "log_loss": 0.6}
    row |= {"log_loss_difference": 0.003, "log_loss_difference_ci95": 0.002}
    row |= {f"rows_{c}": 0 if c == "O" else 150 for c in CLASSES}
    row |= {f"recall_{c}": 0.0 if c == "B" else 0.7 for c in CLASSES}
    for score in ("accuracy", "f1_macro"):
        row |= {f"{score}_difference": 0.02, f"{score}_difference_ci95": 0.01}
        row |= {f"{score}_p_network": 0.7, f"{score}_p_same": 0.2, f"{score}_p_rival": 0.1}
    return row


def verdict(name: str, word: str) -> dict:
    losses = {"template": {"loss": 0.013, "ci95": 0.008}}
    return {
        "label": "elodie",
        "features": name,
        "verdict": word,
        "reason": "because",
        "losses": losses,
        "values": [{"values": 866, "exact": 1.0}, {"values": 7, "exact": 0.6}],
    }


def documents(**change) -> dict:
    mean = {"mean": 0.98}
    change_of = {"accuracy": 0.7, "accuracy_difference": 0.01, "accuracy_difference_ci95": 0.02}
    regression = {"rmse": 1.0, "rmse_difference": -0.1, "rmse_difference_ci95": 0.1}
    regression["spread"] = 2.0
    three = ("magnitudes", "with_redshift", "with_permuted_redshift")
    rejection = {"rows": 5, "by_gate": 0.5, "unsure": 0.06}
    given = {
        "pooled": {
            "survey": "simulated",
            "folds": 20,
            "over_folds": {"accuracy": mean, "f1_macro": mean},
        },
        "first": {"parameters": 1047, "validation": {"accuracy": 0.89}},
        "baselines": [{"name": "lookup", "accuracy_mean": 0.999}],
        "tiers": [
            tier("elodie", "photometry"),
            tier("elodie", "redshift"),
            tier("elodie", "whole"),
            tier("hammer", "photometry"),
        ],
        "rivals": [rival("boosted_trees"), rival("network_and_trees"), rival("hammer")],
        "calibration": [
            {
                "label": "elodie",
                "tier": "photometry",
                "calibration_error_after": 0.01,
                "set_size": 1.2,
                "coverage": 0.9,
                **{f"coverage_{c}": None if c == "B" else 0.9 for c in CLASSES},
            }
        ],
        "rejected": {
            name: rejection
            for name in ("stars", "white dwarf", "cataclysmic variable", "carbon star")
        }
        | {"label": "subclass", "tier": "sspp"},
        "chosen": {"network": {"trials": [1] * 8}, "boosted_trees": {"trials": [1] * 16}},
        "verdicts": [
            verdict("photometry", "clean"),
            verdict("redshift", "clean"),
            verdict("whole", "leaks"),
        ],
        "memorised": [
            {
                "labels": labels,
                "width": 8,
                "parameters": 5000,
                "stars": 1000,
                "parameters_per_star": 5.0,
                "training_accuracy": 1.0,
                "epochs": 40,
                "held_out_accuracy": 0.6,
            }
            for labels in ("real", "permuted")
        ],
        "absolute_magnitude": [
            {"features": f, "folds": 4, **change_of, **regression} for f in three
        ],
        "input_errors": [
            {
                "training": t,
                "prediction": "measured",
                **change_of,
                "f1_macro_difference": 0.0,
                "f1_macro_difference_ci95": 0.01,
            }
            for t in ("measured", "noisy")
        ],
        "suspects": [{"of": 77, "expected": 71.3}],
    }
    return given | change


def answer(results: dict) -> list[str]:
    return sentences("elodie", "photometry", results)


def test_ten_sentences_with_the_leaking_tier_apart():
    lines = answer(documents())
    assert len(lines) == 10
    assert all(line.endswith(".") for line in lines)
    assert "whole" in lines[1] and "99.9 %" in lines[1]
    assert "whole" not in lines[2]
    both = "; the mean of both has log-loss 0.6000, 0.0030 ± 0.0020 less than the network;"
    assert both in lines[5]
    assert "small boosted trees lose 1.3 ± 0.8 points of accuracy on photometry" in lines[2]
    assert "+0.25 ± 0.14 points over photometry" in lines[2]
    assert "best of 16 settings" in lines[5] and "best of 8" in lines[5]
    assert "77 labels" in lines[9] and "would 71 times" in lines[9]
    assert read_sentences(markdown("simulated", lines)) == lines


def test_a_set_without_a_finding_is_without_a_detected_leak_and_no_more():
    lines = answer(documents())
    assert lines[2].startswith("Without a detected leak, ")
    nothing = answer(documents(verdicts=[verdict("photometry", "clean")]))
    assert nothing[1] == "The audit detects no leak of the label elodie in any set of features."
    leaks = answer(documents(verdicts=[verdict("photometry", "leaks")]))
    assert leaks[2].startswith("No tier of features is without a detected leak")
    for line in (*lines, *nothing, *leaks):
        assert "clean" not in line and "believe" not in line


def test_what_rejects_is_the_gate_and_not_the_network():
    assert (
        "are rejected by a separate gate, boosted trees trained on such objects: 50 % of the white "
        "dwarfs, 50 % of the cataclysmic variables, 50 % of the carbon stars and 50.0 % of the "
        "stars O to M; the network's own doubt rejects 6 % of the white dwarfs, "
    ) in answer(documents())[6]


def test_what_the_hammer_cannot_say_is_built_into_the_difference():
    built_in = "of macro-F1, where a class that it never finds counts 0: that part is built in)"
    line = answer(documents())[5]
    assert "never finds B, which as simulated it cannot say;" in line
    assert built_in in line
    real = answer(documents(pooled={**documents()["pooled"], "survey": "sdss-dr18"}))[5]
    assert "never finds B;" in real and built_in in real
    able = {**rival("hammer"), **{f"recall_{c}": 0.7 for c in CLASSES}}
    line = answer(documents(rivals=[rival("boosted_trees"), able]))[5]
    assert "never" not in line and "built in" not in line


def test_a_short_list_is_not_what_a_small_network_learnt():
    line = answer(documents())[7]
    assert "; a list of 866 values or sets of values would say the label" in line
    assert (
        "which is not what the first network, of 1,047 parameters, has learnt: it is right for "
        "89.0 % of the validation stars"
    ) in line
    learnt = {"parameters": 1047, "validation": {"accuracy": 0.9995}}
    assert "has learnt" not in answer(documents(first=learnt))[7]


def test_redshift_is_judged_by_all_scored_folds():
    line = answer(documents())[8]
    assert "redshift helps for the class" in line
    assert "+0.25 ± 0.14 points over photometry on all 16 scored folds, " in line
    assert "+1.0 ± 2.0 points of accuracy on 4 folds" in line
    few = answer(documents(tiers=[tier("elodie", "photometry"), tier("hammer", "photometry")]))[8]
    assert "redshift changes nothing that these folds can resolve for the class" in few
    assert "scored folds" not in few


def test_scores_of_other_stars_rank_no_labels():
    assert (
        "; these scores do not rank the labels, for each is of other stars"
        in answer(documents())[3]
    )


def test_a_simulated_survey_is_named():
    assert "simulated" in markdown("simulated", ["a."])
    assert "simulated" not in markdown("dr18", ["a."])


@pytest.mark.parametrize(
    "change",
    [
        {"verdicts": []},
        {"verdicts": [verdict("photometry", "leaks"), verdict("whole", "leaks")]},
        {"verdicts": [verdict("photometry", "suspect"), verdict("whole", "leaks")]},
        {"verdicts": [{**verdict("photometry", "clean"), "losses": {}}]},
        {"baselines": []},
        {"rivals": [rival("boosted_trees")]},
        {"absolute_magnitude": []},
        {
            "absolute_magnitude": [
                {**row, "rmse": None, "spread": None} for row in documents()["absolute_magnitude"]
            ]
        },
        {"input_errors": []},
        {"suspects": []},
        {"memorised": [{**row, "epochs": None} for row in documents()["memorised"]]},
        {
            "rejected": {
                "label": "subclass",
                "tier": "sspp",
                **{n: {"rows": 0, "by_gate": None} for n in documents()["rejected"] if " " in n},
            },
        },
    ],
)
def test_what_a_survey_lacks_is_said(change):
    lines = answer(documents(**change))
    assert len(lines) == 10
    assert not any("None" in line or "nan" in line for line in lines)


@pytest.mark.parametrize(
    ("difference", "said"),
    [(0.001, "changes nothing that these"), (0.03, "helps"), (-0.03, "harms")],
)
def test_the_numbers_decide_what_is_said(difference, said):
    given = documents()
    for name in ("absolute_magnitude", "input_errors"):
        given[name] = [{**row, "accuracy_difference": difference} for row in given[name]]
    given["tiers"][1] |= {"accuracy_gain": difference, "accuracy_gain_ci95": 0.02}
    lines = answer(given)
    assert said in lines[8] and said in lines[9]


@pytest.mark.parametrize(
    ("chances", "said"),
    [
        ((0.97, 0.02, 0.01), "practically equal"),
        ((0.02, 0.97, 0.01), "better"),
        ((0.6, 0.38, 0.02), "not worse"),
        ((0.6, 0.0, 0.4), "not better"),
        ((0.6, 0.2, 0.2), "neither better nor worse for sure"),
    ],
)
def test_a_comparison_is_decided_from_19_in_20_on(chances, said):
    assert decided(*chances) == said


def test_only_clean_tiers_are_left():
    lines = answer(
        documents(verdicts=[verdict("photometry", "clean"), verdict("whole", "suspect")])
    )
    assert "whole" not in lines[2] and "redshift" not in lines[2]
    assert lines[4].startswith("On tier photometry")


def test_no_difference_has_no_minus():
    row = {"accuracy_difference": -0.0001, "accuracy_difference_ci95": 0.0104}
    assert points(row, "accuracy") == "+0.0 ± 1.0"


def test_an_interval_wider_than_the_scale_is_said_to_be_one_of_too_few_stars():
    wide = {f"{s}_ci95": 0.86 for s in (*SCORES, *MORE_SCORES)}
    tiers = [{**row, **wide} for row in documents()["tiers"]]
    tiers[1]["accuracy_gain_ci95"] = 0.86
    rows = [{**row, "f1_macro_difference_ci95": 0.86} for row in documents()["rivals"]]
    text = " ".join(sentences("elodie", "photometry", documents(tiers=tiers, rivals=rows)))
    assert "86.0" not in text
    assert "70.0 % (too few stars to say) on photometry (macro-F1 70.0 % (too few" in text
    assert "+0.25 (too few stars to say) points over photometry" in text
    assert "macro-F1 differs by +2.0 (too few stars to say) points" in text
    assert "there are too few stars to say" in markdown("table", [])
