"""Numbers and lists in words."""

import pytest
from stellar.reporting.answer import words


def test_a_difference_keeps_its_sign_and_is_not_shown_as_none():
    assert words.points(-0.000268, 0.002664) == "−0.03 ± 0.27 points"
    assert words.points(0.0004, 0.01) == "+0.04 ± 1.00 points"
    assert words.points(-0.0123, 0.0104) == "−1.2 ± 1.0 points"
    assert words.points(0.0018, 0.0016) == "+0.18 ± 0.16 points"
    assert words.points(0.0016, 0.0018) == "+0.16 ± 0.18 points"
    assert words.points(-0.01, 0.01) == "−1.0 ± 1.0 points"
    assert words.points(0.0, 0.0104) == "0.0 ± 1.0 points"
    assert words.differs(-0.13, 0.004, 2, " mag") == "−0.130 ± 0.004 mag"


def test_a_part_is_not_shown_as_all_or_none():
    assert words.percent(0.9964, 0) == "99.6 %"
    assert words.percent(0.0004) == "0.04 %"
    assert (words.percent(1.0, 0), words.percent(0.0, 0)) == ("100 %", "0 %")


def test_a_narrow_interval_is_not_said_to_be_none():
    assert words.within(0.99871, 0.0004) == "99.87 ± 0.04 %"
    assert words.within(0.7856, 0.0051) == "78.6 ± 0.5 %"


def test_an_interval_wider_than_the_scale_is_said_to_be_one_of_too_few_stars():
    assert words.within(0.7, 0.86) == "70.0 % (too few stars to say)"
    assert words.points(0.02, 0.86) == "+2.0 points (too few stars to say)"
    assert words.within(0.7, None) == "70.0 %"


@pytest.mark.parametrize(
    ("names", "said"),
    [(["O"], "O"), (["O", "B"], "O and B"), (["O", "B", "A", "F"], "O, B and 2 more")],
)
def test_lists(names, said):
    assert words.listed(names, most=3 if len(names) < 3 else 2) == said


def test_a_long_reason_is_taken_apart_at_its_marks_and_loses_nothing():
    reason = "equal values of zB name it, the others 7.5 %: they are names; zB is 0.1: 2 % of it"
    said = ["Equal values of zB name it.", "The others 7.5 %.", "They are names."]
    assert words.apart(reason, most=7) == [*said, "zB is 0.1: 2 % of it."]
    (whole,) = words.apart("equal values name it, the others do not")
    assert whole == "Equal values name it, the others do not."


def test_what_has_no_marks_is_left_to_the_file():
    assert words.apart("word " * 40) == ["The rest stands in the audit's file."]
