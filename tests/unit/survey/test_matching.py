"""Which column is which."""

from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from made_tables import star_table
from stellar import BANDS
from stellar.errors import UserError
from stellar.survey import matching, user_table
from stellar.survey.table_file import TableFile


def imported(tmp_path, table, **options):
    path = tmp_path / "a.csv"
    if isinstance(table, str):
        path.write_text(table, encoding="utf-8")
    else:
        path = tmp_path / "a.parquet"
        table.write(path, overwrite=True)
    return pa.concat_tables(user_table.stars(path, **options))


FILE_NAMES = {  # of SDSS's specObj and ssppOut files, and of class projects
    "ELODIE_SPTYPE": "elodieSpType",
    "ELODIE_BV": "elodieBV",
    "ELODIE_TEFF": "elodieTEff",
    "ELODIE_LOGG": "elodieLogG",
    "ELODIE_FEH": "elodieFeH",
    "ELODIE_RCHI2": "elodieRChi2",
    "TEFF_ADOP": "sppTeff",
    "TEFF_ADOP_UNC": "sppTeffUnc",
    "LOGG_ADOP": "sppLogG",
    "FEH_ADOP": "sppFeH",
    "SPECTYPE_HAMMER": "sppHammerType",
    "SN_MEDIAN_ALL": "snMedian",
    "Z_ERR": "redshiftErr",
    "ZWARNING": "zWarning",
    "fiber_ID": "fiberID",
    "sub_class": "subClass",
}


def test_names_of_files_are_those_of_the_database():
    names = ["SPECOBJID", "PLUG_RA", "PLUG_DEC", *BANDS, *FILE_NAMES]
    table = TableFile(Path("a.fits"), "fits", names, lambda _: iter(()))
    columns = matching.match(table, {}, {}).columns
    assert {columns[name]: name for name in FILE_NAMES.values()} == FILE_NAMES
    assert [columns[name] for name in ("specObjID", "ra", "dec")] == names[:3]


@pytest.mark.parametrize(
    "own",
    [
        ["RAJ2000", "DECJ2000", "z_spec"],
        ["ALPHA_J2000", "DELTA_J2000", "specz"],
        ["right_ascension", "Declination", "zspec"],
        ["_RA", "_DE", "spec_z"],
    ],
)
def test_names_of_other_programs(own):
    table = TableFile(Path("a.csv"), "csv", ["specObjID", *BANDS, *own], lambda _: iter(()))
    columns = matching.match(table, {}, {}).columns
    assert [columns[name] for name in ("ra", "dec", "redshift")] == own


def test_names_of_ones_own_and_ids_from_plate_mjd_fiber(tmp_path):
    text = "RA2000,dec,u,g,r,i,zmag,plate,mjd,fiberid\n10,5,19,18,17,16,15,15000,51630.0,1\n"
    table = imported(tmp_path, text, chosen={"ra": "RA2000", "z": "zmag"})
    assert table["ra"].to_pylist() == [10.0]
    assert table["z"].to_pylist() == [15.0]
    assert table["specObjID"].to_pylist() == [15000 << 50 | 1 << 38 | 1630 << 24]


@pytest.mark.parametrize("header", ["z,z1", "z1,z"])
@pytest.mark.parametrize("unknown", [0, 3])
def test_redshift_and_z_band_are_told_apart_by_their_values(tmp_path, header, unknown):
    """SkyServer calls both z, and numbers them in the order in which they were asked for."""
    first, second = header.split(",")
    value = {first: "0.0002", second: "16.1"}
    lines = [f"{n},1,2,19,18,17,16.5,null,-9999" for n in range(unknown)]
    lines.append(f"7,1,2,19,18,17,16.5,{value[first]},{value[second]}")
    text = f"specObjID,ra,dec,u,g,r,i,{first},{second}\n" + "\n".join(lines)
    table = imported(tmp_path, text, rows=2)
    assert table["z"].to_pylist()[-1] == pytest.approx(16.1)
    assert table["redshift"].to_pylist()[-1] == pytest.approx(0.0002)


def test_z_and_z1_may_not_change_places(tmp_path):
    rows = ["0.1,16", "0.2,17", "18,0.3"]
    lines = [f"{n},1,2,19,18,17,16,{cells}" for n, cells in enumerate(rows)]
    text = "specObjID,ra,dec,u,g,r,i,z,z1\n" + "\n".join(lines)
    with pytest.raises(UserError, match="from row 3 on, columns z and z1 have changed places"):
        imported(tmp_path, text, rows=1)


