import gzip
import io
import random
import re
import tracemalloc

import astropy.units as u
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.io import fits
from astropy.io.votable.tree import VOTableFile
from astropy.table import MaskedColumn, Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stellar import BANDS, files
from stellar.errors import UserError
from stellar.survey import catalogue, table_readers, text_tables, user_table

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
PLAIN = "specObjID,ra,dec,u,g,r,i,z\n"
ROW = "1,2,3,19,18,17,16,15\n"


def import_table(path, chosen=None, units=None, rows=table_readers.BATCH):
    return pa.concat_tables(user_table.stars(path, chosen, units, rows))


def imported(tmp_path, text, **options):
    path = tmp_path / "a.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return import_table(path, **options)


# -- CSV


@pytest.mark.parametrize("first_line", ["", "#Table1\n", "\ufeff", "\ufeff#Table1\r\n"])
def test_the_studys_file_as_it_stands(tmp_path, first_line):
    table = imported(tmp_path, first_line + STUDY_HEADER + "\n" + STUDY_ROWS)
    assert table["specObjID"].to_pylist() == [299489677444933632, 18446744073709551615]
    assert table["z"].to_pylist()[0] == pytest.approx(17.1)
    assert table["z"].to_pylist()[1] is None
    assert table["redshift"].null_count == 2
    assert table["extinction_u"].to_pylist() == pytest.approx([0.3, 0.3], abs=1e-5)
    assert table["extinction_z"].to_pylist()[1] is None
    assert table["subClass"].to_pylist() == ["G2", "M3"]
    assert table["elodieSpType"].to_pylist() == ["G2V", "M3,V"]
    assert files.survey_of(table.schema) == "a.csv"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("\n", "\r\n") + ROW.replace("\n", "\r\n"),
        PLAIN + ROW + "\n\n\r\n",
        PLAIN + "\n" + ROW.strip(),
        '"specObjID" , ra,"dec",u,g,r,i,z,note\n' + ROW.strip() + ',"two\nlines, ""both"" his"\n',
        '"specObjID\n",ra,dec,u,g,r,i,z\n' + ROW,
        PLAIN + "+1, 2.0 ,3e0,+19.,18,1.7E1,16,15\n",
        PLAIN + "1.0,2,3,19,18,17,16,15\n",
    ],
    ids=["CRLF", "blank lines", "no last line end", "quoted", "header of two lines", "1e0", "1.0"],
)
def test_forms_of_a_csv(tmp_path, text):
    table = imported(tmp_path, text)
    assert table.select(["specObjID", "ra", "dec", *BANDS]).to_pylist() == [
        {"specObjID": 1, "ra": 2, "dec": 3, "u": 19, "g": 18, "r": 17, "i": 16, "z": 15}
    ]


def test_rows_that_an_open_quotation_mark_swallows_are_warned_of(tmp_path, caplog):
    header = PLAIN.replace("z\n", "z,note\n")
    rows = [f"{n}{ROW[1:-1]},fine\n" for n in range(5)]
    assert imported(tmp_path, header + "".join(rows)).num_rows == 5
    assert "quotation mark" not in caplog.text
    rows[1] = rows[1].replace("fine", '"fine')
    assert imported(tmp_path, header + "".join(rows)).num_rows == 2
    assert "column note, row 2 goes over a line's end" in caplog.text


@pytest.mark.parametrize("blank", ["", "null", "NULL", " NaN", "nan", '"null"', "NA", "-9999"])
def test_what_says_no_value(tmp_path, blank):
    table = imported(tmp_path, f"{PLAIN.strip()},bestObjID\n1,2,3,{blank},18,17,16,15,{blank}\n")
    assert table["u"].to_pylist() == [None]
    assert table["bestObjID"].to_pylist() == [None]


# -- names


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


BINARY = ["parquet", "fits", "fits.gz", "vot", "vot.gz", "xml"]
FORMATS = ["csv", "csv.gz", *BINARY]


