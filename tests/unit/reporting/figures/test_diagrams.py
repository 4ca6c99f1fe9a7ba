"""Diagrams of single stars, all from one table."""

import json

import numpy as np
import pyarrow as pa
import pytest
from made_figures import find, names_of, spec_of
from stellar import CLASSES, files
from stellar.reporting.figures import diagrams, saved, style

N = 700
RANDOM = np.random.default_rng(0)
LABELS = (np.arange(N) % 7).astype(np.int8)
VALUES = {
    "u": 20.0, "g": 19.0, "r": 18.5, "i": 18.2, "z": 18.0, "redshift": 0.0,
    "sppTeff": 6000.0, "sppLogG": 4.0, "snMedian": 20.0, "ra": 180.0, "dec": 10.0,
}  # fmt: skip
COLUMNS = {name: RANDOM.normal(value, 0.01 * value + 0.01, N) for name, value in VALUES.items()}
STARS = diagrams.table(COLUMNS, LABELS)


def test_rare_classes_are_shown_whole_and_common_ones_alike():
    labels = np.repeat(np.arange(7), [5000, 3, 100, 5000, 5000, 5000, 0])
    ids = np.arange(len(labels), dtype=np.uint64) + 10**18
    shown = diagrams.chosen(ids, labels, 1000)
    counts = np.bincount(labels[shown], minlength=7).tolist()
    assert sum(counts) == 1000
    assert counts[1:3] == [3, 100]
    assert counts[6] == 0
    common = [n for n in counts if n > 100]
    assert max(common) - min(common) <= 1
    assert len(set(shown.tolist())) == 1000


def test_the_same_stars_are_shown_in_whatever_order_they_come():
    ids = RANDOM.permutation(np.arange(N, dtype=np.uint64))
    shown = diagrams.chosen(ids, LABELS, 100)
    order = RANDOM.permutation(N)
    again = diagrams.chosen(ids[order], LABELS[order], 100)
    assert ids[shown].tolist() == ids[order][again].tolist()


def test_few_stars_are_all_shown():
    assert sorted(diagrams.chosen(np.arange(N, dtype=np.uint64), LABELS, 4000)) == list(range(N))


def test_the_table_is_rounded_and_bears_what_is_missing():
    columns = {name: np.array([value, np.nan]) for name, value in VALUES.items()}
    columns |= {"u": np.array([20.126, np.nan]), "sppTeff": np.array([6000.4, np.nan])}
    first, second = diagrams.table(columns, np.array([0, 6], np.int8))
    assert (first["star"], first["class"], first["u"], first["teff"]) == (0, "O", 20.13, 6000)
    assert isinstance(first["teff"], int)
    assert second == {**dict.fromkeys(first), "star": 1, "class": "M"}
    json.dumps([first, second], allow_nan=False)


def test_aitoffs_map_has_the_poles_at_its_ends_and_east_to_the_left():
    x, y = diagrams.aitoff(np.array([0.0, 0, 0, 90, 270, 180]), np.array([0.0, 90, -90, 0, 0, 0]))
    half = np.pi / 2
    assert x == pytest.approx([0, 0, 0, -half, half, np.pi])
    assert y == pytest.approx([0, half, -half, 0, 0, 0])
    # Of half the longitude on the azimuthal equidistant map, twice as wide.
    (x,), (y,) = diagrams.aitoff(np.array([60.0]), np.array([45.0]))
    distance = np.arccos(np.cos(np.radians(45)) * np.cos(np.radians(30)))
    assert (x / 2) ** 2 + y**2 == pytest.approx(distance**2)
    assert np.hypot(x / 2, y) <= half


@pytest.mark.parametrize("name", ["colours", "colour_magnitude", "sky"])
def test_a_diagram_is_of_the_whole_table_by_class(name):
    spec = spec_of(getattr(diagrams, name)(STARS))
    assert spec["datasets"][spec["data"]["name"]] == STARS
    assert names_of(spec) == ["shown"]
    assert f"{N:,} stars" in " ".join(spec["title"]["subtitle"])
    domains = [s["domain"] for s in find(spec, "scale") if "domain" in s]
    assert list(CLASSES) in domains


def test_all_diagrams_share_one_dataset():
    predicted = [{"star": 0, "predicted": "O"}]
    charts = [getattr(diagrams, n)(STARS) for n in ("colours", "colour_magnitude", "sky")]
    charts.append(diagrams.kiel(STARS, predicted))
    assert len({saved.definition(chart, "test")["data"]["name"] for chart in charts}) == 1


def test_diagrams_zoom_with_a_key_alone_so_that_the_wheel_moves_the_page():
    for name in ("colours", "colour_magnitude"):
        zooms = find(spec_of(getattr(diagrams, name)(STARS)), "zoom")
        assert zooms
        assert all("ctrlKey" in zoom for zoom in zooms)


