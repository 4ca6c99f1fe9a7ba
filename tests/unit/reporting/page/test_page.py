"""The page: its numbers, its parts, and its captions, which Snakemake's own report shows too."""

import json
import re

import pytest
from docutils.core import publish_doctree
from docutils.nodes import Text
from project import ROOT
from stellar.evaluation.leaks.finding import MARGINS
from stellar.reporting.answer import words
from stellar.reporting.page import page

PARTS = ROOT / "scripts/stellar/reporting/page"
TABLES = (PARTS / "tables.html.j2").read_text(encoding="utf-8")
CAPTIONS = sorted(path.stem for path in (ROOT / "rules/captions").glob("*.rst"))
INTERVAL = r"\| (half|within|points|differs)\b"  # filters that show one
NO_FIGURES = {"report", "workflow"}


def test_numbers_on_the_page():
    assert page.percent(0.96934) == "96.9"
    assert page.percent(0.96934, 2) == "96.93"
    assert page.percent(None) == "–"
    assert page.percent(0.9964, 0) == "99.6"
    assert (page.percent(1.0, 0), page.percent(0.0, 1)) == ("100", "0.0")
    assert page.points(-0.0123, 0.004) == "−1.2 ± 0.4"
    assert page.points(-0.00001, None) == "−0.001"
    assert page.points(None, None) == page.within(None, 0.1) == "–"
    assert page.differs(-0.0067, 0.0021, "log_loss", 4) == "−0.0067 ± 0.0021"
    assert page.half(0.0004, digits=1) == "± 0.04"


def test_a_caption_knows_the_configuration():
    text = 'On {{ snakemake.config["cv"]["folds"] }} folds,\nwith intervals.'
    assert page.caption(text, {"cv": {"folds": 20}}) == "On 20 folds, with intervals."


def test_a_number_stays_with_its_unit():
    assert (
        page.tight("it is 78.6 ± 0.5 % of 1 000")
        == "it is 78.6\u00a0±\u00a00.5\u00a0% of 1\u00a0000"
    )


def test_an_interval_wider_than_the_scale_is_not_shown():
    assert page.half(0.031, digits=1) == "± 3.1"
    assert page.half(0.86, digits=1) == "(too few stars)"
    assert page.half(0.4, "log_loss", 3) == "± 0.400"
    assert page.half(1.2, "log_loss", 3) == "(too few stars)"
    assert page.half(None) == ""
    assert page.within(0.7, 0.86) == "70.0 (too few stars to say)"
    shown = re.findall(r"{{[^{}]*ci95[^{}]*}}", TABLES)
    assert len(shown) > 25
    assert [place for place in shown if not re.search(INTERVAL, place)] == []


def test_a_score_has_the_digits_of_the_answer():
    """A table's numbers with an interval are made by the answer's own functions."""
    assert page.within(0.998729, 0.000381) == "99.87 ± 0.04"
    assert words.within(0.998729, 0.000381) == "99.87 ± 0.04 %"
    assert not re.search(r"(accuracy|f1_macro)\w* \| percent[^}]*}} {{", TABLES)


def test_plus_minus_means_one_thing_in_all_tables():
    """The half-width of a 95 % interval: no standard deviation stands behind it."""
    assert not re.search(r"_std|\.std\b", TABLES)
    assert "± a standard deviation" not in TABLES
    calls = re.findall(r"begin\((.+?)\) }}", TABLES)
    assert len(calls) > 20
    for macro in TABLES.split("{% endmacro %}"):
        if re.search(INTERVAL, macro) and "{{ begin(" in macro and "macro table_cv" not in macro:
            assert "halves=true" in macro, macro[:80]


