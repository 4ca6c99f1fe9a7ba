"""What stands on the figures of the comparison and of the experiments."""

import inspect
import re

import pytest
from project import ROOT
from stellar.reporting import answer_figures

SCORES = {"accuracy": 0.7, "accuracy_ci95": 0.02, "f1_macro": 0.5, "f1_macro_ci95": 0.03}
BOTH = ("network", "boosted_trees")


@pytest.fixture
def said(tmp_path):
    def drawn(draw, rows) -> str:
        draw(tmp_path / "figure.svg", "test", rows)
        return (tmp_path / "figure.svg").read_text(encoding="utf-8")

    return drawn


def assert_in_order(svg: str, *texts: str) -> None:
    places = [svg.index(f"<!-- {text} -->") for text in texts]
    assert places == sorted(places)


def test_tiers_are_named_with_what_they_add(said):
    rows = [
        {"tier": tier, "label": label, "shares": shares, **SCORES}
        for tier, shares in (("photometry", "independent"), ("elodie", "x: circular"))
        for label in ("elodie", "hammer")
    ]
    assert_in_order(said(answer_figures.tiers, rows), "photometry", "+ elodie")


def test_reliability_is_drawn_before_and_after_scaling(said):
    rows = [
        {"when": when, "confidence": 0.6, "accuracy": accuracy, "rows": 10}
        for when in ("before", "after")
        for accuracy in (0.0, 0.5, 1.0)
    ]
    assert_in_order(said(answer_figures.reliability, rows), "perfect", "before scaling")


def test_risk_is_drawn_against_coverage(said):
    rows = [{"coverage": share, "risk": share / 10} for share in (0.5, 1.0)]
    assert "wrong predictions among them / %" in said(answer_figures.risk_coverage, rows)


def test_learning_curves_of_both_learners(said):
    rows = [{"learner": name, "stars": n, **SCORES} for name in BOTH for n in (100, 1000)]
    assert_in_order(said(answer_figures.learning_curves, rows), "network", "boosted trees")


def test_memorised_labels_real_and_permuted(said):
    rows = [
        {"labels": labels, "parameters_per_star": n, "chance": 0.3}
        | {"training_accuracy": 0.9, "held_out_accuracy": 0.4}
        for labels in ("real", "permuted")
        for n in (0.1, 10)
    ]
    svg = said(answer_figures.memorise, rows)
    assert_in_order(svg, "training stars", "held-out stars", "commonest class")


def test_importance_has_a_panel_a_tier(said):
    rows = [
        {"tier": tier, "group": group, **SCORES}
        for tier, groups in (("photometry", "ug"), ("redshift", "ugr"))
        for group in groups
    ]
    svg = said(answer_figures.importance, rows)
    assert_in_order(svg, "tier photometry", "tier redshift")
    assert_in_order(svg, "r", "g", "u")  # from below: the first group is the last one drawn


def test_brightness_leaves_out_a_column_that_no_star_has(said):
    rows = [
        {"by": "r", "learner": name, "middle": r, "accuracy": 0.7}
        | {"low_ci95": 0.6, "high_ci95": 0.8}
        for name in BOTH
        for r in (15, 20)
    ]
    svg = said(answer_figures.brightness, rows)
    assert "<!-- r / mag -->" in svg
    assert "median S/N" not in svg


def test_each_figure_has_its_tables_function_caption_and_place_on_the_page():
    rules = "".join(
        (ROOT / f"rules/{n}.smk").read_text(encoding="utf-8") for n in ("experiments", "reporting")
    )
    blocks = re.findall(r"^DRAWN\w* = {\n(.*?)^}", rules, re.M | re.S)
    drawn = set(re.findall(r'^    "(\w+)":', "".join(blocks), re.M))
    public = {name for name, of in vars(answer_figures).items() if inspect.isfunction(of)}
    functions = {n for n in public if vars(answer_figures)[n].__module__ == answer_figures.__name__}
    assert drawn == {name for name in functions if not name.startswith("_")}
    template = (ROOT / "scripts/stellar/reporting/report.html.j2").read_text(encoding="utf-8")
    for name in drawn:
        assert (ROOT / f"rules/captions/{name}.rst").is_file(), f"write rules/captions/{name}.rst"
        assert f'picture("{name}")' in template, f"give {name} a place in report.html.j2"
