"""What stands on the survey's figures."""

import numpy as np
import pytest
from made_figures import names_of, spec_of
from stellar import BANDS, CLASSES
from stellar.reporting.figures import saved, survey

LABELS = (np.arange(700) % 7).astype(np.int8)
RANDOM = np.random.default_rng(0)


def test_classes_stand_beside_the_studys():
    rows = survey.class_table([1234, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 9876])
    assert [row["rows"] for row in rows[:7]] == [1234, 1, 2, 3, 4, 5, 6]
    assert sum(row["share"] for row in rows[:7]) == pytest.approx(1, abs=1e-3)
    spec = spec_of(survey.classes(rows))
    assert saved.rows_of(spec)[0] == {**rows[0], "share": repr(rows[0]["share"])}
    assert names_of(spec) == ["shown"]
    assert "most, 1,234, are O stars, fewest, 1, B stars" in spec["description"]


def test_a_survey_without_rows_is_drawn():
    assert spec_of(survey.classes(survey.class_table([0] * 7, [1] * 7)))


def test_quantiles_of_each_class():
    kelvin = np.arange(700.0) // 7 * 100  # 0 to 9,900 in every class
    kelvin[LABELS == 1] = np.nan
    rows = survey.quantile_table({"elodieTEff": kelvin}, LABELS)
    assert [row["class"] for row in rows] == [c for c in CLASSES if c != "B"]
    assert rows[0] == {
        "value": "elodieTEff", "class": "O", "stars": 100,
        "p5": 495.0, "p25": 2475.0, "median": 4950.0, "p75": 7425.0, "p95": 9405.0,
    }  # fmt: skip


def test_temperatures_with_the_cut_and_a_choice_of_source():
    columns = {name: RANDOM.normal(6000, 500, 700) for name in survey.TEMPERATURES}
    spec = spec_of(survey.temperatures(survey.quantile_table(columns, LABELS)))
    assert set(names_of(spec)) == {"shown", "temperature"}
    choice = next(p for p in spec["params"] if p["name"] == "temperature")
    assert choice["bind"]["options"] == ["elodieTEff", "sppTeff"]
    assert [{"kelvin": 4000}, {"kelvin": 6000}] in spec["datasets"].values()


def test_a_survey_without_temperatures_says_so():
    columns = {name: np.full(700, np.nan) for name in survey.TEMPERATURES}
    spec = spec_of(survey.temperatures(survey.quantile_table(columns, LABELS)))
    assert "No temperature" in spec["description"]


def test_magnitudes_by_band_beside_signal_to_noise():
    columns = {band: RANDOM.normal(18, 1, 700) for band in BANDS}
    rows = survey.quantile_table({**columns, "snMedian": RANDOM.uniform(1, 99, 700)}, LABELS)
    spec = spec_of(survey.magnitudes(rows))
    assert set(names_of(spec)) == {"band", "shown"}
    assert {row["value"] for row in saved.rows_of(spec)} == {*BANDS, "snMedian"}
    assert "O 1" in spec["description"]


def test_correlations_are_of_ranks_among_what_both_have():
    one = np.array([1.0, 2, 3, 4, np.nan])
    columns = {"a": one, "b": np.exp(one), "c": -one, "d": np.ones(5), "e": np.full(5, np.nan)}
    found = {(row["a"], row["b"]): row for row in survey.correlation_table(columns)}
    assert found["a", "b"]["correlation"] == 1
    assert found["a", "c"]["correlation"] == -1
    assert found["a", "d"]["correlation"] is None  # constant
    assert found["a", "e"] == {"a": "a", "b": "e", "correlation": None, "stars": 0}
    spec = spec_of(survey.correlation(survey.correlation_table(columns)))
    assert len(saved.rows_of(spec)) == 25
    assert "strongest is" in spec["description"]


def test_equal_values_share_a_rank():
    from scipy.stats import spearmanr

    one, other = RANDOM.integers(0, 5, 60).astype(float), RANDOM.integers(0, 5, 60).astype(float)
    rows = survey.correlation_table({"a": one, "b": other})
    assert rows[1]["correlation"] == pytest.approx(spearmanr(one, other).statistic, abs=1e-3)


def test_colours_are_differences_of_neighbouring_bands():
    magnitudes = {band: np.full(700, 20.0 - number) for number, band in enumerate(BANDS)}
    rows = survey.colour_table(magnitudes, LABELS)
    assert {row["value"] for row in rows} == {"u − g", "g − r", "r − i", "i − z"}
    assert {row["median"] for row in rows} == {1.0}
    assert len(rows) == 4 * len(CLASSES)


def test_each_figure_of_the_survey_is_drawn_of_its_columns():
    columns = {name: RANDOM.normal(6000, 500, 700) for name in (*survey.FEATURES, "snMedian")}
    charts = survey.charts([100] * 7, columns, LABELS)
    assert list(charts) == ["classes", "temperatures", "magnitudes", "correlation"]
    drawn = {name: saved.rows_of(spec_of(chart)) for name, chart in charts.items()}
    assert {row["value"] for row in drawn["magnitudes"]} == {*BANDS, "snMedian"}
    assert {row["value"] for row in drawn["temperatures"]} == set(survey.TEMPERATURES)
    assert {row["a"] for row in drawn["correlation"]} == set(survey.FEATURES)