def write(frame: pd.DataFrame, path):
    """The frame in a format that a user may have, as CasJobs and TOPCAT write it."""
    match path.suffixes:
        case [".csv", *_]:
            frame.to_csv(path, index=False)
        case [".parquet"]:
            frame.to_parquet(path)
        case [".fits", *_]:
            Table.from_pandas(frame).write(path, overwrite=True)
        case [".vot", ".gz"]:
            plain = write(frame, path.with_name("plain.vot"))
            path.write_bytes(gzip.compress(plain.read_bytes()))
        case [".vot"]:
            write_votable(Table.from_pandas(frame), path)
        case [".xml"]:
            write_votable(Table.from_pandas(frame), path, "binary2")
    return path


def write_votable(table: Table, path, kind: str = "tabledata") -> None:
    """As astropy does, but in Python: its C writer of TABLEDATA spoils memory (#20419)."""
    VOTableFile.from_table(table).to_xml(
        str(path), tabledata_format=kind, _debug_python_based_parser=True
    )


def test_the_same_stars_in_every_format(tmp_path):
    tables = [import_table(write(sdss_frame(), tmp_path / f"a.{name}")) for name in FORMATS]
    for table in tables:
        assert table.replace_schema_metadata().equals(tables[0].replace_schema_metadata())
    assert tables[0]["specObjID"].to_pylist()[3] == 299489677444933635
    assert tables[0]["z"].to_pylist()[0] == pytest.approx(17.2)
    assert tables[0]["sppTeff"].to_pylist() == [6000.0, 4800.0, None, None]


# -- mistakes


@pytest.mark.parametrize(
    ("text", "chosen", "said"),
    [
        ("ra,dec,u,g,r,i,z\n1,2,3,4,5,6,7\n", {}, "neither specObjID nor plate, mjd and fiberID"),
        ("ra,dec,id\n1,2,3\n", {}, "a.csv: no column u, g, r, i, z; say which of yours they are"),
        ("ra^u\n1^2\n", {}, "is known; separate columns by commas, .* bars or blanks: ra.u$"),
        ("My stars\nra,dec\n1,2\n", {}, "no column of it is known; name yours .*: My, stars$"),
        ("specObjID,ra,dec\n1,2,3\n", {}, "no column u, g, r, i, z; say which .* looked for mod"),
        (
            PLAIN.replace("ra", "RA2000") + ROW,
            {},
            r"no column ra; .*`ra: RA2000`.*has specObjID, R",
        ),
        (PLAIN.replace("u,g", "u_mag,g") + ROW, {}, "no column u; .*for example `u: u_mag`"),
        (PLAIN + ROW, {"ra": "RA"}, r"no column 'RA'; it has specObjID, ra|is it 'ra'"),
        ("a\n1\n", {"raa": "a"}, "'raa' is no catalogue column"),
        (PLAIN.replace("u,g", "u,g,u") + "1," + ROW, {}, "column 'u' stands twice"),
        (PLAIN.replace("ra", "ra,Ra") + "1," + ROW, {}, "from 'ra' only in upper and lower case"),
        (PLAIN, {}, "holds no star"),
        ("", {}, "cannot be read as csv: it is empty"),
        ("#Table1\n", {}, "no header"),
        ((PLAIN + ROW).encode("utf-16"), {}, "no UTF-8 text"),
        (PLAIN + ROW + "1,2\n", {}, r"row 2 \(line 3\) has 2 fields, the header 8: '1,2'"),
        (PLAIN + "\n" + ROW + "\n1,2,3,4,5,6,7,8,9", {}, r"row 2 \(line 5\) has 9 fields"),
        (PLAIN + ROW[:-1] + "\xff\n", {}, "column z, row 1: '15ÿ' is no number"),
        (
            (PLAIN + ROW + ROW[:-1]).encode() + b"\xff\n",
            {},
            r"row 2 \(line 3\) column z, is no UTF",
        ),
        (
            PLAIN + ROW + '2,2,3,"1\n\n9",18,17,16,15\n' + "3,2,3,1,1,1,1,x\n",
            {},
            "row 2: '1.*line 3",
        ),
        (PLAIN + ROW + "\n" + ROW.replace("19", "bright"), {}, r"column u, row 2: .*\(line 4 of"),
        (PLAIN + ROW + ROW, {}, "row 2: id 1 stands twice, first in row 1.*line 3"),
        (PLAIN + "2.9948967744493363E+17" + ROW[1:], {}, "row 1: .* rounds 19-digit ids"),
        (PLAIN + "-1" + ROW[1:], {}, "'-1' is no whole number from 0 to 18446744073709551615"),
        (PLAIN + ROW.replace("19", "inf"), {}, "column u, row 1: 'inf' is no number"),
        (PLAIN + ROW.replace("19", "1e39"), {}, "column u, row 1: '1e39' is no number"),
        (PLAIN + ROW.replace("19", "1_9"), {}, "column u, row 1: '1_9' is no number"),
        (PLAIN + ROW.replace(",2,", ",,"), {}, "column ra, row 1: no value; each star needs one"),
        (PLAIN + ROW.replace(",2,", ",09:46:48.1,"), {}, "column ra, row 1: .* give degrees"),
        (PLAIN + ROW.replace(",3,", ",-01 02 03,"), {}, "column dec, row 1: .* give degrees"),
        (PLAIN.replace("z\n", "z,class\n") + '1,2,3,19,18,17,16,15,"S\nT"\n', {}, "line's end"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path, text, chosen, said):
    with pytest.raises(UserError, match=said) as error:
        imported(tmp_path, text, chosen=chosen)
    assert "\n" not in str(error.value)
    assert "a.csv" in str(error.value) or chosen


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (",51000,3", "column plate, row 2: a blank gives no specObjID"),
        ("1a,51000,3", "column plate, row 2: '1a' gives no specObjID; it must be a whole number"),
        ("1,49000,3", "column mjd, row 2: '49000' gives no"),
        ("1,51000,4096", "column fiberID, row 2: '4096' gives no"),
    ],
)
def test_ids_that_cannot_be_put_together(tmp_path, cells, said):
    header = "ra,dec,u,g,r,i,z,plate,mjd,fiberID\n1,2,19,18,17,16,15,1,51000,2\n"
    with pytest.raises(UserError, match=said):
        imported(tmp_path, f"{header}1,2,19,18,17,16,15,{cells}\n")


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_an_id_that_stands_twice_names_both_rows_in_any_cut(tmp_path, rows):
    ids = [5, 6, 7, 8, 6, 5]
    text = PLAIN + "".join(f"{n}{ROW[1:]}" for n in ids)
    with pytest.raises(UserError, match=r"row 5: id 6 stands twice, first in row 2.*line 6"):
        imported(tmp_path, text, rows=rows)


