"""What stands on the survey's figures."""

import numpy as np
import pytest
from stellar.reporting import survey_figures

LABELS = (np.arange(70) % 7).astype(np.int8)
RANDOM = np.random.default_rng(0)


@pytest.fixture
def said(tmp_path):
    """Draw a figure; the SVG, in whose comments its texts stand."""

    def drawn(draw, *given) -> str:
        draw(tmp_path / "figure.svg", "test", *given)
        return (tmp_path / "figure.svg").read_text(encoding="utf-8")

    return drawn


def test_classes_stand_beside_the_studys(said):
    svg = said(survey_figures.classes, [1234, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 9876])
    for text in ("1,234", "9,876", "this survey", "the study"):
        assert f"<!-- {text} -->" in svg


def test_two_diagrams_of_colours(said):
    magnitudes = {band: RANDOM.normal(18, 1, 70) for band in "ugri"}
    svg = said(survey_figures.colour_colour, magnitudes, LABELS)
    for text in ("u − g / mag", "g − r / mag", "r − i / mag"):
        assert f"<!-- {text} -->" in svg


def test_temperatures_or_why_there_are_none(said):
    kelvin = RANDOM.normal(6000, 500, 70)
    kelvin[LABELS == 1] = np.nan
    assert "<!-- T / K -->" in said(survey_figures.temperatures, kelvin, LABELS, "T")
    nothing = said(survey_figures.temperatures, np.full(70, np.nan), LABELS, "T")
    assert "<!-- T is not given in this survey -->" in nothing


def test_the_sky_has_hours_with_east_to_the_left(said):
    ra, dec = RANDOM.uniform(0, 360, 70), RANDOM.uniform(-10, 60, 70)
    svg = said(survey_figures.sky, ra, dec, LABELS)
    places = [svg.index(f"<!-- {hours}h -->") for hours in (8, 4, 0, 20, 16)]
    assert places == sorted(places)
