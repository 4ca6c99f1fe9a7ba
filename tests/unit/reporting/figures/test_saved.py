"""Figures as files: four of each, the same bytes, harmless whatever their text."""

import json

import altair as alt
import pytest
from stellar import files
from stellar.reporting.figures import saved, style

HOSTILE = '</script><script>alert("1")</script><!-- & \u2028 =1+1'


def chart(rows, name="x"):
    made = alt.Chart(style.data(rows)).mark_point()
    made = made.encode(x=f"{name}:Q", tooltip="class:N", text="class:N")
    return style.titled(made, "Points", "of a test", "Two points.")


ROWS = [{"class": "O", "x": 1.25, "star": 0}, {"class": "M", "x": None, "star": 1}]


def test_a_figure_is_four_files_and_the_same_bytes_twice(tmp_path):
    for name in ("one", "two"):
        saved.save(chart(ROWS), tmp_path / f"{name}.svg", "test")
    kinds = {path.name.removeprefix("one") for path in tmp_path.glob("one*")}
    assert kinds == {".svg", ".png", ".csv", ".vl.json"}
    for kind in kinds:
        assert (tmp_path / f"one{kind}").read_bytes() == (tmp_path / f"two{kind}").read_bytes()
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "one.csv").read_text(encoding="utf-8") == "class,x,star\nO,1.25,0\nM,,1\n"


def test_of_all_files_of_figures_each_svg_is_drawn_with_the_rest(tmp_path):
    paths = [tmp_path / f"a.{kind}" for kind in ("svg", "png", "csv", "vl.json")]
    saved.save_all({"a": chart(ROWS), "not_asked_for": None}, paths, "test")
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_a_simulated_survey_is_marked_and_no_other(tmp_path):
    for survey, marked in (("sdss-dr18", False), ("simulated", True)):
        saved.save(chart(ROWS), tmp_path / "a.svg", survey)
        spec = files.read_json(tmp_path / "a.vl.json")
        assert (saved.SIMULATED in spec["title"]["subtitle"]) is marked
        assert (saved.SIMULATED in spec["description"]) is marked
        assert (saved.SIMULATED in (tmp_path / "a.svg").read_text(encoding="utf-8")) is marked


def test_a_definition_leaves_text_and_background_to_the_page():
    spec = saved.definition(chart(ROWS), "test")
    assert spec["background"] is None
    assert "config" not in spec
    assert list(spec["datasets"]) == [spec["data"]["name"]]


def test_figures_of_the_same_rows_share_their_data():
    one, two = (saved.definition(chart(ROWS, name), "test") for name in ("x", "star"))
    assert one["datasets"] == two["datasets"]


def test_text_from_data_is_harmless(tmp_path):
    saved.save(chart([{"class": HOSTILE, "x": 1.0}]), tmp_path / "a.svg", HOSTILE)
    text = (tmp_path / "a.vl.json").read_text(encoding="utf-8")
    assert not set("<>&\u2028") & set(text)
    spec = json.loads(text)
    assert spec["datasets"][spec["data"]["name"]][0]["class"] == HOSTILE
    assert "<script" not in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_what_a_figure_looks_up_is_among_its_data():
    made = chart(ROWS)
    source = alt.LookupData(
        data=style.data([{"star": 1, "predicted": "K"}]), key="star", fields=["predicted"]
    )
    spec = saved.definition(made.transform_lookup("star", source), "test")
    assert [row["predicted"] for row in saved.rows_of(spec)] == [None, "K"]


def test_a_figure_that_cannot_be_drawn_leaves_no_file(tmp_path):
    broken = style.titled(
        alt.Chart(style.data(ROWS)).mark_point().transform_filter("("), "", "", ""
    )
    with pytest.raises(ValueError, match="SVG"):
        saved.save(broken, tmp_path / "a.svg", "test")
    assert list(tmp_path.iterdir()) == []