def test_a_caption_says_that_stars_are_simulated():
    both = [
        page.environment({"tables.html.j2": TABLES})
        .from_string(
            '{% import "tables.html.j2" as tables with context %}'
            "{{ tables.begin('Scores of tiers', halves=true) }}"
            "{{ tables.begin('Seconds', stars=false) }}"
        )
        .render(simulated=simulated)
        for simulated in (True, False)
    ]
    assert [text.count("<caption>") for text in both] == [2, 2]
    assert (
        "<caption><div>Scores of tiers; ± is a 95 % interval; simulated stars</div></caption>"
        in both[0]
    )
    assert "<caption><div>Seconds</div></caption>" in both[0] and "simulated" not in both[1]


def test_templates_are_read():
    templates = {path.name: path.read_text(encoding="utf-8") for path in PARTS.glob("*.j2")}
    environment = page.environment(templates)
    assert all(environment.get_template(name) for name in templates)  # each filter is known


def test_data_that_figures_share_are_stored_once():
    stars = [{"class": "A", "u": 1.0}, {"class": "F", "g": 2.0}]
    figures = {
        "one": {"data": {"name": "d1"}, "mark": "point", "datasets": {"d1": stars}},
        "two": {
            "data": {"name": "d1"},
            "mark": "bar",
            "datasets": {"d1": stars, "d2": [{"n": 1}]},
        },
    }
    specs, datasets = page.shared(figures)
    assert specs["one"] == {"data": {"name": "d1"}, "mark": "point"}
    assert datasets == {
        "d1": {"class": ["A", "F"], "u": [1.0, None], "g": [None, 2.0]},
        "d2": {"n": [1]},
    }


def test_the_panel_begins_with_a_star_whatever_classes_there_are():
    densities = {"centre": [18.0, 17.0], "scale": [2.0, 1.0]}
    given = {"columns": ["u", "g"], "densities": densities}
    densities |= {"kinds": ["white dwarf", "K"], "means": [[0.0, 0.0], [0.5, -1.0]]}
    assert page.first_star(given) == {"u": 19.0, "g": 16.0}
    densities |= {"kinds": ["A"], "means": [[3.0, 3.0]]}
    assert page.first_star(given) == {"u": 18.0, "g": 17.0}
    assert page.first_star(None) == {}


def test_text_from_data_is_text_on_the_page():
    """Also in the middle of a script's data, where no entity helps."""
    bad = "</script><script>alert(1)</script>"
    shown = (
        page.environment()
        .from_string("<p>{{ text }}</p><script>{{ data | tojson }}</script>")
        .render(text=bad, data={"star": bad})
    )
    assert "<script>alert" not in shown
    assert json.loads(re.search(r"<script>(.*)</script>", shown)[1]) == {"star": bad}


@pytest.mark.parametrize("name", sorted({*CAPTIONS} - NO_FIGURES))
def test_a_caption_is_one_paragraph_without_markup(name):
    """So that the page may show it as it stands; what it says of the run is filled in."""
    text = (ROOT / f"rules/captions/{name}.rst").read_text(encoding="utf-8")
    plain = re.sub(r"{{.*?}}|{%.*?%}", "x", text)
    (paragraph,) = publish_doctree(plain).children
    assert all(isinstance(node, Text) for node in paragraph.children)
    assert paragraph.astext() == plain.strip()
    assert "{{" not in text.splitlines()[0]  # by which it is looked for in Snakemake's report


def test_the_margins_of_a_suspect_are_those_of_the_audit():
    said = re.search(r"more than chance and (\d+) point, or (\d+) for library", TABLES)
    assert said is not None
    plate, template = (int(number) / 100 for number in said.groups())
    assert {"plate": plate, "star": plate, "template": template} == MARGINS


def test_what_the_answer_calls_a_gain_stands_in_the_table_of_tiers():
    heading = "Δ accuracy over the set before / points"
    text = TABLES
    assert heading in text and "r.accuracy_gain | points(r.accuracy_gain_ci95)" in text


def test_names_of_libraries_keep_their_capitals():
    assert "| called | capitalize" not in TABLES  # which makes the rest small
