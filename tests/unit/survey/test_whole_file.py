"""Values and ids that cannot be: refused, or named in the log; and each advice works as typed."""

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from astropy.table import Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stellar.errors import UserError
from stellar.survey import user_table, whole_file


def good(rows: int = 30) -> pd.DataFrame:
    """Stars of the whole sky, as SkyServer would answer, in text."""
    rng = np.random.default_rng(rows)
    plate, fiber = 300 + np.arange(rows), 1 + np.arange(rows) % 640
    frame = pd.DataFrame(
        {
            "specObjID": [
                f"{(int(p) << 50) + (int(f) << 38) + (2000 << 24) + (103 << 10)}"
                for p, f in zip(plate, fiber, strict=True)
            ],
            "plate": plate,
            "mjd": 52_000,
            "fiberID": fiber,
            "objID": np.arange(rows) + 1237648720691000004,
            "ra": rng.uniform(30, 350, rows).round(6),
            "dec": rng.uniform(-20, 80, rows).round(6),
            **{b: rng.normal(19 - n / 2, 0.3, rows).round(3) for n, b in enumerate("ugriz")},
            "redshift": rng.normal(0, 2e-4, rows).round(7),
            "sppTeff": rng.uniform(4000, 8000, rows).round(),
            "subClass": "F5",
        }
    )
    return frame.astype(str)


def read(tmp_path, frame, columns=None, units=None, rows=50_000):
    path = tmp_path / "a.csv"
    frame.to_csv(path, index=False)
    return pa.concat_tables(user_table.stars(path, columns, units, rows))


