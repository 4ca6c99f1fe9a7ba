"""Figures as files."""

import pytest
from stellar import CLASSES
from stellar.reporting.style import COLOURS, figure, note_empty


def draw(path, survey="test", fails=False) -> str:
    with figure(path, survey, (3, 2), panels=2) as (left, right):
        left.plot([0, 1], [0, 1])
        note_empty(right, "nothing here")
        if fails:
            left.plot(1 / 0)
    return path.read_text(encoding="utf-8")


def test_the_same_figure_is_the_same_bytes(tmp_path):
    assert draw(tmp_path / "one.svg") == draw(tmp_path / "two.svg")


def test_a_simulated_survey_is_marked_and_no_other(tmp_path):
    plain, marked = (draw(tmp_path / f"{s}.svg", s) for s in ("sdss-dr18", "simulated"))
    assert "<!-- simulated survey -->" in marked
    assert "<!-- simulated survey -->" not in plain
    assert "<!-- nothing here -->" in plain


def test_a_figure_that_fails_leaves_no_file(tmp_path):
    with pytest.raises(ZeroDivisionError):
        draw(tmp_path / "one.svg", fails=True)
    assert list(tmp_path.iterdir()) == []


def test_each_class_has_a_colour_of_its_own():
    assert list(COLOURS) == list(CLASSES)
    assert len(set(COLOURS.values())) == len(CLASSES)