def test_the_files_own_name_of_a_column_is_in_the_error(tmp_path):
    text = PLAIN.replace("z\n", "zmag\n") + ROW.replace("15", "x")
    with pytest.raises(UserError, match=r"a.csv: column zmag, row 1: 'x' is no number"):
        imported(tmp_path, text, chosen={"z": "zmag"})


@pytest.mark.parametrize("name", ["a.doc", "csv"])
def test_unknown_endings(tmp_path, name):
    with pytest.raises(UserError, match="unknown kind of table"):
        import_table(tmp_path / name)


def test_a_flipped_bit_is_noticed_where_the_file_has_checksums(tmp_path):
    path = tmp_path / "a.parquet"
    frame = pd.DataFrame({"specObjID": range(2000), "ra": 1.0, "dec": 1.0, "subClass": "K1"})
    for band in "ugriz":
        frame[band] = np.random.default_rng(1).normal(18, 1, 2000)
    frame.to_parquet(path, write_page_checksum=True)
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    with pytest.raises(UserError, match=r"a\.parquet cannot be read as parquet: .*CRC"):
        import_table(path)


@pytest.mark.parametrize("name", ["a.parquet", "a.fits", "a.vot", "a.fits.gz"])
@pytest.mark.parametrize("content", [b"", b"no such thing", b"\x1f\x8b\x08\x00"])
def test_files_that_are_not_what_their_names_say(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=r"cannot be read as|holds no table"):
        import_table(tmp_path / name)