def test_the_kiel_diagram_says_for_whom_the_network_is_wrong():
    predicted = [{"star": n, "predicted": "O" if n < 70 else STARS[n]["class"]} for n in range(140)]
    spec = spec_of(diagrams.kiel(STARS, predicted))
    assert names_of(spec) == ["shown"]
    assert "of 140 stars with SSPP parameters" in spec["description"]
    assert "wrong for 60" in spec["description"]
    rows = saved.rows_of(spec)
    assert [row["predicted"] for row in rows[:2]] == ["O", "O"]
    assert rows[200]["predicted"] is None


def test_a_survey_without_stellar_parameters_says_so():
    columns = {**COLUMNS, "sppTeff": np.full(N, np.nan)}
    spec = spec_of(diagrams.kiel(diagrams.table(columns, LABELS), []))
    assert "no star" in spec["description"].lower()


def test_the_sky_has_hours_with_east_to_the_left():
    spec = spec_of(diagrams.sky(STARS))
    marks = next(rows for rows in spec["datasets"].values() if "text" in rows[0])
    places = {row["text"]: row["x"] for row in marks}
    hours = [places[f"{hour}h"] for hour in (8, 4, 0, 20, 16)]
    assert hours == sorted(hours)
    assert spec["usermeta"] == {"aspect": 2}
    assert spec["width"] == 2 * spec["height"]


def test_a_diagram_is_the_same_whatever_was_drawn_before():
    one, two = (saved.as_json(saved.definition(diagrams.colours(STARS), "test")) for _ in range(2))
    assert one == two


def test_real_stars_stand_beside_the_survey():
    def spread(colour, kind, median):
        ends = {name: median for name in ("p5", "p25", "p75", "p95")}
        return {"value": colour, "class": kind, "stars": 9, "median": median, **ends}

    simulated = [spread("u − g", "A", 1.1), spread("u − g", "M", 2.5), spread("g − r", "A", 0.0)]
    real = [spread("u − g", "A", 1.0), spread("g − r", "A", 0.25), spread("g − r", "O", -0.4)]
    others = diagrams.table({name: of[:20] for name, of in COLUMNS.items()}, LABELS[:20])
    spec = spec_of(diagrams.real(STARS, others, {"simulated stars": simulated, "real": real}))
    assert names_of(spec) == ["shown"]
    assert find(spec, "filter").count(style.IS_SHOWN) == 2 * 2 + 2  # of each data and panel
    assert "differ most in g − r of A stars, by 0.25 mag" in spec["description"]
    rows = saved.rows_of(spec)
    assert [row["of"] for row in rows] == ["simulated stars"] * 3 + ["real"] * 3
    shared = saved.definition(diagrams.colours(STARS), "test")["data"]["name"]
    assert shared in spec["datasets"]  # the page holds the survey's stars once
    apart = spec_of(diagrams.real(STARS, others, {"this survey": simulated[1:2], "real": real}))
    assert "no class in common" in apart["description"]
    assert apart["title"]["text"] == "This survey beside real stars"


def test_each_class_has_a_shape_among_points():
    spec = spec_of(diagrams.colours(STARS))
    shapes = [of["scale"]["range"] for of in find(spec, "shape") if isinstance(of, dict)]
    assert shapes == [list(style.CLASS_SHAPES.values())] * 2
    assert len({*style.CLASS_SHAPES.values()}) == len(CLASSES)


def test_stars_are_those_of_a_file_and_are_called_by_their_ids(tmp_path, monkeypatch):
    monkeypatch.setattr(diagrams, "MOST", 140)
    ids = RANDOM.permutation(np.arange(N)).astype(np.uint64) + 10
    table = pa.table({"specObjID": ids, "label": LABELS, **COLUMNS})
    path = tmp_path / "stars.parquet"
    files.write_table(path, table.replace_schema_metadata({files.SURVEY_KEY: b"test"}))
    shown = diagrams.Stars.of(path)
    assert (shown.survey, shown.counts, len(shown.rows)) == ("test", [100] * 7, 140)
    chosen = diagrams.chosen(ids, LABELS, 140)
    columns = {name: values[chosen] for name, values in COLUMNS.items()}
    assert shown.rows == diagrams.table(columns, LABELS[chosen])
    assert shown.ids.tolist() == ids[chosen].tolist()
    known = np.array([5, *shown.ids[[3, 1]]], np.uint64)  # one that is not shown
    called = shown.called(known, np.array([0, 6, 2]))
    assert called == [{"star": 1, "predicted": "A"}, {"star": 3, "predicted": "M"}]
