"""What stands on the figures of the comparison and of the experiments."""

import inspect
import re

import pytest
from made_figures import find, names_of, spec_of
from project import ROOT
from stellar import CLASSES
from stellar.reporting.figures import answer, saved

SCORES = {"accuracy": 0.7, "accuracy_ci95": 0.02, "f1_macro": 0.5, "f1_macro_ci95": 0.03}
BOTH = ("network", "boosted_trees")


def panels(spec) -> list[str]:
    return [panel["title"]["text"] for panel in spec["concat"]]


@pytest.mark.long
def test_the_answer_has_a_bar_for_each_accuracy():
    bars = [
        {"what": "the headline", "accuracy": 0.99468, "low": 0.99, "high": 0.998, "kind": "leak"},
        {"what": "always K", "accuracy": 0.27, "low": None, "high": None, "kind": "trivial"},
        {"what": "few", "accuracy": 0.5, "low": None, "high": None, "kind": "clean"},
    ]
    shown = ("99.47 ± 0.04 %", "27.0 %", "50.0 % (too few stars to say)")
    bars = [{**bar, "shown": text} for bar, text in zip(bars, shown, strict=True)]
    spec = spec_of(answer.answer({"bars": bars}))
    (rows,) = spec["datasets"].values()
    assert [row["what"] for row in rows] == ["the headline", "always K", "few"]
    assert rows[0]["accuracy"] == 0.99468
    assert "the headline: 99.47 %; always K: 27.0 %; few: 50.0 %" in spec["description"]
    kinds = next(s["domain"] for s in find(spec, "scale") if "leak" in s.get("domain", ""))
    assert kinds == ["leak", "clean", "trivial"]


def confusions(name: str) -> list[dict]:
    return [
        {"name": name, "true": true, "predicted": predicted, "rows": int(true == predicted)}
        for true in CLASSES
        for predicted in CLASSES
    ]


def test_confusion_matrices_of_several_models():
    counts = [[0] * 7 for _ in CLASSES]
    counts[0][0], counts[0][1] = 3000, 1000
    given = [*confusions("elodie/photometry"), *confusions("boosted_trees")]
    spec = spec_of(answer.confusion({"confusion": counts}, given))
    assert set(names_of(spec)) == {"model", "measure", "shown"}
    model = next(p for p in spec["params"] if p["name"] == "model")
    assert model["bind"]["options"] == [
        answer.OWN, "network on photometry, label elodie", "boosted trees (LightGBM)"
    ]  # fmt: skip
    rows = saved.rows_of(spec)
    assert len(rows) == 3 * 49
    assert [row["share"] for row in rows[:3]] == ["0.75", "0.25", "0.0"]
    assert rows[7] == {
        "model": answer.OWN, "class": "B", "predicted": "O", "rows": 0, "share": "0.0"
    }  # fmt: skip
    assert "3,000 of 4,000 rows" in spec["description"]
    assert "model]" in spec["title"]["text"]["expr"]  # the title follows the choice


def test_tiers_are_named_in_their_order_and_circular_ones_marked():
    rows = [
        {"tier": tier, "label": label, "shares": shares, **SCORES}
        for tier, shares in (("photometry", "independent"), ("elodie", "x: circular"))
        for label in ("elodie", "hammer")
    ]
    spec = spec_of(answer.tiers(rows))
    assert find(spec, "sort")[0] == ["photometry", "elodie"]
    assert [row["circular"] for row in saved.rows_of(spec)] == [False] * 4 + [True] * 4
    assert "photometry 70.0 %, elodie 70.0 %" in spec["description"]


def test_reliability_is_drawn_before_and_after_scaling():
    rows = [
        {"when": when, "confidence": 0.6, "accuracy": accuracy, "rows": 10}
        for when in ("before", "after")
        for accuracy in (0.0, 0.5, 1.0)
    ]
    spec = spec_of(answer.reliability(rows))
    found = spec["datasets"][spec["data"]["name"]]
    assert found[0]["low"] == 0
    assert found[0]["high"] == pytest.approx(0.2775, abs=1e-4)  # Wilson's for 0 of 10
    assert ["before", "after"] in [s.get("domain") for s in find(spec, "scale")]
    assert "within 60.0 %" in spec["description"]


def test_risk_is_drawn_against_coverage():
    rows = [{"coverage": share, "risk": share / 10} for share in (0.5, 1.0)]
    described = spec_of(answer.risk_coverage(rows))["description"]
    assert "surer half of the stars 5.0 %" in described
    assert "among all 10.0 %" in described


def test_learning_curves_of_both_learners():
    tables = [[{"learner": name, "stars": n, **SCORES} for n in (100, 1000)] for name in BOTH]
    spec = spec_of(answer.learning_curves(*tables))
    rows = saved.rows_of(spec)
    assert {(row["learner"], row["score"]) for row in rows} == {
        (learner, score)
        for learner in ("network", "boosted trees (LightGBM)")
        for score in ("accuracy", "f1_macro")
    }
    assert "on 1,000 stars, the accuracy of the network is 70.0 %" in spec["description"]


def test_memorised_labels_real_and_permuted():
    rows = [
        {"labels": labels, "parameters_per_star": n, "parameters": 10, "chance": 0.3}
        | {"training_accuracy": 0.9, "held_out_accuracy": 0.4}
        for labels in ("real", "permuted")
        for n in (0.1, 10)
    ]
    spec = spec_of(answer.memorise(rows))
    assert panels(spec) == ["training stars", "held-out stars"]
    assert [{"chance": 0.3}] in spec["datasets"].values()


def test_importance_has_a_panel_a_tier_with_its_own_groups():
    tables = [
        [{"tier": tier, "group": group, **SCORES} for group in groups]
        for tier, groups in (("photometry", "ug"), ("redshift", "ugr"))
    ]
    spec = spec_of(answer.importance(*tables))
    assert panels(spec) == ["features photometry", "features redshift"]
    assert ["u", "g"] in find(spec, "sort")
    assert ["u", "g", "r"] in find(spec, "sort")


def bins(by: str) -> list[dict]:
    return [
        {"by": by, "learner": name, "middle": r, "accuracy": 0.7, "rows": 9}
        | {"low_ci95": 0.6, "high_ci95": 0.8}
        for name in BOTH
        for r in (15, 20)
    ]


def test_brightness_leaves_out_a_column_that_no_star_has():
    assert len(spec_of(answer.brightness(bins("r")))["concat"]) == 1
    both = spec_of(answer.brightness([*bins("r"), *bins("snMedian")]))
    assert len(both["concat"]) == 2
    assert "from 70.0 % at r = 15.0" in both["description"]


DRAWN = "tiers reliability risk_coverage learning_curves memorise importance brightness"


@pytest.mark.parametrize("name", DRAWN.split())
def test_without_rows_a_figure_says_so(name):
    assert answer.NOTHING in spec_of(getattr(answer, name)([]))["description"]


def test_each_figure_has_its_tables_function_caption_and_place_on_the_page():
    rules = "".join(
        (ROOT / f"rules/{n}.smk").read_text(encoding="utf-8") for n in ("experiments", "reporting")
    )
    blocks = re.findall(r"^DRAWN\w* = {\n(.*?)^}", rules, re.M | re.S)
    drawn = set(re.findall(r'^    "(\w+)":', "".join(blocks), re.M))
    own = [(n, of) for n, of in vars(answer).items() if inspect.isfunction(of)]
    known = {n for n, of in own if of.__module__ == answer.__name__ and not n.startswith("_")}
    assert drawn <= known
    assert known - drawn == {"confusion_table", "small"}