def test_a_fits_header_that_cannot_be_parsed(tmp_path):
    path = write(sdss_frame(), tmp_path / "a.fits")
    path.write_bytes(path.read_bytes().replace(b"TFORM3  = '", b"TFORM3  = <", 1))
    with pytest.raises(
        UserError,
        match=r"cannot be read as fits: it is damaged.*; copy it again.*\(Unparsable card",
    ):
        import_table(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match="there is no file"):
        import_table(tmp_path / "none.csv")


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_cut_short(tmp_path, name):
    path = write(sdss_frame(), tmp_path / f"a.{name}")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(UserError):
        import_table(path)


def test_several_tables_in_a_file(tmp_path):
    hdu = fits.BinTableHDU(Table.from_pandas(sdss_frame()).as_array(), name="STARS")
    fits.HDUList([fits.PrimaryHDU(), hdu, hdu.copy()]).writeto(tmp_path / "a.fits")
    with pytest.raises(UserError, match=r"holds 2 tables \(STARS, STARS\)"):
        import_table(tmp_path / "a.fits")
    path = write(sdss_frame(), tmp_path / "a.vot")
    text = path.read_text(encoding="utf-8")
    table = text[text.index("<TABLE") : text.index("</TABLE>") + 8]
    path.write_text(text.replace(table, table * 2), encoding="utf-8")
    with pytest.raises(UserError, match="holds 2 tables"):
        import_table(path)


# -- types and units of binary formats


def test_ids_in_double_precision_are_refused(tmp_path):
    frame = sdss_frame().astype({"SPECOBJID": float})
    for path in [write(frame, tmp_path / f"a.{name}") for name in BINARY]:
        with pytest.raises(
            UserError, match=r"column SPECOBJID, row 1: .* rounds 19-digit ids|specO"
        ):
            import_table(path)


def test_what_fits_calls_missing(tmp_path):
    count = [2**63 + 5, 2**64 - 1]
    columns = [
        fits.Column("specObjID", "K", array=np.array(count, np.uint64), bzero=2**63),
        fits.Column("plate", "J", array=[-99, 266], null=-99),
        fits.Column("subClass", "10A", array=["", "G2  "]),
        fits.Column("redshift", "E", array=[np.nan, 0.5]),
        fits.Column("spectrum", "5E", array=np.ones((2, 5))),
        *(fits.Column(n, "D", array=[1.0, 2.0]) for n in ("ra", "dec", *BANDS)),
    ]
    fits.BinTableHDU.from_columns(columns).writeto(tmp_path / "a.fits")
    table = import_table(tmp_path / "a.fits", rows=1)
    assert table["specObjID"].to_pylist() == count
    assert table["plate"].to_pylist() == [None, 266]
    assert table["subClass"].to_pylist() == [None, "G2"]
    assert table["redshift"].to_pylist() == [None, 0.5]


def test_a_file_larger_than_a_batch_whose_first_texts_are_blank(tmp_path, monkeypatch):
    monkeypatch.setattr(table_readers, "BATCH", 2)
    monkeypatch.setattr(table_readers, "_CELL_ROWS", 2)
    frame = sdss_frame().assign(subClass=["", "", "", "M2"])
    for path in [write(frame, tmp_path / f"a.{name}") for name in FORMATS]:
        table = import_table(path, rows=3)
        assert table["subClass"].to_pylist() == [None, None, None, "M2"]
        assert table["specObjID"].to_pylist() == frame["SPECOBJID"].to_list()


@pytest.mark.parametrize("name", FORMATS)
def test_a_table_without_rows(tmp_path, name):
    path = write(sdss_frame().iloc[:0].astype({"subClass": object}), tmp_path / f"a.{name}")
    with pytest.raises(UserError, match="holds no star"):
        import_table(path)


