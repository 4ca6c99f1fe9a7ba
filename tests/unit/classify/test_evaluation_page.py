import re
from html import escape
from html.parser import HTMLParser

import numpy as np
import pytest
from made_models import star_columns
from stellar import CLASSES, files
from stellar.classify.commands import Request, evaluate
from stellar.classify.evaluation_page import render
from stellar.classify.scoring import interval
from stellar.errors import UserError

NASTY = '<script>alert("x")</script>&'


@pytest.fixture
def page(models, tmp_path):
    """The page of stars in a file whose column of types has a nasty name."""
    columns, labels, _ = star_columns(300, seed=8)
    types = ["DA" if k < 0 else f"{CLASSES[k]}5" for k in labels]
    rows = zip(*(columns[band].tolist() for band in "ugriz"), types, strict=True)
    path = tmp_path / "stars & <b>.csv"
    text = "\n".join(",".join(map(str, row)) for row in rows)
    path.write_text(f"u,g,r,i,z,<i>type</i>\n{text}\n", encoding="utf-8")
    request = Request(str(path), str(tmp_path / "scores.json"), models)
    evaluate(request, "<i>type</i>", str(tmp_path / "scores.html"))
    with pytest.raises(UserError, match=r"scores\.html exists"):
        evaluate(Request(str(path), model=models), "<i>type</i>", str(tmp_path / "scores.html"))
    return tmp_path / "scores.html"


def test_one_file_for_scores_and_page_is_refused(models, tmp_path):
    same = Request("none.csv", str(tmp_path / "scores.html"), models)
    with pytest.raises(UserError, match="is the file of the scores, too; name another"):
        evaluate(same, "type", str(tmp_path / "." / "scores.html"))
    assert list(tmp_path.iterdir()) == []


def test_the_page_on_standard_output_is_all_of_it(page, models, capsys):
    request = Request(str(page.parent / "stars & <b>.csv"), model=models)
    shown = evaluate(request, "<i>type</i>", "-")
    assert f"{shown}\n" == page.read_text(encoding="utf-8")
    assert "accuracy" in capsys.readouterr().err
    with pytest.raises(UserError, match="is a folder"):
        evaluate(request, "<i>type</i>", "")


class Structure(HTMLParser):
    """Whether each element that is opened is closed, in order; and the texts."""

    def __init__(self):
        super().__init__()
        self.open, self.texts, self.tags = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in ("meta", "br", "circle", "path"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def read(text: str) -> Structure:
    found = Structure()
    found.feed(text)
    assert found.open == []
    return found


def test_the_page_shows_the_scores_of_the_file(page):
    text = page.read_text(encoding="utf-8")
    scores = files.read_json(page.with_suffix(".json"))
    found = read(text)
    words = " ".join(found.texts)
    assert f"{scores['all']['accuracy']:.1%}" in words
    assert f"{scores['unflagged']['rows']:,}" in words
    assert "by photometry" in words
    low, high = interval(scores["all"])
    assert f"95 % interval of the accuracy of all rows: {low:.1%} to {high:.1%}." in words
    assert "15: no known type: white dwarf" in words
    table = np.array(scores["all"]["confusion"])
    cells = re.findall(r"<td[^>]*>(\d+)(?:<br>|</td>)", text.split("Confusion")[1])
    assert [int(cell) for cell in cells[:49]] == table.ravel().tolist()
    assert found.tags.count("circle") == sum(
        len(scores[name]["reliability"]) for name in ("all", "unflagged")
    )


def test_it_says_that_stars_are_simulated_and_needs_no_other_file(page):
    text = page.read_text(encoding="utf-8")
    assert "trained on simulated stars" in text
    assert not re.search(r"(src|href)=|url\(|@import|<script", text)
    assert len(text) < 40_000


def test_what_a_user_wrote_is_escaped(page):
    text = page.read_text(encoding="utf-8")
    assert "stars &amp; &lt;b&gt;.csv against &lt;i&gt;type&lt;/i&gt;" in text
    found = {"rows": 1, "no_known_type": {NASTY: 1}, "no_type": 0, "all": None, "unflagged": None}
    found |= {"tiers": {}, "table": NASTY, "truth": NASTY, "models": [NASTY], "simulated": False}
    found["warnings"] = [NASTY]
    made = render(found)
    assert NASTY not in made
    assert "script" not in read(made).tags
    assert "simulated" not in made
    assert f'<p class="note">{escape(NASTY)}</p>' in made


def test_what_is_odd_about_the_table_stands_on_the_page_escaped(page, models):
    assert 'class="note">bands' not in page.read_text(encoding="utf-8")
    stars = page.parent / "stars & <b>.csv"
    text = stars.read_text(encoding="utf-8").replace("u,g,r,i,z", "u,<g>,r,&i,z", 1)
    stars.write_text(text, encoding="utf-8")
    columns = {"g": "&i", "i": "<g>"}
    made = evaluate(Request(str(stars), model=models, columns=columns), "<i>type</i>", "-")
    assert "--column g=&lt;g&gt; --column i=&amp;i</p>" in made
    assert "many rows are flagged" in made
    read(made)
