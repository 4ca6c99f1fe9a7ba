"""The forest plot: what it draws, and that no text leaves its element."""

from xml.etree import ElementTree

import pytest
from made_predictions import predicted
from stellar.two_runs import chart, differences

NASTY = "<script>alert('a&b')</script>"


def row(first, second, name="photometry", kind="ablation"):
    return differences.model_row((kind, name), first, second)


@pytest.fixture(scope="module")
def rows():
    return [
        row(predicted(0.1), predicted(0.4, seed=1), "worse"),
        row(predicted(0.4, seed=1), predicted(0.1), "better"),
        row(predicted(0.2), predicted(0.2), "same"),
        row(predicted(0.1).of_fold(0), predicted(0.1).of_fold(0), "one fold"),
    ]


def marks(rows, score):
    datasets = chart.forest(rows, score).to_dict()["datasets"]
    return next(of for of in datasets.values() if "outcome" in of[0])


def test_less_log_loss_and_more_accuracy_are_better(rows):
    for score in differences.SCORES:
        assert [chart.outcome(r, score) for r in rows] == [
            "A better",
            "B better",
            "not told apart",
            "not told apart",
        ]


def test_marks_are_the_differences_in_points(rows):
    worse, better, same = marks(rows, "accuracy")
    assert worse["model"] == "ablation worse"
    assert worse["value"] == pytest.approx(100 * rows[0]["accuracy_difference"])
    half = 100 * rows[0]["accuracy_difference_ci95"]
    assert worse["high"] - worse["low"] == pytest.approx(2 * half)
    assert better["outcome"] == "B better"
    assert same["value"] == same["low"] == 0
    raw = marks(rows, "log_loss")[0]["value"]
    assert raw == pytest.approx(rows[0]["log_loss_difference"])


def test_what_cannot_be_said_is_not_drawn(rows):
    assert chart.forest(rows[3:], "accuracy") is None
    assert "Differences of 3 models" in chart.described(rows, "accuracy")
    assert "1 B better, 1 A better, 1 not told apart" in chart.described(rows, "accuracy")


def test_the_drawing_takes_its_ink_from_the_page_and_escapes_names(rows):
    hostile = {**rows[0], "name": NASTY}
    svg = chart.as_svg(chart.forest([hostile, *rows], "accuracy"))
    tree = ElementTree.fromstring(svg)  # noqa: S314  our own
    texts = [node for node in tree.iter() if node.tag.endswith("}text")]
    assert any((node.text or "").startswith("ablation <script>") for node in texts)
    assert not [node for node in tree.iter() if node.tag.endswith("}script")]
    assert {node.get("fill") for node in texts} == {"currentColor"}
    assert not any(node.get("fill") in ("white", "#fff", "#ffffff") for node in tree.iter())
