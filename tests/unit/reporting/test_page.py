"""How numbers stand on the page."""

from stellar.reporting import page


def test_numbers_on_the_page():
    assert page.percent(0.96934) == "96.93"
    assert page.percent(None) == "–"
    assert page.points(-0.0123) == "−1.23"