def test_what_the_user_says_of_z_and_z1_stands(tmp_path):
    text = "specObjID,ra,dec,u,g,r,i,z,z1\n1,1,2,19,18,17,16,3,2.5\n2,1,2,19,18,17,16,2,9\n"
    table = imported(tmp_path, text, chosen={"z": "z1", "redshift": "z"}, rows=1)
    assert table["z"].to_pylist() == [2.5, 9]
    assert table["redshift"].to_pylist() == [3, 2]


def test_the_five_bands_come_from_one_family(tmp_path):
    names = ",".join(f"psfMag_{b}" for b in "ugriz")
    text = f"specObjID,ra,dec,z,{names},psfMagErr_z\n7,1,2,-0.0004,19,18,17,16,15,.1\n"
    table = imported(tmp_path, text)
    assert table["z"].to_pylist() == [15.0]
    assert table["redshift"].to_pylist() == pytest.approx([-0.0004])
    assert table["err_z"].to_pylist() == pytest.approx([0.1])


@pytest.mark.parametrize("other", ["G", "U,R,I", "B,V,R"])
def test_bands_of_another_case_are_gaias_or_johnsons(tmp_path, other):
    """As u g r i z stand beside Gaia's G, or Johnson's U and R, in a table."""
    values = ",".join(["9"] * len(other.split(",")))
    for names in ("{},u,g,r,i,z", "u,g,r,i,z,{}"):
        row = names.replace("u,g,r,i,z", "19,18,17,16,15").format(values)
        text = f"specObjID,ra,dec,{names.format(other)}\n7,1,2,{row}\n"
        table = imported(tmp_path, text)
        assert [table[band].to_pylist() for band in "ugriz"] == [[19], [18], [17], [16], [15]]
    upper = text.replace(other, other.lower()).replace("u,g,r,i,z", "U,G,R,I,Z")
    assert imported(tmp_path, upper)["g"].to_pylist() == [18]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("u,G,r,i,z", "no column g; .*for example `g: G`"),
        ("umag,Gmag,rmag,imag,zmag", "no column g; .*for example `g: Gmag`"),
        ("u,g,r,i,z,U,G,R,I,Z", "differ from '.' only in upper and lower case"),
        ("umag,uMag,gmag,rmag,imag,zmag", "from 'umag' only"),
    ],
)
def test_bands_whose_case_leaves_them_unclear_are_refused(tmp_path, names, said):
    row = ",".join(str(19 - n % 5) for n in range(names.count(",") + 1))
    with pytest.raises(UserError, match=said):
        imported(tmp_path, f"specObjID,ra,dec,{names}\n7,1,2,{row}\n")


@pytest.mark.parametrize("own", ["RA2000", "RA [deg]", "# RA", "RA: J2000", "ra (ICRS, deg)"])
def test_a_likely_name_is_given_as_yaml_needs_it(tmp_path, own):
    table = star_table()
    table.rename_column("ra", own)
    with pytest.raises(UserError, match=r"no column ra; .* for example `ra: ") as error:
        imported(tmp_path, table)
    chosen = yaml.safe_load(str(error.value).split("`")[1])
    assert imported(tmp_path, table, chosen=chosen)["ra"].to_pylist() == star_table()["ra"].tolist()


OWN_TABLE = """specObjID,ra,dec,u,g,r,i,z,Score,T eff [K]
1,2,3,19,18,17,16,15,0.5,5800
4,5,6,19,18,17,16,15,-9999,
"""


def test_further_columns_of_numbers_stand_behind_the_catalogue_s(tmp_path):
    table = imported(tmp_path, OWN_TABLE, added=["T eff [K]", "Score"])
    assert table.column_names[-2:] == ["T eff [K]", "Score"]
    assert table["Score"].to_pylist() == [0.5, None]
    assert table["T eff [K]"].to_pylist() == [5800, None]
    assert table["u"].to_pylist() == [19, 19]


@pytest.mark.parametrize(
    ("added", "text", "said"),
    [
        ("score", OWN_TABLE, r"survey.table.own: .* has no column 'score' \(is it 'Score'\?\)"),
        ("u", OWN_TABLE, "survey.table.own: 'u' is a name of the catalogue's; rename your column"),
        ("fold", OWN_TABLE, "survey.table.own: 'fold' is a name of the catalogue's"),
        ("Score", OWN_TABLE.replace("0.5", "good"), "a.csv: column Score, row 1: 'good' is no num"),
        ("Score", OWN_TABLE.replace("0.5", "1e60"), "a.csv: column Score, row 1: '1e60' is no num"),
    ],
)
def test_a_further_column_that_cannot_be_is_one_sentence(tmp_path, added, text, said):
    with pytest.raises(UserError, match=said):
        imported(tmp_path, text, added=[added])
