import numpy as np
import pyarrow as pa
import pytest
from made_models import star_columns
from stellar.classify.model import load_all
from stellar.classify.rows import (
    ANOTHER,
    CONTRADICTED,
    OUTSIDE,
    Numbers,
    numbers,
    reasons,
    type_rows,
)

BANDS = {band: band for band in "ugriz"}


def given(columns) -> Numbers:
    return Numbers(columns, {n: np.zeros(len(v), bool) for n, v in columns.items()})


@pytest.mark.parametrize("cell", ["", "nan", "null", "-9999", "0", "0.0"])
def test_marks_of_nothing_are_missing_not_wrong(cell):
    found = numbers(pa.table({"u": [cell, "18.5"]}), {"u": "u"}, {})
    assert np.isnan(found.values["u"][0])
    assert found.values["u"][1] == 18.5
    assert not found.wrong["u"].any()


@pytest.mark.parametrize("cell", ["faint", "inf", "-inf", "99.99", "1,5", "-7"])
def test_what_cannot_be_is_wrong(cell):
    found = numbers(pa.table({"u": [cell]}), {"u": "u"}, {})
    assert np.isnan(found.values["u"][0])
    assert found.wrong["u"].all()


@pytest.mark.parametrize(
    ("name", "fillers", "value"),
    [
        ("u", [-1.0], 18.5),
        ("redshift", [-1.0, 9.99, 9.0], 0.001),
        ("sppTeff", [999.0, 99999.0], 9999.0),  # which a star may have
        ("sppFeH", [-9.99, -9.0], -1.0),
        ("dec", [], -1.0),
    ],
)
def test_fillers_that_no_star_has_are_missing_as_in_a_survey(name, fillers, value):
    values = np.array([*fillers, value])
    for kind in (pa.float64(), pa.float32(), pa.string()):
        column = pa.array(values).cast(kind)
        found = numbers(pa.table({"x": column}), {name: "x"}, {})
        assert np.isnan(found.values[name]).tolist() == [True] * len(fillers) + [False]
        assert not found.wrong[name].any()
    kelvin = numbers(pa.table({"x": [9.99, 5.8]}), {"sppTeff": "x"}, {"sppTeff": 1000.0})
    assert kelvin.values["sppTeff"].tolist() == [9990, 5800]


def test_units_are_converted():
    found = numbers(pa.table({"T": [5.8]}), {"sppTeff": "T"}, {"sppTeff": 1000.0})
    assert found.values["sppTeff"].tolist() == [5800.0]


def test_each_row_has_the_model_that_fits(models):
    columns, labels, _ = star_columns(40, seed=2)
    columns["redshift"][::2] = np.nan
    columns["g"][3] = np.nan
    types = type_rows(given(columns), load_all(models))
    assert types.tier[0] == 1  # photometry
    assert types.tier[1] == 0  # redshift
    assert types.tier[3] == -1
    assert types.classes[3] == -1
    assert np.isnan(types.probabilities[3]).all()
    assert types.sets[3] == 0
    known = (labels >= 0) & (types.tier >= 0)
    assert np.mean(types.classes[known] == labels[known]) > 0.85


def test_a_mix_moves_probabilities_but_no_set(models):
    columns, _, _ = star_columns(70, seed=2)
    only_g = np.eye(7)[4]
    plain = type_rows(given(columns), load_all(models))
    moved = type_rows(given(columns), load_all(models), only_g)
    assert (moved.classes == 4).mean() > 0.9
    assert (plain.sets == moved.sets).all()


def test_a_type_that_the_mix_moves_out_of_its_set_is_flagged(models):
    columns, _, _ = star_columns(70, seed=2)
    loaded = load_all(models)
    plain = type_rows(given(columns), loaded)
    shares = np.array([0.02, 0.02, 0.02, 0.02, 0.9, 0.02, 0])
    moved = type_rows(given(columns), loaded, shares)
    flags = [CONTRADICTED in (r or "") for r in reasons(moved.code, False, list(BANDS))]
    in_set = (moved.sets >> moved.classes.astype(np.uint8) & 1).astype(bool)
    none = shares[moved.classes] == 0
    assert flags == ((plain.classes != moved.classes) & ~in_set | none).tolist()
    assert 0 < sum(flags) < 40
    assert not any(CONTRADICTED in (r or "") for r in reasons(plain.code, False, list(BANDS)))


def test_reasons_in_words():
    assert reasons(np.array([0]), False, ["u"]) == [None]
    assert reasons(np.array([3]), False, ["u"]) == [f"{OUTSIDE}; {ANOTHER}"]
    (said,) = reasons(np.array([4 << 1]), True, ["u", "my g"])
    assert said.startswith("no type")
    assert "my g: no value that can be" in said
