"""The page: its numbers, and its captions, which Snakemake's own report shows too."""

import re

import pytest
from docutils.core import publish_doctree
from docutils.nodes import Text
from project import ROOT
from stellar.reporting import page

TEMPLATE = (ROOT / "scripts/stellar/reporting/report.html.j2").read_text(encoding="utf-8")
FIGURES = re.findall(r'picture\("(\w+)"\)', TEMPLATE)


def test_numbers_on_the_page():
    assert page.percent(0.96934) == "96.93"
    assert page.percent(None) == "–"
    assert page.points(-0.0123) == "−1.23"


def test_a_caption_knows_the_configuration():
    text = 'On {{ snakemake.config["cv"]["folds"] }} folds,\nwith intervals.'
    assert page.caption(text, {"cv": {"folds": 20}}) == "On 20 folds, with intervals."


def test_figures_keep_their_ids_apart():
    svg = '<svg viewBox="0 0 4 3"><clipPath id="clip0"/><g clip-path="url(#clip0)"/></svg>'
    text = page.inline("sky", svg)
    assert 'id="sky-clip0"' in text
    assert "url(#sky-clip0)" in text


def test_an_interval_wider_than_the_scale_is_not_shown():
    assert page.half(0.031, digits=1) == "± 3.1"
    assert page.half(0.86, digits=1) == "(too few stars)"
    assert page.half(0.4, "log_loss", 3) == "± 0.400"
    assert page.half(1.2, "log_loss", 3) == "(too few stars)"
    assert page.half(None) == ""
    shown = re.findall(r"{{[^{}]*ci95[^{}]*}}", TEMPLATE)
    assert len(shown) > 25
    assert [place for place in shown if "| half" not in place] == []
    environment = page.environment()
    assert environment.from_string(TEMPLATE)  # each filter is known


@pytest.mark.parametrize("name", FIGURES)
def test_a_caption_is_one_paragraph_without_markup(name):
    """So that the page may show it as it stands."""
    text = (ROOT / f"rules/captions/{name}.rst").read_text(encoding="utf-8")
    (paragraph,) = publish_doctree(text).children
    assert all(isinstance(node, Text) for node in paragraph.children)
    assert paragraph.astext() == text.strip()
    assert "{{" not in text.splitlines()[0]  # by which it is looked for in Snakemake's report
