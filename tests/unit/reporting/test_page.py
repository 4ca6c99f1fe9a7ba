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


@pytest.mark.parametrize("name", FIGURES)
def test_a_caption_is_one_paragraph_without_markup(name):
    """So that the page may show it as it stands."""
    text = (ROOT / f"rules/captions/{name}.rst").read_text(encoding="utf-8")
    (paragraph,) = publish_doctree(text).children
    assert all(isinstance(node, Text) for node in paragraph.children)
    assert paragraph.astext() == text.strip()
