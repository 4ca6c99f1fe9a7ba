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
    rejection = {"rows": 5, "by_gate": 0.5}
    given = {
        "pooled": {"folds": 20, "over_folds": {"accuracy": mean, "f1_macro": mean}},
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
        "absolute_magnitude": [{"features": f, **change_of, **regression} for f in three],
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
    assert "never finds B" in lines[5]
    assert "a list of 866" in lines[7]
    assert "on all 16 scored folds +0.25 ± 0.14 points" in lines[8]
    assert "best of 16 settings" in lines[5] and "best of 8" in lines[5]
    assert "77 labels" in lines[9] and "would 71 times" in lines[9]
    assert read_sentences(markdown("simulated", lines)) == lines


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