def test_what_votable_calls_missing_and_mixed_types(tmp_path):
    table = Table.from_pandas(sdss_frame())
    table["plate"] = MaskedColumn([1, 2, 3, 4], mask=[1, 0, 0, 0], dtype=np.int32)
    table["plate"].fill_value = -7
    write_votable(table, tmp_path / "a.vot")
    assert import_table(tmp_path / "a.vot")["plate"].to_pylist() == [None, 2, 3, 4]
    text = (tmp_path / "a.vot").read_text(encoding="utf-8")
    (tmp_path / "a.vot").write_text(text.replace("<TD>4800</TD>", "<TD>hot</TD>"), encoding="utf-8")
    with pytest.raises(UserError, match="column TEFFADOP, row 2: 'hot' is no number"):
        import_table(tmp_path / "a.vot")


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, 2], pa.decimal128(20, 0)),
        pa.array(["1", "2"]).dictionary_encode(),
        pa.array(["1", " 2"], pa.large_string()),
        pa.array([b"1", b"2"]),
        pa.array([1, 2], pa.int8()),
        pa.array([1, 2], pa.float32()),
    ],
)
def test_types_of_parquet(tmp_path, values):
    table = pa.table({n: [1.0, 2.0] for n in ("ra", "dec", *BANDS)})
    pq.write_table(table.append_column("specObjID", values), tmp_path / "a.parquet")
    assert import_table(tmp_path / "a.parquet")["specObjID"].to_pylist() == [1, 2]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([True, False]),
        pa.array([[1.0], [2.0]]),
        pa.array([1, 2], pa.timestamp("s")),
        pa.array([{"a": 1}, {"a": 2}]),
        pa.array([b"\xff", b"2"]),
    ],
)
def test_types_of_parquet_that_are_no_numbers(tmp_path, values):
    table = pa.table({n: [1.0, 2.0] for n in ("specObjID", "ra", "dec", *BANDS)})
    pq.write_table(table.set_column(3, "u", values), tmp_path / "a.parquet")
    with pytest.raises(UserError, match=r"column u, row 1: .* is no number|column u holds no text"):
        import_table(tmp_path / "a.parquet")


@pytest.mark.parametrize(
    ("column", "unit", "value", "wanted"),
    [
        ("ra", u.rad, np.pi, 180.0),
        ("ra", u.hourangle, 24.0, 360.0),
        ("dec", u.arcsec, 3600.0, 1.0),
        ("TEFFADOP", u.kK, 5.8, 5800.0),
        ("modelMag_u", u.mmag, 19500.0, 19.5),
        ("modelMag_u", u.mmag, -9999.0, None),
        ("modelMag_u", "mag(AB)", 19.5, 19.5),
        ("modelMag_u", "asinh", 19.5, 19.5),
        ("LOGGADOP", "dex", 4.5, 4.5),
        ("LOGGADOP", "log(cm/s2)", 4.5, 4.5),
        ("LOGGADOP", "---", 4.5, 4.5),
        ("modelMag_u", u.nmgy, 19.5, "does not convert to mag"),
        ("modelMag_u", u.dex, 19.5, "does not convert to mag"),
        ("TEFFADOP", "[K]", 3.7, "does not convert to K"),
        ("LOGGADOP", u.cm / u.s**2, 4.5, "does not convert to dex"),
        ("z", u.km / u.s, 0.5, "'km / s', .* `redshift: km / s` or `redshift: unitless` under"),
        ("ra", u.h, 12.0, "'h', .* say its right unit, for example `ra: hourangle` or `ra: deg`"),
        ("dec", u.h, 1.0, "does not convert to deg"),
        (
            "z",
            u.K,
            0.5,
            "column z has the unit 'K', which does not convert to unitless",
        ),
        ("mjd", u.s, 51000, "does not convert to d"),
    ],
)
def test_units_of_the_file(tmp_path, column, unit, value, wanted):
    table = Table.from_pandas(sdss_frame())
    table[column] = np.full(4, value)
    names = {"TEFFADOP": "sppTeff", "modelMag_u": "u", "LOGGADOP": "sppLogG", "z": "redshift"}
    name = names.get(column, column)
    pandas = table.to_pandas()
    arrow = pa.Table.from_pandas(pandas)
    place = arrow.schema.get_field_index(column)
    text = unit if isinstance(unit, str) else unit.to_string()
    marked = arrow.schema.set(place, arrow.schema.field(column).with_metadata({"unit": text}))
    pq.write_table(arrow.cast(marked), tmp_path / "a.parquet")
    pandas.to_csv(tmp_path / "a.csv", index=False)
    header = fits.BinTableHDU(table)
    header.columns[column].unit = text
    header.writeto(tmp_path / "a.fits")
    write_votable(table, tmp_path / "a.vot")
    vot = (tmp_path / "a.vot").read_text(encoding="utf-8")
    (tmp_path / "a.vot").write_text(
        vot.replace(f' name="{column}"', f' name="{column}" unit="{text}"'), encoding="utf-8"
    )
    said = text in ("asinh", "---", "km / s") or (name, text) == ("ra", "h")
    given = {} if said else {name: text}
    for ending, units in (("parquet", {}), ("fits", {}), ("vot", {}), ("csv", given)):
        if isinstance(wanted, str) and not (said and ending == "csv"):
            with pytest.raises(UserError, match=wanted):
                import_table(tmp_path / f"a.{ending}", units=units)
        else:
            found = import_table(tmp_path / f"a.{ending}", units=units)
            assert said or found[name].to_pylist()[0] == wanted, ending


