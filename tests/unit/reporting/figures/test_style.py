"""Colours that everybody can tell apart, on white and on the dark page; what figures share."""

import itertools

import altair as alt
import numpy as np
import pytest
from made_figures import names_of, spec_of
from stellar import CLASSES
from stellar.reporting.figures import style

# Machado, Oliveira & Fernandes (2009), IEEE Trans. Vis. Comput. Graph. 15, 1291: linear RGB as seen
# without one kind of cone.
VISION = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# sRGB (IEC 61966-2-1) to CIE XYZ, white point D65.
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour: str) -> np.ndarray:
    given = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(given <= 0.04045, given / 12.92, ((given + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    t = XYZ @ np.clip(rgb, 0, 1) / (XYZ @ np.ones(3))
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    """As of WCAG 2.1."""
    light, dark = sorted((float(XYZ[1] @ linear(c)) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("vision", VISION)
def test_every_reader_can_tell_the_classes_apart(vision):
    places = {name: lab(VISION[vision] @ linear(c)) for name, c in style.COLOURS.items()}
    distances = {
        pair: np.linalg.norm(places[pair[0]] - places[pair[1]])
        for pair in itertools.combinations(places, 2)
    }
    nearest = min(distances, key=distances.get)
    assert distances[nearest] > 20, nearest


@pytest.mark.parametrize("page", ["#ffffff", style.theme(dark=True)["background"]])
def test_marks_are_seen_on_both_pages(page):
    for colour in (*style.COLOURS.values(), *style.SERIES, style.QUIET):
        assert contrast(colour, page) >= 3, colour


@pytest.mark.parametrize("dark", [False, True])
def test_text_is_read_on_both_pages(dark):
    theme = style.theme(dark)
    texts = [theme["axis"]["labelColor"], theme["title"]["subtitleColor"], theme["text"]["color"]]
    assert min(contrast(colour, theme["background"]) for colour in texts) >= 4.5
    assert style.theme(True)["background"] == "#14181f"


@pytest.mark.parametrize("dark", [False, True])
def test_cells_are_read_on_both_pages(dark):
    """Empty cells have the colour of the page, nearly; text is told from any cell."""
    theme = style.theme(dark)
    paper, ink = theme["background"], theme["text"]["color"]
    empty, half, full = theme["range"]["heatmap"]
    assert contrast(empty, paper) < 1.3
    assert min(contrast(empty, ink), contrast(full, paper)) > 7
    assert contrast(half, paper if contrast(half, ink) < 3 else ink) > 4.5


def test_one_colour_a_class_in_their_order():
    assert list(style.COLOURS) == list(CLASSES)
    scale = style.of_class().to_dict()["scale"]
    assert scale == {"domain": list(CLASSES), "range": list(style.COLOURS.values())}


def test_classes_can_be_hidden_in_every_figure_at_once():
    chart = alt.Chart(style.data([{"class": "O"}])).mark_point()
    spec = spec_of(style.titled(style.selectable(chart), "A", "", "b"))
    assert names_of(spec) == ["shown"]
    assert spec["params"][0]["value"] == list(CLASSES)
    assert spec["transform"] == [{"filter": "indexof(shown, datum.class) >= 0"}]


def test_numbers_as_they_are_shown():
    assert style.rounded(-1e-7) == 0
    assert str(style.rounded(-1e-7)) == "0.0"
    assert f"{style.rounded(0.9984624):.1%}" == "99.8%"  # not rounded twice
    assert style.rounded(None) is None
    assert style.percent(0.9947) == "99.5 %"


def test_where_there_is_nothing_a_figure_says_why():
    spec = spec_of(style.empty("Sky", "No positions."))
    (rows,) = spec["datasets"].values()
    assert rows == [{"note": "No positions."}]
    assert "No positions." in spec["description"]