def refused(tmp_path, frame, **options) -> str:
    with pytest.raises(UserError) as error:
        read(tmp_path, frame, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


# -- one id for many stars


@pytest.mark.parametrize("batch", [3, 1000])
@pytest.mark.parametrize("filler", ["999999", "1", "2147483647", "1237648720690000000"])
def test_an_object_that_stands_far_apart_is_refused(tmp_path, filler, batch):
    frame = good()
    frame.loc[[4, 9, 21], "objID"] = filler
    said = refused(tmp_path, frame, rows=batch)
    assert f"column objID, row 10: id {filler} stands for a place" in said
    assert "degrees from row 5, and in 3 rows in all" in said
    assert "(line 11 of the file)" in said


def test_ids_that_a_spreadsheet_cut_are_refused(tmp_path):
    frame = good().assign(objID=lambda f: f["objID"].str[:15] + "0000")
    assert "column objID, row 2: id 1237648720691000000" in refused(tmp_path, frame)


@pytest.mark.parametrize("column", ["specObjID", "objID"])
def test_ids_that_a_spreadsheet_cut_and_that_stay_apart_are_named(tmp_path, caplog, column):
    frame = good().drop(columns=["plate", "mjd", "fiberID"])
    ids = [f"{1237648720691000 + 7 * n}"[:15] + "0000" for n in range(100, 400, 10)]
    frame = frame.assign(**{column: ids})
    found = read(tmp_path, frame, rows=11)
    assert found[{"objID": "bestObjID"}.get(column, column)].to_pylist() == [int(i) for i in ids]
    assert f"column {column}: 30 of 30 ids end in zeros from digit 16 on" in caplog.text
    caplog.clear()
    frame.loc[:15, column] = [f"{int(i) + 7}" for i in ids[:16]]
    read(tmp_path, frame)
    assert "ids end in zeros" not in caplog.text


@pytest.mark.parametrize("filler", ["0", "-1", "-9999", "", "null"])
def test_marks_for_no_object_join_nothing(tmp_path, filler):
    table = read(tmp_path, good().assign(objID=filler))
    assert table["bestObjID"].null_count == 30


def test_an_object_seen_again_is_one_star(tmp_path):
    frame = good()
    frame.loc[7, ["objID", "ra", "dec"]] = frame.loc[2, ["objID", "ra", "dec"]]
    frame.loc[7, "dec"] = str(float(frame.loc[7, "dec"]) + 1 / 3600)
    assert read(tmp_path, frame)["bestObjID"].to_pylist()[7] == 1237648720691000006


def test_a_spectrum_id_of_two_stars_says_so(tmp_path):
    frame = good().drop(columns=["plate", "mjd", "fiberID"])
    frame.loc[9, "specObjID"] = frame.loc[3, "specObjID"]
    said = refused(tmp_path, frame)
    assert re.search(r"row 10: id \d+ stands twice, first in row 4, .* away: two stars; ", said)
    assert refused(tmp_path, frame, rows=4).split(",")[-1] == said.split(",")[-1]
    frame.loc[9, ["ra", "dec"]] = frame.loc[3, ["ra", "dec"]]
    assert "first in row 4; keep one of them" in refused(tmp_path, frame.drop(columns="objID"))


# -- checks that few rows decide, and those that they do not


@pytest.mark.parametrize("rows", [1, 2, 63, 150])
def test_a_redshift_is_no_z_band_however_few_the_rows(tmp_path, rows):
    frame = good(rows).assign(z=lambda f: f["redshift"]).drop(columns="redshift")
    said = refused(tmp_path, frame)
    assert f"column z lies below 1 where r is above 10 in {rows} of {rows} rows: a redshift" in said


def test_the_likely_z_band_is_given_as_it_is_typed(tmp_path):
    frame = good().assign(z_model_mag=lambda f: f["z"], z=lambda f: f["redshift"])
    frame = frame.drop(columns="redshift")
    said = refused(tmp_path, frame)
    assert "say `z: z_model_mag` under survey.table.columns" in said
    found = read(tmp_path, frame, *typed(said))
    assert found["z"].to_pylist() == pytest.approx(good()["z"].astype(float).tolist())
    assert found["redshift"].null_count == 0
    assert "give a table that has the z band" in refused(
        tmp_path, frame.drop(columns="z_model_mag")
    )


def test_one_row_of_another_kind_is_named(tmp_path):
    frame = good()
    frame.loc[17, "z"] = "-0.00012"
    assert "column z, row 18: -0.00012 is no magnitude" in refused(tmp_path, frame, rows=5)


def in_radians(frame):
    return frame.assign(**{n: np.radians(frame[n].astype(float)) for n in ("ra", "dec")})


@pytest.mark.parametrize("rows", [whole_file.SOME, 63, 300])
def test_radians_are_refused_from_some_rows_on(tmp_path, rows):
    assert "which looks like radians" in refused(tmp_path, in_radians(good(rows)))


@pytest.mark.parametrize("rows", [1, 5, whole_file.SOME - 1])
def test_fewer_rows_cannot_tell_radians_and_the_log_says_so(tmp_path, caplog, rows):
    read(tmp_path, in_radians(good(rows)))
    assert f"{rows} rows cannot tell degrees from radians; taken as degrees" in caplog.text
    caplog.clear()
    read(tmp_path, good(rows))
    assert "radians" not in caplog.text
    read(tmp_path, in_radians(good(rows)), units={"ra": "rad", "dec": "rad"})
    assert "radians" not in caplog.text


def test_right_ascension_alone_in_radians_is_named_in_the_log(tmp_path, caplog):
    frame = good().assign(ra=in_radians(good())["ra"])
    read(tmp_path, frame)
    assert "if ra is in radians, say `units: {ra: rad}`" in caplog.text
    found = read(tmp_path, frame, units={"ra": "rad"})["ra"].to_numpy()
    np.testing.assert_allclose(found, good()["ra"].astype(float))


@pytest.mark.parametrize("batch", [4, 1000])
def test_zero_zero_is_no_place_for_two(tmp_path, batch):
    frame = good()
    frame.loc[[3, 11, 20], ["ra", "dec"]] = ["0", "0.0"]
    said = refused(tmp_path, frame, rows=batch)
    assert "column ra, row 12: 0, and dec too, as in row 4 and in 3 rows in all: a filler" in said
    frame.loc[[11, 20], "ra"] = ["1", "2"]
    assert read(tmp_path, frame).num_rows == 30


def test_hours_of_right_ascension_are_named_in_the_log(tmp_path, caplog):
    frame = good().assign(ra=lambda f: f["ra"].astype(float) / 15)
    read(tmp_path, frame)
    assert "if ra is in hours, say `units: {ra: hourangle}`" in caplog.text
    hours = read(tmp_path, frame, units={"ra": "hourangle"})["ra"].to_numpy()
    np.testing.assert_allclose(hours, good()["ra"].astype(float))


@pytest.mark.parametrize("rows", [1, 4, 100])
def test_fluxes_are_refused_however_few_the_rows(tmp_path, rows):
    faint = {b: 3 + good(rows)[b].astype(float) for b in "ugriz"}
    flux = {b: 10 ** (0.4 * (22.5 - faint[b])) for b in "ugriz"}
    frame = good(rows).assign(**flux)
    frame["u"] = frame["g"] - 3.5  # as cool stars
    assert "looks like fluxes" in refused(tmp_path, frame)


def test_few_hot_stars_are_no_fluxes_but_named(tmp_path, caplog):
    frame = good(3).assign(u="15.1", g="16.0")
    assert read(tmp_path, frame).num_rows == 3
    assert "3 rows are too few to tell magnitudes from fluxes" in caplog.text


# -- right ascension from -180 to 180


def to_the_west(frame):
    ra = frame["ra"].astype(float)
    return frame.assign(ra=ra.where(ra <= 180, ra - 360))


def test_right_ascension_from_minus_180_is_taken_and_named(tmp_path, caplog):
    frame = good()
    west = int((frame["ra"].astype(float) > 180).sum())
    found = read(tmp_path, to_the_west(frame), rows=7)["ra"].to_numpy()
    np.testing.assert_allclose(found, frame["ra"].astype(float), rtol=1e-12)
    assert f"column ra: {west} of 30 rows lie below 0; 360 degrees are added" in caplog.text


def test_right_ascension_on_both_sides_is_refused(tmp_path):
    frame = good()
    frame.loc[17, "ra"] = "-12.3"
    said = refused(tmp_path, frame)
    assert "column ra lies below 0 in 1 and above 180 degrees in" in said


@pytest.mark.parametrize("filler", ["-1", "-99", "-99.99", "-9999", "-180.5"])
def test_a_filler_is_no_right_ascension(tmp_path, filler):
    frame = to_the_west(good()).astype(str)
    frame.loc[17, "ra"] = filler
    assert f"column ra, row 18: {float(filler)!s} lies outside 0 to 360 deg" in refused(
        tmp_path, frame
    )


@pytest.mark.parametrize(("factor", "said"), [(np.pi / 180, "radians"), (1 / 15, "hours")])
def test_other_units_from_below_0_are_noticed(tmp_path, caplog, factor, said):
    west = to_the_west(good())
    frame = west.assign(ra=west["ra"] * factor)
    if said == "radians":
        frame["dec"] = frame["dec"].astype(float) * factor
        assert "which looks like radians" in refused(tmp_path, frame)
    else:
        read(tmp_path, frame)
    unit = {"radians": {"ra": "rad", "dec": "rad"}, "hours": {"ra": "hourangle"}}[said]
    assert said == "radians" or "if ra is in hours" in caplog.text
    found = read(tmp_path, frame, units=unit)["ra"].to_numpy()
    np.testing.assert_allclose(found, good()["ra"].astype(float), rtol=1e-12)


# -- zeros and one column for two


def test_a_magnitude_of_zero_is_missing_and_counted(tmp_path, caplog):
    frame = good()
    frame.loc[3:12, "u"] = "0.0"
    frame.loc[5, "z"] = "-0"
    table = read(tmp_path, frame, rows=7)
    assert table["u"].null_count == 10
    assert table["z"].to_pylist()[5] is None
    assert "column u: 0.0 in 10 of 30 rows, taken as missing" in caplog.text
    assert "column z: 0.0 in 1 of 30 rows" in caplog.text


def test_a_dereddened_magnitude_of_zero_gives_no_extinction(tmp_path):
    frame = good().assign(dered_u=lambda f: f["u"].astype(float) - 0.5)
    frame.loc[4, "dered_u"] = 0.0
    found = read(tmp_path, frame)["extinction_u"].to_pylist()
    assert found[4] is None
    assert found[5] == pytest.approx(0.5, abs=1e-5)


@pytest.mark.parametrize(
    "columns",
    [
        {"u": "g", "g": "g"},
        {"u": "g"},
        {"redshift": "z"},
        {"err_u": "r"},
        {"elodieSpType": "subClass", "subClass": "subClass"},
    ],
)
def test_one_column_for_two_is_refused(tmp_path, columns):
    (_, own) = list(columns.items())[-1]
    assert f"column '{own}' would be both" in refused(tmp_path, good(), columns=columns)


def test_a_corrected_magnitude_as_an_observed_one_comes_with_advice_that_works(tmp_path):
    frame = good().rename(columns={"u": "dered_u"})
    said = refused(tmp_path, frame, columns={"u": "dered_u"})
    assert "would be both u as observed and u corrected for dust; name another one for u" in said
    assert said.endswith("or say `extinction_u: null` if there is none")
    table = read(tmp_path, frame, columns={"u": "dered_u", "extinction_u": None})
    assert table["extinction_u"].null_count == len(frame)


# -- broken ids


@pytest.mark.parametrize("batch", [4, 1000])
@pytest.mark.parametrize("how", ["rounded", "blank", "wrapped", "29 digits", "one blank"])
def test_broken_ids_give_way_to_plate_mjd_and_fiber(tmp_path, caplog, how, batch):
    frame = good()
    right = [int(i) >> 24 << 24 for i in frame["specObjID"]]
    frame["specObjID"] = {
        "rounded": [f"{int(i):.5E}" for i in frame["specObjID"]],
        "blank": "",
        "wrapped": [str(int(i) - 2**63) for i in frame["specObjID"]],
        "29 digits": [f"123456789{n:07}520000206010{n % 10}" for n in range(30)],
        "one blank": ["", *frame["specObjID"][1:]],
    }[how]
    found = read(tmp_path, frame, rows=batch)["specObjID"].to_pylist()
    assert [i >> 24 << 24 for i in found] == right
    count = 1 if how == "one blank" else 30
    assert f"{count} of 30 rows hold no exact id; theirs is put together from plate" in caplog.text


def test_doubles_of_fits_give_way_to_plate_mjd_and_fiber(tmp_path):
    frame = good().astype({"ra": float, "dec": float, **dict.fromkeys("ugriz", float)})
    frame = frame.assign(specObjID=frame["specObjID"].astype(float), mjd=52_000)
    Table.from_pandas(frame).write(tmp_path / "a.fits")
    found = pa.concat_tables(user_table.stars(tmp_path / "a.fits"))["specObjID"].to_pylist()
    assert [i >> 24 << 24 for i in found] == [int(i) >> 24 << 24 for i in good()["specObjID"]]


def test_sdss_v_is_known(tmp_path, caplog):
    frame = good().drop(columns=["specObjID", "objID", "plate", "fiberID"])
    frame["FIELD"] = [str(101_000 + n) for n in range(30)]
    frame["SDSS_ID"] = [str(54_000_000 + n) for n in range(30)]
    frame["SPECOBJID"] = frame["SDSS_ID"] + "0" + frame["FIELD"] + frame["mjd"] + "02060103"
    table = read(tmp_path, frame)
    assert table["plate"].to_pylist() == [101_000 + n for n in range(30)]
    assert table["bestObjID"].to_pylist() == [54_000_000 + n for n in range(30)]
    assert table["specObjID"].to_pylist()[3] >> 34 == 54_000_003
    assert "put together from SDSS-V's sdss_id, field and night" in caplog.text
    frame["FIBERID"] = "17"
    assert len(set(read(tmp_path, frame)["specObjID"].to_pylist())) == 30


def test_the_imaging_field_is_no_plate(tmp_path):
    table = read(tmp_path, good().drop(columns="plate").assign(field="120"))
    assert table["plate"].null_count == 30


def test_declination_alone_in_radians_is_named_in_the_log(tmp_path, caplog):
    caplog.set_level("INFO")
    frame = good()
    read(tmp_path, frame.assign(dec=np.radians(frame["dec"].astype(float))))
    assert "if dec is in radians, say `units: {dec: rad}` under survey.table" in caplog.text
    caplog.clear()
    read(tmp_path, frame)
    assert "in radians" not in caplog.text


# -- advice

WITHOUT = ["plate", "mjd", "fiberID"]


def typed(text: str) -> tuple[dict, dict]:
    """What the advice in backquotes, typed into a configuration, gives as columns and units."""
    columns, units = {}, {}
    for snippet in re.findall("`([^`]+)`", text):
        given = yaml.safe_load(snippet)
        if "units" in given:
            units |= given["units"]
        elif "survey.table.units" in text:
            units |= given
        else:
            columns |= given
    return columns, units


@pytest.mark.parametrize("column", ["ra", "specObjID", "g", "dec"])
def test_where_no_column_is_likely_no_name_is_invented(tmp_path, column):
    frame = good().drop(columns=WITHOUT).rename(columns={column: "xyz"})
    said = refused(tmp_path, frame)
    assert "my_" not in said
    assert typed(said)[0] == ({"specObjID": None} if column == "specObjID" else {})
    assert read(tmp_path, frame, {column: "xyz"}).num_rows == 30


def some(frame, column, value):
    frame.loc[len(frame) // 2, column] = value
    return frame


BROKEN = {
    "objects of one id": good().assign(objID="999999"),
    "rounded objects": good().assign(objID="1.23765E+18"),
    "rounded ids": good().drop(columns=WITHOUT).assign(specObjID="3.40E+17"),
    "negative ids": good().drop(columns=WITHOUT).assign(specObjID="-17"),
    "a blank id": some(good().drop(columns=WITHOUT), "specObjID", ""),
    "hexadecimal ids": some(good().drop(columns=WITHOUT), "specObjID", "0x04B0000"),
    "long ids": good().drop(columns=WITHOUT).assign(specObjID="9" * 29),
    "one id": good().drop(columns=WITHOUT).assign(specObjID="340000000000000000"),
    "one small id beside plates": good().assign(specObjID="7"),
    "no id": good().drop(columns=["specObjID", "plate"]),
    "a blank plate": some(good().drop(columns="specObjID"), "plate", ""),
    "one plate": good().drop(columns="specObjID").assign(plate="1", fiberID="1"),
    "radians": in_radians(good()),
    "kK": good().assign(sppTeff=lambda f: f["sppTeff"].astype(float) / 1000),
    "few kK": good(2).assign(sppTeff="5.7"),
    "arcsec": good().assign(dec=lambda f: f["dec"].astype(float) * 3600),
    "km/s": good().assign(redshift=lambda f: f["redshift"].astype(float) * 299_792.458),
    "fluxes below 1": good().assign(g="0.001", r="0.002"),
    "scaled": good(3).assign(g="-0.4", r="0.7"),
    "hot stars": good().assign(u="15", g="16"),
    "one column twice": good().rename(columns={"redshift": "rs"}).assign(redshift="0"),
}
CHOSEN = {"one column twice": {"err_u": "redshift", "redshift": "redshift"}}


@pytest.mark.parametrize("name", BROKEN)
def test_the_advice_works_as_typed(tmp_path, name):
    chosen = CHOSEN.get(name, {})
    said = refused(tmp_path, BROKEN[name], columns=chosen)
    columns, units = typed(said)
    assert columns or units, said
    found = read(tmp_path, BROKEN[name], chosen | columns, units)
    assert found.num_rows == len(BROKEN[name])
    assert len(set(found["specObjID"].to_pylist())) == len(found)


@pytest.mark.parametrize("unit", ["km/s", "h"])
def test_each_of_two_units_works_as_typed(tmp_path, unit):
    column = {"km/s": "redshift", "h": "ra"}[unit]
    table = Table.from_pandas(good().astype({column: float}))
    table[column] = table[column] / 1e3
    table[column].unit = unit
    table.write(tmp_path / "a.fits")
    with pytest.raises(UserError) as error:
        list(user_table.stars(tmp_path / "a.fits"))
    snippets = re.findall("`([^`]+)`", str(error.value))
    read_as = [
        next(user_table.stars(tmp_path / "a.fits", units=yaml.safe_load(snippet)))[
            column
        ].to_numpy()
        for snippet in snippets
    ]
    factor = {"km/s": 1 / 299_792.458, "h": 15}[unit]
    np.testing.assert_allclose(read_as[0], factor * read_as[1], rtol=1e-6)


def test_rows_are_numbered_across_batches(tmp_path):
    found = read(tmp_path, good(), {"specObjID": None, "plate": None}, rows=7)
    assert found["specObjID"].to_pylist() == list(range(1, 31))
    assert found["plate"].null_count == 30


# -- properties

MARKS = ["", "null", "-9999", "nan"]
WRONG = ["0", "0.0", "999999", "-999", "99.99", "9999", "1e20", "--", "1.2E+18"]
WRONG += ["-1", "-99", "-9.99", "0x10", "0X1F"]


@pytest.mark.long
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_mangled_values_give_the_same_stars_or_one_sentence(tmp_path, data):
    """Fillers, zeros, cut ids and units in some rows: same stars, missing values, or an error."""
    frame = good(12)
    truth = read(tmp_path, frame)
    column = data.draw(
        st.sampled_from([*"ugriz", "objID", "specObjID", "redshift", "ra", "sppTeff"])
    )
    rows = data.draw(st.sets(st.integers(0, 11), min_size=1))
    value = data.draw(st.sampled_from([*MARKS, *WRONG]))
    frame.loc[sorted(rows), column] = value
    try:
        found = read(tmp_path, frame, rows=data.draw(st.sampled_from([5, 12])))
    except UserError as error:
        assert "\n" not in str(error)
        return
    name = {"objID": "bestObjID"}.get(column, column)
    pairs = zip(truth[name].to_pylist(), found[name].to_pylist(), strict=True)
    for row, (before, after) in enumerate(pairs):
        if name == "specObjID" and before >> 24 == after >> 24:
            continue  # of another reduction
        if row in rows and after is not None and after != before:
            # What may be true: a redshift or ra of 0, 9,999 K, an id that stands once.
            assert after == float(value)
            assert (
                column in ("redshift", "ra")
                or (column, value) == ("sppTeff", "9999")
                or (len(rows) == 1 and column.endswith("ID"))
            )
        elif row not in rows:
            assert after == before