def test_units_as_astropy_writes_them_to_parquet(tmp_path):
    table = Table.from_pandas(sdss_frame())
    table["ra"].unit = "rad"
    table["ra"][:] = np.pi
    table.write(tmp_path / "a.parquet")
    assert import_table(tmp_path / "a.parquet")["ra"].to_pylist() == [180.0] * 4


def test_a_unit_that_is_none_under_survey_table_units(tmp_path):
    with pytest.raises(UserError, match="'foo' is no unit; give ra one such as deg"):
        imported(tmp_path, PLAIN + ROW, units={"ra": "foo"})
    with pytest.raises(UserError, match=r"survey.table.units: 'raa' is no catalogue column"):
        imported(tmp_path, PLAIN + ROW, units={"raa": "deg"})


def many(**columns) -> pd.DataFrame:
    """As a survey of the whole sky would be."""
    rows = 300
    rng = np.random.default_rng(1)
    plain = {
        "specObjID": np.arange(rows),
        "ra": rng.uniform(0, 360, rows),
        "dec": rng.uniform(-10, 80, rows),
        **{b: rng.normal(17 - n, 1, rows) for n, b in enumerate(BANDS)},
        "sppTeff": rng.uniform(4500, 8000, rows),
        "redshift": rng.normal(0, 3e-4, rows),
    }
    return pd.DataFrame(plain | {n: change(pd.Series(plain[n])) for n, change in columns.items()})


def flux(magnitude):
    return 10 ** (0.4 * (22.5 - magnitude))


@pytest.mark.parametrize(
    ("columns", "units", "said"),
    [
        ({}, {}, None),
        ({"ra": np.radians, "dec": np.radians}, {}, "looks like radians"),
        ({"ra": np.radians, "dec": np.radians}, {"ra": "rad", "dec": "rad"}, None),
        ({"ra": np.radians, "dec": np.radians}, {"ra": "deg", "dec": "deg"}, None),
        ({"ra": lambda ra: 10 + ra / 400, "dec": lambda dec: dec / 400}, {}, None),
        ({"ra": lambda ra: ra / 400, "dec": lambda dec: dec / 400}, {}, None),  # a small field
        ({"sppTeff": np.log10}, {}, "most of the column; is it log10 or kK"),
        ({"sppTeff": lambda t: t / 1000}, {}, "most of the column; is it log10 or kK"),
        ({"sppTeff": lambda t: t / 1000}, {"sppTeff": "kK"}, None),
        ({"redshift": lambda z: z * 299792.458}, {}, "km/s"),
        ({"z": lambda z: z * 1e-5}, {}, "column z lies below 1 where r is above 10"),
        ({b: flux for b in BANDS}, {}, "most of the column; is it fluxes"),
        (
            {b: lambda m: flux(0.3 * (m - 17) + 21) for b in BANDS},
            {},
            "looks like fluxes",
        ),
    ],
)
@pytest.mark.parametrize("rows", [50, 1000])
def test_a_whole_column_in_another_unit(tmp_path, columns, units, said, rows):
    many(**columns).to_csv(tmp_path / "a.csv", index=False)
    if said:
        with pytest.raises(UserError, match=said):
            import_table(tmp_path / "a.csv", units=units, rows=rows)
    else:
        assert import_table(tmp_path / "a.csv", units=units, rows=rows).num_rows == 300


