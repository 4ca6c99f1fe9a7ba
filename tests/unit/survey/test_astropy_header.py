"""Tables as astropy writes them: masks, quantities, positions, times."""

import astropy.units as u
import numpy as np
import pyarrow as pa
import pytest
from astropy.coordinates import FK4, SkyCoord
from astropy.table import MaskedColumn, QTable
from astropy.time import Time
from astropy.utils.masked import Masked
from made_tables import star_table
from stellar import BANDS
from stellar.errors import UserError
from stellar.survey import user_table

FORMATS = ["parquet", "ecsv", "fits"]
ROWS = 7


def masked_table() -> QTable:
    """Each column with a row less, the number of the row that of the column."""
    table = QTable(star_table(ROWS))
    for number, name in enumerate(["bestObjID", "subClass", "sppTeff"]):
        table[name] = MaskedColumn(table[name], mask=np.arange(ROWS) == number)
    for number, band in enumerate(BANDS):
        table[band] = Masked(table[band] * u.mag, mask=np.arange(ROWS) == number)
    table["ra"] = np.radians(table["ra"]) * u.rad
    return table


def written(table: QTable, path):
    """With masks as columns of their own, where the format leaves a choice."""
    for name in table.colnames:
        methods = getattr(table[name].info, "serialize_method", None)
        if isinstance(table[name], MaskedColumn):
            methods["fits"] = methods["ecsv"] = "data_mask"
    table.write(path)
    return path


def stars(path):
    return pa.concat_tables(user_table.stars(path, rows=3))


@pytest.mark.parametrize("ending", FORMATS)
def test_what_is_masked_is_missing(tmp_path, ending):
    found = stars(written(masked_table(), tmp_path / f"a.{ending}"))
    plain = star_table(ROWS)
    for number, name in enumerate(["bestObjID", "subClass", "sppTeff"]):
        assert found[name].to_pylist() == [
            None if n == number else value for n, value in enumerate(plain[name].tolist())
        ]
    for number, name in enumerate(BANDS):
        assert found[name].to_pylist() == [
            None if n == number else value for n, value in enumerate(plain[name].tolist())
        ]
    assert found["ra"].to_pylist() == pytest.approx(plain["ra"].tolist())


def test_a_mask_counts_whoever_wrote_it_and_says_yes_or_no(tmp_path):
    head, *rows = "specObjID,ra,dec,u,g,r,i,z,u.mask\n1,2,3,19,18,17,16,15,{}\n".splitlines()
    path = tmp_path / "a.csv"
    for word, u_band in {"True": None, "1": None, "false": 19, "F": 19, "": 19}.items():
        path.write_text("\n".join([head, rows[0].format(word)]), encoding="utf-8")
        assert stars(path)["u"].to_pylist() == [u_band]
    path.write_text("\n".join([head, rows[0].format("maybe")]), encoding="utf-8")
    with pytest.raises(UserError, match=r"column u.mask, row 1: 'maybe' is neither true nor"):
        stars(path)


def in_cartesian(sky):
    sky.representation_type = "cartesian"
    return sky


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda sky: sky, None),
        (lambda sky: sky.fk5, None),
        (lambda sky: SkyCoord(sky.ra.rad * u.rad, sky.dec.rad * u.rad), None),
        (in_cartesian, "column place is a position in cartesian coordinates; write t"),
        (lambda sky: sky.galactic, "is a position in the frame galactic; write t.*icrs"),
        (lambda sky: sky.transform_to(FK4(equinox="B1950")), "is a position in the frame fk4"),
        (lambda sky: sky.transform_to("fk5").transform_to("fk4"), "in the frame fk4"),
    ],
    ids=["icrs", "fk5", "radians", "cartesian", "galactic", "B1950", "fk4"],
)
def test_positions(tmp_path, ending, change, said):
    table, plain = QTable(star_table(ROWS)), star_table(ROWS)
    table["place"] = change(SkyCoord(table["ra"], table["dec"], unit="deg"))
    table.remove_columns(["ra", "dec"])
    path = written(table, tmp_path / f"a.{ending}")
    if said:
        with pytest.raises(UserError, match=said):
            stars(path)
        return
    found = stars(path)
    for name in ("ra", "dec"):
        assert found[name].to_pylist() == pytest.approx(plain[name].tolist(), abs=1e-4)


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("form", ["mjd", "isot"])
def test_a_time_is_read_or_refused_by_name(tmp_path, ending, form):
    days = np.arange(ROWS) + 52000
    table = QTable(star_table(ROWS))
    table["mjd"] = Time(Time(days.astype(float), format="mjd"), format=form)
    path = written(table, tmp_path / f"a.{ending}")
    if (form, ending) == ("mjd", "ecsv"):
        assert stars(path)["mjd"].to_pylist() == days.tolist()
        return
    with pytest.raises(UserError, match=r"column mjd is a Time of astropy's.*t\['mjd'\]\.mjd"):
        stars(path)


@pytest.mark.parametrize("ending", [*FORMATS, "vot", "xml"])
@pytest.mark.parametrize("masked", [False, True])
def test_magnitudes_in_an_array(tmp_path, ending, masked):
    table, plain = QTable(star_table(ROWS)), star_table(ROWS)
    magnitudes = np.stack([table[band] for band in BANDS], axis=1)
    mask = np.eye(ROWS, 5, dtype=bool) & masked
    table["MODELMAG"] = MaskedColumn(magnitudes, mask=mask)
    table["EXTINCTION"] = np.full((ROWS, 5), 0.25)
    table["OBJID"] = np.ones((ROWS, 5), np.int32)
    table.remove_columns(BANDS)
    if ending in FORMATS:
        written(table, tmp_path / f"a.{ending}")
    else:
        kind = {"vot": "tabledata", "xml": "binary2"}[ending]
        table.write(tmp_path / f"a.{ending}", format="votable", tabledata_format=kind)
    found = stars(tmp_path / f"a.{ending}")
    for number, band in enumerate(BANDS):
        wanted = plain[band].tolist()
        if masked:
            wanted[number] = None
        assert found[band].to_pylist() == wanted
    assert found["extinction_z"].to_pylist() == [0.25] * ROWS
    assert found["bestObjID"].to_pylist() == plain["bestObjID"].tolist()


def test_an_array_of_another_length_is_one_sentence(tmp_path):
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(star_table(2).to_pandas()).drop_columns(list(BANDS))
    column = pa.array([[1.0] * 5, [1.0] * 4], pa.large_list(pa.float64()))
    pq.write_table(table.append_column("modelMag", column), tmp_path / "a.parquet")
    with pytest.raises(UserError, match="column modelMag, row 2: an array of 4, where u, g"):
        stars(tmp_path / "a.parquet")
