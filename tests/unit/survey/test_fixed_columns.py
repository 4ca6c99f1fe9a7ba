"""Tables whose columns stand at fixed places: IPAC's, machine-readable ones, and LaTeX beside."""

import gzip
import io
import subprocess

import pyarrow as pa
import pytest
from astropy.coordinates import SkyCoord
from made_tables import star_table
from stellar.errors import UserError
from stellar.survey import user_table
from stellar.survey.table_readers import opened

FORMATS = ["ascii.ipac", "ascii.mrt"]
IPAC = r"""\catalog = 'made up'
\ a comment
|         specObjID |   ra    |dec    |  u   | g   | r   | i   | z   |subClass |
|         long      | double  |double |float |float|float|float|float|char     |
|                   | deg     | deg   | mag  | mag | mag | mag | mag |         |
|         null      | null    | null  | -99  | null| null| null| null| ---     |
 299489677444933632  170.05    -1.5    19.25  18.75 18.25 17.75 17.25 G2 V
 299489677444933633  171.05    -2.5    -99    18.75 18.25 17.75 17.25 ---
"""
MRT = """Title: Stars
Authors: Á. Nobody
Table: Stars
================================================================================
Byte-by-byte Description of file: stars.txt
--------------------------------------------------------------------------------
   Bytes Format Units   Label     Explanations
--------------------------------------------------------------------------------
   1- 18 I18    ---     specObjID The identifier of a spectrum, which
                                  SDSS gives
  20- 25 F6.2   deg     ra        Right ascension
  27- 30 F4.1   deg     dec       Declination
  32- 36 F5.2   mag     umag      ?=-9 The u band
  38- 42 F5.2   mag     gmag      The g band
  44- 48 F5.2   mag     rmag      The r band
  50- 54 F5.2   mag     imag      The i band
  56- 60 F5.2   mag     zmag      The z band
  62- 65 A4     ---     Sp        ?=- Type
--------------------------------------------------------------------------------
Note (1): made up.
--------------------------------------------------------------------------------
299489677444933632 170.05 -1.5 19.25 18.75 18.25 17.75 17.25 G2 V
299489677444933633 171.05 -2.5 -9    18.75 18.25 17.75 17.25 ---
"""


def imported(path, **options):
    return pa.concat_tables(user_table.stars(path, **options))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["a.tbl", "a.txt", "a.csv", "a", "a.txt.gz"])
def test_what_astropy_writes_is_read_exactly(tmp_path, form, name):
    table = star_table()
    table["ra"].unit, table["u"].unit, table["sppTeff"].unit = "deg", "mag", "K"
    written = io.StringIO()
    table.write(written, format=form)
    content = written.getvalue().encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    stars = imported(tmp_path / name)
    for column in table.colnames:
        kind = stars.schema.field(column).type
        assert stars[column].to_pylist() == pa.array(table[column].tolist(), kind).to_pylist()
    with opened(tmp_path / name) as found:
        assert {n: u for n, u in found.units.items() if u} == {
            "ra": "deg",
            "u": "mag",
            "sppTeff": "K",
        }


@pytest.mark.parametrize("text", [IPAC, MRT, IPAC.replace("\n", "\r\n"), MRT.replace("\n", "\r\n")])
def test_marks_for_missing_values_are_the_headers(tmp_path, text):
    path = tmp_path / "a.tbl"
    path.write_bytes(text.encode())
    own = {"subClass": "Sp"} if "Sp " in text else {}
    stars = imported(path, chosen=own)
    assert stars["specObjID"].to_pylist() == [299489677444933632, 299489677444933633]
    assert stars["ra"].to_pylist() == [170.05, 171.05]
    assert stars["u"].to_pylist() == [19.25, None]
    assert stars["subClass"].to_pylist() == ["G2 V", None]
    with opened(path) as table:
        assert (table.units["ra"], len(table.units)) == ("deg", 7)
        assert table.line(2) == text.count("\n") and table.line(3) is None


def test_an_ipac_table_may_have_names_alone(tmp_path):
    lines = IPAC.splitlines()
    (tmp_path / "a.tbl").write_text("\n".join([lines[2], lines[6]]), encoding="utf-8")
    assert imported(tmp_path / "a.tbl")["specObjID"].to_pylist() == [299489677444933632]


def test_hours_minutes_and_seconds_are_no_degrees(tmp_path):
    table = star_table()
    table["place"] = SkyCoord(table["ra"], table["dec"], unit="deg")
    table.remove_columns(["ra", "dec"])
    table.write(tmp_path / "a.mrt", format="ascii.mrt")
    with pytest.raises(UserError, match="no column ra, dec, but RAh, RAm, RAs and DEd, DEm, DEs"):
        imported(tmp_path / "a.mrt")


def test_a_machine_readable_table_describes_its_columns(tmp_path):
    (tmp_path / "a.txt").write_text(MRT, encoding="utf-8")
    with opened(tmp_path / "a.txt") as table:
        about = table.about.descriptions
    assert about["specObjID"] == "The identifier of a spectrum, which SDSS gives"
    assert about["umag"] == "The u band"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # The digit under a bar would be lost.
        (
            IPAC.replace(" 299489677444933632  170", " 29948967744493363201170"),
            "row 1 .line 7. has '1'",
        ),
        (MRT.replace("632 170.05", "6321170.05"), r"row 1 \(line 22\) has '1' beside its columns"),
        (MRT.replace("G2 V", "G2 V x"), r"row 1 \(line 22\) has 'x' beside its columns"),
        (IPAC.replace("G2 V", "é2 V"), r"row 1 \(line 7\) has a tab or a sign that is not ASCII"),
        (MRT.replace(" -2.5 ", "\t-2.5 "), r"row 2 \(line 23\) has a tab"),
        (MRT + MRT, "describes several tables; save the table of stars alone"),
        (IPAC.replace("17.25 G2", "17x25 G2"), r"column z, row 1: '17x25' is no number.*\(line 7"),
        (IPAC.replace(" 170.05 ", " 170:05 "), r"column ra, row 1: '170:05' is no number"),
    ],
)
def test_what_would_be_lost_is_an_error(tmp_path, text, said):
    path = tmp_path / "a.tbl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=said) as error:
        imported(path, chosen={"subClass": "Sp"} if text.startswith("Title") else {})
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("form", ["ascii.latex", "ascii.aastex"])
def test_the_command_that_a_latex_table_needs_works_as_typed(tmp_path, form):
    path = tmp_path / "my stars.tex"
    star_table().write(path, format=form)
    with pytest.raises(UserError, match="is a LaTeX table; type ") as error:
        imported(path)
    subprocess.run(str(error.value).partition("; type ")[2], shell=True, check=True)  # noqa: S602
    stars = imported(tmp_path / "my stars.tex.csv")
    assert stars["specObjID"].to_pylist() == star_table()["specObjID"].tolist()
    assert (
        stars["redshift"].to_pylist()
        == pa.array(star_table()["redshift"], pa.float32()).to_pylist()
    )


def test_another_latex_table_is_named(tmp_path):
    (tmp_path / "a.tex").write_text("\\begin{longtable}{cc}\na & b \\\\\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"is a LaTeX table; save the table as \.csv"):
        imported(tmp_path / "a.tex")