# -- shards


@pytest.mark.parametrize("rows", [7, 1000])
@pytest.mark.parametrize("shards", [1, 3, 40])
def test_shards_are_equal_parts_in_order(tmp_path, rows, shards):
    path = tmp_path / "a.csv"
    many()[:30].to_csv(path, index=False)
    paths = [tmp_path / "shards" / f"{n}.parquet" for n in range(shards)]
    assert user_table.write_shards(user_table.stars(path, rows=rows), paths) == 30
    parts = [pq.read_table(p) for p in paths]
    assert [p.num_rows for p in parts] == [
        30 * (n + 1) // shards - 30 * n // shards for n in range(shards)
    ]
    assert all(part.schema.equals(catalogue.SCHEMA) for part in parts)
    assert pa.concat_tables(parts).equals(import_table(path))


def test_no_shard_is_left_when_the_last_row_is_wrong(tmp_path):
    frame = many()
    frame.loc[299, "dec"] = 99
    frame.to_csv(tmp_path / "a.csv", index=False)
    paths = [tmp_path / "shards" / f"{n}.parquet" for n in range(3)]
    with pytest.raises(UserError, match="column dec, row 300"):
        user_table.write_shards(user_table.stars(tmp_path / "a.csv", rows=50), paths)
    assert list((tmp_path / "shards").iterdir()) == []


