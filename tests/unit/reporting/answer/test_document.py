"""The whole answer: short sentences, whatever the results are."""

import json
import re

import pytest
from made_results import cases, study
from stellar.reporting.answer.document import document, markdown

MOST = 30  # words of a sentence


@pytest.mark.parametrize("name", cases())
def test_every_sentence_is_short_whole_and_without_a_hole(name):
    found = document(cases()[name])
    assert len(found["findings"]) == 10 and len(found["numbers"]) == 3
    for text in sentences(found):
        assert len(text.split()) <= MOST, text
        assert re.match(r"[A-Zm\d±.]|[a-z]+[A-Z]", text) and text[-1] in ".?", text
        assert not re.search(r"None|nan|\{|  |\.\.|-\d", text), text
        assert not re.search(r"\D0\.0+ ± 0\.0+\D", text), text
    json.dumps(found, allow_nan=False)


def test_markdown_says_all_that_the_document_says():
    found = document(study())
    text = markdown(found)
    for sentence in sentences(found):
        assert sentence in text
    for number in found["numbers"]:
        assert f"**{number['value']}** {number['what']} ({number['of']})" in text
    for n, one in enumerate(found["findings"], 1):
        assert f"## {n}. {one['claim']}\n\n**{one['number']}** ({one['of']})" in text
    assert "**–**" not in markdown(document(cases()["own table"]))


def test_a_simulated_survey_is_named():
    assert document(study())["note"].startswith("All numbers of this run are from a simulated")
    assert "simulated" not in markdown(document(cases()["own table"]))


@pytest.mark.parametrize("name", cases())
def test_each_number_says_of_which_stars_and_label_it_is(name):
    given = cases()[name]
    found = document(given)
    for one in [*found["findings"], *found["numbers"]]:
        assert ("simulated stars" in one["of"]) == given.simulated
        assert re.search(r"label [a-z]+", one["of"])
    assert all("± is a 95 % interval" in number["of"] for number in found["numbers"])
    assert "± is always the half-width of a 95 % interval" in found["note"]


def test_too_few_stars_are_said_wherever_an_interval_says_nothing():
    text = markdown(document(cases()["few stars"]))
    assert "86.0" not in text
    assert "accuracy 70.0 % (too few stars to say)" in text
    assert "macro-F1 +2.0 points (too few stars to say)" in text
    assert "there are too few stars to say" in text


def sentences(found: dict) -> list[str]:
    """All sentences of an answer."""
    paragraphs = [found["question"], found["answer"], found["verdict"]["text"], found["note"]]
    paragraphs += [found["hot"]] if found["hot"] else []
    said = [s for text in paragraphs for s in re.split(r"(?<=[.?]) ", text)]
    for one in found["findings"]:
        said += [one["claim"], *one["more"], one["method"]]
    return said
