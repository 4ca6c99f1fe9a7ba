import gzip

import numpy as np
import pandas as pd
import pytest
from astropy.table import Table
from stellar import standardisation, user_table
from stellar.errors import UserError

STUDY_HEADER = (
    "specObjID,sourceType,ra,dec,class,subclass,class_noqso,subClass_noqso,u,g,r,i,z1,"
    "err_u,err_g,err_r,err_i,err_z,dered_u,dered_g,dered_r,dered_i,dered_z,"
    "elodieSpType,elodieBV,elodieTEff,elodieLogG,elodieFeH"
)
STUDY_ROWS = (
    "299489677444933632,,146.7,-1.04,STAR,G2,STAR,,19.1,17.9,17.4,17.2,17.1,"
    ".03,.01,.01,.01,.02,18.8,17.7,17.2,17.1,17.0,G2V,.63,5770,4.4,.0\n"
    "18446744073709551615,,146.8,-1.05,STAR,M3,STAR,,22.1,19.9,18.4,17.2,-9999,"
    '.3,.02,.01,.01,.02,21.8,19.7,18.2,17.1,-9999,"M3,V",1.5,3400,4.9,.1\n'
)


def import_table(path, chosen=None):
    renamed = user_table.rename(user_table.read(path), chosen or {}, path.name)
    return standardisation.standardise(renamed, path.name)


@pytest.mark.parametrize("first_line", ["", "#Table1\n"])
def test_the_studys_file_as_it_stands(tmp_path, first_line):
    path = tmp_path / "stars.csv"
    path.write_text(first_line + STUDY_HEADER + "\n" + STUDY_ROWS)
    table = import_table(path)
    assert table["specObjID"].to_pylist() == [299489677444933632, 18446744073709551615]
    assert table["z"].to_pylist()[0] == pytest.approx(17.1)
    assert table["z"].to_pylist()[1] is None
    assert table["redshift"].null_count == 2
    assert table["extinction_u"].to_pylist() == pytest.approx([0.3, 0.3], abs=1e-5)
    assert table["extinction_z"].to_pylist()[1] is None
    assert table["subClass"].to_pylist() == ["G2", "M3"]
    assert table["elodieSpType"].to_pylist() == ["G2V", "M3,V"]


def sdss_frame(rows: int = 4) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "SPECOBJID": np.arange(rows, dtype=np.int64) + 299489677444933632,
            "ra": np.linspace(10, 20, rows),
            "dec": np.linspace(-5, 5, rows),
            "z": np.full(rows, 0.0001),  # s.z
            "modelMag_u": 19.0,
            "modelMag_g": 18.0,
            "modelMag_r": 17.5,
            "modelMag_i": 17.3,
            "modelMag_z": 17.2,
            "subClass": ["F5", "K3", "WD", "M2"][:rows],
            "TEFFADOP": [6000.0, 4800.0, -9999.0, -9999.0][:rows],
        }
    )


def test_the_same_stars_in_every_format(tmp_path):
    frame = sdss_frame()
    paths = [tmp_path / name for name in ("a.csv", "a.csv.gz", "a.parquet", "a.fits", "a.vot")]
    frame.to_csv(paths[0], index=False)
    with gzip.open(paths[1], "wt") as file:
        frame.to_csv(file, index=False)
    frame.to_parquet(paths[2])
    astropy = Table.from_pandas(frame.astype({"subClass": object}))
    astropy.write(paths[3])
    astropy.write(paths[4], format="votable")
    tables = [import_table(path) for path in paths]
    for table in tables[1:]:
        assert table.replace_schema_metadata().equals(tables[0].replace_schema_metadata())
    assert tables[0]["z"].to_pylist()[0] == pytest.approx(17.2)
    assert tables[0]["sppTeff"].to_pylist() == [6000.0, 4800.0, None, None]


def test_names_of_ones_own_and_ids_from_plate_mjd_fiber(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "RA2000,dec,u,g,r,i,zmag,plate,mjd,fiberid\n10,5,19,18,17,16,15,15000,51630,1\n"
    )
    table = import_table(path, {"ra": "RA2000", "z": "zmag"})
    assert table["ra"].to_pylist() == [10.0]
    assert table["z"].to_pylist() == [15.0]
    assert table["specObjID"].to_pylist() == [15000 << 50 | 1 << 38 | 1630 << 24]


@pytest.mark.parametrize("header", ["z,z1", "z1,z"])
def test_redshift_and_z_band_are_told_apart_by_their_values(tmp_path, header):
    """SkyServer calls both z, and numbers them in the order in which they were asked for."""
    first, second = header.split(",")
    value = {first: "0.0002", second: "16.1"}
    path = tmp_path / "a.csv"
    path.write_text(
        f"specObjID,ra,dec,u,g,r,i,{first},{second}\n"
        f"7,1,2,19,18,17,16.5,{value[first]},{value[second]}\n"
    )
    table = import_table(path)
    assert table["z"].to_pylist() == pytest.approx([16.1])
    assert table["redshift"].to_pylist() == pytest.approx([0.0002])


def test_the_five_bands_come_from_one_family(tmp_path):
    path = tmp_path / "a.csv"
    names = ",".join(f"psfMag_{b}" for b in "ugriz")
    path.write_text(f"specObjID,ra,dec,z,{names},psfMagErr_z\n7,1,2,-0.0004,19,18,17,16,15,.1\n")
    table = import_table(path)
    assert table["z"].to_pylist() == [15.0]
    assert table["redshift"].to_pylist() == pytest.approx([-0.0004])
    assert table["err_z"].to_pylist() == pytest.approx([0.1])


@pytest.mark.parametrize(
    ("name", "text", "chosen", "said"),
    [
        ("a.csv", "ra,dec\n1,2\n", {}, "neither specObjID nor plate, mjd and fiberID"),
        ("a.csv", "specObjID,ra,dec\n1,2,3\n", {}, "no column u, g, r, i, z"),
        ("a.csv", "plate,mjd,fiberid\n1,,3\n", {}, "column mjd, row 1: 'nan' gives no specObjID"),
        ("a.csv", "plate,mjd,fiberid\n1a,51000,3\n", {}, "column plate, row 1: '1a' gives no"),
        ("a.csv", "plate,mjd,fiberid\n1,49000,3\n", {}, "column mjd, row 1: '49000' gives no"),
        ("a.csv", "a\n1\n", {"ra": "b"}, "no column 'b'; it has a"),
        ("a.csv", "a\n1\n", {"raa": "a"}, "'raa' is no catalogue column"),
        ("a.doc", "a", {}, "unknown kind of table"),
        ("a.parquet", "no parquet", {}, "cannot be read as parquet"),
        ("a.fits", "no fits", {}, "cannot be read as fits"),
        ("a.vot", "no votable", {}, "cannot be read as votable"),
        ("a.csv", "", {}, "cannot be read as csv"),
        ("a.csv", "#Table1\n", {}, "cannot be read as csv|no header"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path, name, text, chosen, said):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UserError, match=said) as error:
        import_table(path, chosen)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match="there is no file"):
        user_table.read(tmp_path / "none.csv")
