import numpy as np
import pyarrow as pa
import pytest
from made_models import star_columns
from stellar.classify.hints import (
    called_no_star,
    corrected_in_words,
    cut_ids,
    dust_of,
    dusty,
    exchanged_bands,
    id_columns,
    no_star_columns,
    shift_in_words,
    shifted_bands,
)
from stellar.classify.model import load


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("class", ["GALAXY", " qso ", "STAR", None, ""], "110 00"),
        ("spectype", ["GAL", "AGN", "STAR", "SKY", "G2"], "110 00"),
        ("TYPE", ["PSF", "DEV", "EXP", "REX", None], "011 10"),
        ("type", [3, 6, None, 0, 5], "100 00"),
        ("objc_type", ["3", "6", "", "x", "3.0"], "100 01"),
        ("class", [3, 6, 2, 1, None], "000 00"),  # specClass means other things by 3
        ("probPSF", [1.0, 0.0, None, -9999.0, 0.4], "010 01"),
        ("i_extendedness_value", [0.0, 1.0, None, float("nan"), 0.9], "010 01"),
        ("refExtendedness", [0, 1, 1, 1, 1], None),
        ("sourceType", ["QSO", "GALAXY", "STAR", "QSO", ""], None),  # targeted as
        ("objType", ["QSO", "GALAXY", "STAR", "QSO", ""], None),
    ],
)
def test_what_calls_an_object_no_star(name, values, said):
    if said is None:
        assert no_star_columns([name]) == ()
        return
    assert no_star_columns(["u", name, "subClass", "petroRad_r"]) == (name,)
    column = pa.chunked_array([values])
    expected = [sign == "1" for sign in said.replace(" ", "")]
    assert called_no_star(column, name).tolist() == expected
    assert called_no_star(column.cast(pa.string()), name).tolist() == expected


def test_viziers_numbers_of_a_class_are_sdsss_types():
    column = pa.chunked_array([[3, 6, None]])
    assert no_star_columns(["cl", "class"]) == ("cl", "class")
    for name in ("class", "cl"):
        assert called_no_star(column, name, viziers=True).tolist() == [True, False, False]
        assert not called_no_star(column, name).any()  # a class of another kind


def test_dust_by_extinction_or_reddening():
    assert dust_of(["u", "extinction_u", "Extinction_r", "EBV"]) == ("Extinction_r", 1.0)
    assert dust_of(["u", "ra", "dec"]) is None
    name, factor = dust_of(["E(B-V)", "u"])
    assert name == "E(B-V)"
    column = pa.chunked_array([[0.05, 0.0876, 0.1, None, -9999.0]])
    assert dusty(column, factor) == 2  # 0.0876 is 0.2002 mag in r
    assert dusty(column.cast(pa.string()), 1.0) == 0


def test_exchanged_bands_are_told_and_others_are_not(models):
    columns, labels, _ = star_columns(400, seed=4)
    model = load(models / "redshift")
    assert exchanged_bands(columns, model) == {}
    for kind in range(7):  # whatever the mix of classes
        of_kind = {name: values[labels == kind] for name, values in columns.items()}
        assert exchanged_bands(of_kind, model) == {}, kind
    for pair in ("ug", "gr", "uz", "gi"):
        given = columns | dict(zip(pair, (columns[band] for band in pair[::-1]), strict=True))
        assert exchanged_bands(given, model) == dict(zip(pair, pair[::-1], strict=True))
    backwards = columns | dict(zip("ugriz", (columns[band] for band in "zirgu"), strict=True))
    assert exchanged_bands(backwards, model) == {"u": "z", "g": "i", "i": "g", "z": "u"}
    few = {name: values[:19] for name, values in given.items()}
    assert exchanged_bands(few, model) == {}


def test_what_is_no_star_in_any_order_is_not_called_exchanged(models):
    columns, _, _ = star_columns(400, seed=4)
    model = load(models / "photometry")
    colours = {b: columns[b] - columns[c] for b, c in zip("ugri", "griz", strict=True)}
    for given in (colours, {"g": np.full(400, 20.0)}, {"r": columns["r"] - 5}):
        assert exchanged_bands(columns | given, model) == {}, given


@pytest.mark.parametrize("tier", ["photometry", "redshift"])
def test_shifted_magnitudes_are_told_and_others_are_not(models, tier):
    columns, labels, _ = star_columns(400, seed=4)
    model = load(models / tier)
    assert shifted_bands(columns, model) == {}
    for kind in range(7):  # whatever the mix of classes
        of_kind = {name: values[labels == kind] for name, values in columns.items()}
        assert shifted_bands(of_kind, model) == {}, kind
    for band in "ugriz":
        for step in (-1.0, 1.0):
            given = columns | {band: columns[band] + step}
            assert shifted_bands(given, model) == {band: -step}
    for step in (-4.0, 4.0):
        given = columns | {band: columns[band] + step for band in "ugriz"}
        assert shifted_bands(given, model) == dict.fromkeys("ugriz", -step)
    few = {name: values[:19] for name, values in given.items()}
    assert shifted_bands(few, model) == {}
    one_more = {name: values[:20] for name, values in given.items()}
    assert shifted_bands(one_more, model) != {}


def test_a_shift_in_words():
    assert "stars with u some 0.5 mag brighter" in shift_in_words({"u": -0.5})
    assert "stars with all magnitudes some 4 mag fainter" in shift_in_words(
        dict.fromkeys("ugriz", 4.0)
    )


def test_columns_that_are_called_ids():
    names = "specObjID objid OBJ_ID source_id id IDs bestObjID TARGETID my.id gaia_source_ids"
    assert id_columns(names.split()) == names.split()
    assert id_columns(["grid", "valid", "mid", "identity", "fluid", "u", "type_id_of"]) == []


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (
            ["1.24e18", "1.2376E+18", " 1.2376458768612722e+18", "1237645876861272206", "", None],
            (3, 0),
        ),
        (["1237645876861272206.0", "1237645876861272206.", "2.5e3", "1.5", "1e5"], (2, 0)),
        (["1237645876861270000", "299489677444933000", "1237645876861272200"], (0, 2)),
        ([1.24e18, 2.0**53, 2.0**53 - 1, None, float("nan"), 17.0], (2, 0)),
        ([1237645876861270000, 5], (0, 0)),
    ],
)
def test_ids_that_may_have_lost_digits(values, found):
    column = pa.chunked_array([values])
    assert cut_ids(column) == found
    if column.type == pa.string():
        assert cut_ids(column.dictionary_encode()) == found
        assert cut_ids(column.cast(pa.large_string())) == found


@pytest.mark.parametrize(
    "name", ["u0", "U_0", "umag0", "u0mag", "psfMag_u_0", "(u)0", "u_dered", "sdss_u0"]
)
def test_names_of_corrected_magnitudes(name):
    said = corrected_in_words({"u": name, "g": "g", "redshift": "z0"})
    assert said.startswith(f"{name}: names like these mean magnitudes corrected for dust")


@pytest.mark.parametrize("name", ["u", "psfMag_u", "mag_u", "u05", "u_2020", "au0", "modelMag_u"])
def test_names_of_other_magnitudes(name):
    assert corrected_in_words({"u": name, "redshift": "z0"}) == ""