@pytest.mark.long
@pytest.mark.parametrize("ending", ["csv", "parquet", "fits", "vot"])
def test_a_long_table_is_never_in_memory_as_a_whole(tmp_path, monkeypatch, ending):
    rows = {"csv": 200_000, "parquet": 200_000, "fits": 60_000, "vot": 12_000}[ending]
    for name in ("BATCH", "_CELL_ROWS"):
        monkeypatch.setattr(table_readers, name, rows // 50)
    monkeypatch.setattr(text_tables, "_BLOCK", 1 << 16)
    names = ("specObjID", "ra", "dec", *BANDS)
    frame = pd.DataFrame({n: np.arange(rows, dtype=float) for n in names})
    path = tmp_path / f"a.{ending}"
    if ending == "csv":
        frame.to_csv(path, index=False)
    elif ending == "parquet":
        frame.to_parquet(path, row_group_size=rows // 50)
    elif ending == "fits":
        Table.from_pandas(frame).write(path)
    else:
        write_votable(Table.from_pandas(frame), path)
    with table_readers.opened(path) as table:
        next(table.batches(names, rows // 50))  # what is imported and cached at first use
    seen = most = 0
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    with table_readers.opened(path) as table:
        for batch in table.batches(names, rows // 50):
            seen += batch.num_rows
            most = max(most, pa.total_allocated_bytes() - before)
    most += tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen == rows
    assert most < 0.4 * frame.memory_usage(index=False).sum()


# -- properties

numbers = st.floats(15, 16.5, width=32) | st.none()  # as stars: any two bands may be compared
NO_TEXT = re.compile(r"""|--|b?'.*'|b".*"|'[-+.5]+""")  # missing, or marks around a text
text = st.text("abcM5.,:;'\"()+- äλ", min_size=1).map(str.strip) | st.none()
text = text.filter(lambda value: value is None or not NO_TEXT.fullmatch(value))
star = st.fixed_dictionaries(
    {
        "ra": st.floats(1, 360),  # two rows at 0, 0 are none
        "dec": st.floats(-90, 90),
        **dict.fromkeys(BANDS, numbers),
        # 999999 is what astropy writes into FITS for a missing integer; -1 is no zWarning
        "bestObjID": st.integers(1, 2**63 - 1).filter(lambda i: i != 999999) | st.none(),
        "zWarning": st.integers(0, 2**10 - 1) | st.none(),
        "subClass": text,
    }
)
stars = st.lists(star, min_size=1, max_size=12, unique_by=lambda one: one["bestObjID"])


@pytest.mark.long
@pytest.mark.parametrize("ending", ["csv", "parquet", "fits", "vot", "xml"])
@settings(
    deadline=None, max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), stars=stars, rows=st.integers(1, 15))
def test_any_table_reads_back_in_any_format_and_cut(tmp_path, ending, data, stars, rows):
    size = len(stars)
    ids = data.draw(st.lists(st.integers(0, 2**63 - 1), min_size=size, max_size=size, unique=True))
    frame = pd.DataFrame(stars, dtype=object).assign(specObjID=np.array(ids, np.int64))
    types = {"bestObjID": "Int64", "zWarning": "Int32", "subClass": "string"}
    types |= dict.fromkeys(BANDS, "float32") | dict.fromkeys(("ra", "dec"), "float64")
    frame = frame.astype(types)
    expected = frame.to_dict("list")
    plain = frame.assign(
        subClass=frame["subClass"].astype(object).where(frame["subClass"].notna(), "")
    )
    ascii_only = all(text is None or text.isascii() for text in expected["subClass"])
    if not ascii_only:  # FITS knows no other text
        plain["subClass"] = [t.encode("ascii", "replace").decode() for t in plain["subClass"]]
        expected["subClass"] = list(plain["subClass"])
    found = import_table(write(plain, tmp_path / f"a.{ending}"), rows=rows)
    for name, values in expected.items():
        wanted = [None if pd.isna(v) or v == "" else v for v in values]
        assert found[name].to_pylist() == wanted, name


@pytest.mark.parametrize("ending", ["csv", "parquet", "fits"])
@given(ids=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20, unique=True))
@settings(
    deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_ids_of_64_bits_are_exact(tmp_path, ending, ids):
    frame = pd.DataFrame({n: np.full(len(ids), 9.0) for n in ("ra", "dec", *BANDS)})
    frame["specObjID"] = np.array(ids, np.uint64)
    path = write(frame, tmp_path / f"a.{ending}")
    assert import_table(path)["specObjID"].to_pylist() == ids


def mangled(whole: bytes, seed: int) -> bytes:
    """A few bytes changed, left out, put in or repeated, or the end cut off."""
    rng = random.Random(seed)
    content = bytearray(whole)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(content) + 1)
        junk = rng.choice(
            [b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"-", b"9", b"e", b" ", b"x" * 50]
        )
        match rng.randrange(4):
            case 0:
                content[place : place + 1] = junk
            case 1:
                del content[place : place + rng.randint(1, 30)]
            case 2:
                content[place:place] = junk
            case 3:
                content[place:place] = content[rng.randrange(len(content) + 1) :][:60]
        if not content:
            return b""
    return bytes(content[: rng.randrange(len(content))] if rng.random() < 0.1 else content)


@pytest.mark.long
@settings(
    deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), rows=st.integers(1, 6))
def test_mangled_csv_gives_a_catalogue_or_a_sentence(tmp_path, seed, rows):
    whole = (STUDY_HEADER + "\n" + STUDY_ROWS).encode()
    content = mangled(whole, seed)
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    try:
        table = import_table(path, rows=rows)
    except UserError as error:
        assert "\n" not in str(error)
        return
    # What is read, Python's own reader finds in the file too, row by row.
    plain = content.decode("utf-8-sig", "replace").replace("\0", "")
    try:
        ids = pd.read_csv(io.StringIO(plain), dtype=str, index_col=False)
    except pd.errors.ParserError as error:
        assert "EOF inside string" in str(error)  # we read on to the end
        return
    names = [re.sub(r"[_\s-]", "", name.lower()) for name in ids.columns]  # as ours are compared
    ids = ids.set_axis(names, axis=1)["specobjid"].dropna()
    assert [float(i) for i in table["specObjID"].to_pylist()] == [float(i) for i in ids]


@pytest.mark.parametrize("name", BINARY)
def test_mangled_binary_files_give_a_table_or_a_sentence(tmp_path, name):
    path = write(sdss_frame(), tmp_path / f"a.{name}")
    whole = path.read_bytes()
    for seed in range(60):
        path.write_bytes(mangled(whole, seed))
        try:
            assert import_table(path).schema.equals(catalogue.SCHEMA)
        except UserError as error:
            assert "\n" not in str(error)
