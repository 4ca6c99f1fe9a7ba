"""Tables in the forms in which the field has them, and in mangled ones."""

import bz2
import gzip
import io
import lzma

import astropy.units as u
import numpy as np
import pyarrow as pa
import pytest
from astropy.io import fits
from astropy.table import Table
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_tables import star_table
from stellar import BANDS
from stellar.errors import UserError
from stellar.survey import user_table

ROWS = 7
COLUMNS = tuple(star_table(1).colnames)
PACKED = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def imported(path, **options):
    return pa.concat_tables(user_table.stars(path, **options))


def check_same(found, table, names=COLUMNS):
    """The stars are those of the table, to the last bit of the catalogue's types."""
    for name in names:
        kind = found.schema.field(name).type
        assert found[name].to_pylist() == pa.array(table[name].tolist(), kind).to_pylist(), name


# -- files of the field, by their columns


def fits_bytes(table, primary=None):
    content = io.BytesIO()
    table = fits.BinTableHDU(table) if isinstance(table, Table) else table
    fits.HDUList([primary or fits.PrimaryHDU(), table]).writeto(content)
    return content.getvalue()


def csv_bytes(table, first="", separator=","):
    return (first + table.to_pandas().to_csv(index=False, sep=separator)).encode()


def votable_bytes(table, kind="tabledata"):
    content = io.BytesIO()
    table.write(content, format="votable", tabledata_format=kind)
    return content.getvalue()


def skyserver():
    table = star_table(ROWS)
    table.rename_columns(BANDS, [f"modelMag_{band}" for band in BANDS])
    table.rename_columns(["redshift", "bestObjID", "sppTeff"], ["z", "objID", "TEFFADOP"])
    return table


def spec_obj():
    """SDSS's specObj file joined with its photoObj: arrays, ids as text, capital letters."""
    table = skyserver()
    table["MODELMAG"] = np.stack([table[f"modelMag_{b}"] for b in BANDS], 1).astype(np.float32)
    table.remove_columns([f"modelMag_{band}" for band in BANDS])
    table["specObjID"] = [f"{i:>22}" for i in table["specObjID"]]
    table["SN_MEDIAN"], table["SPECTROFLUX"] = np.ones((2, ROWS, 5), np.float32)
    table["OBJID"] = np.ones((ROWS, 5), np.int32)
    names = {"objID": "BESTOBJID", "ra": "PLUG_RA", "dec": "PLUG_DEC", "TEFFADOP": "TEFF_ADOP"}
    for name in list(table.colnames):
        table.rename_column(name, names.get(name, name.upper()))
    return table


def vizier(separator="\t"):
    table = star_table(ROWS)
    table.rename_columns(BANDS, [f"{band}mag" for band in BANDS])
    names = ["RA_ICRS", "DE_ICRS", "zsp", "SpObjID", "objID", "subCl"]
    table.rename_columns(["ra", "dec", "redshift", "specObjID", "bestObjID", "subClass"], names)
    table["class"], table["spCl"] = [3] * ROWS, ["STAR"] * ROWS
    units = {"RA_ICRS": "deg", "DE_ICRS": "deg", **{f"{b}mag": "mag" for b in BANDS}}
    head, *rows = csv_bytes(table, separator=separator).decode().splitlines()
    below = separator.join(units.get(name, " ") for name in table.colnames)
    rule = separator.join("-" * len(name) for name in table.colnames)
    about = "#\n#   VizieR Astronomical Server\n#Column\tRA_ICRS\t(F15.11)\n\n"
    return (about + "\n".join([head, below, rule, *rows]) + "\n\n#END#\n").encode()


def topcat():
    """FITS-plus: the description is a VOTable in the primary array."""
    table = star_table(ROWS)
    table["ra"].unit, table["dec"].unit, table["u"].unit = u.deg, u.deg, u.mag
    return table, fits.PrimaryHDU(np.frombuffer(b"<VOTABLE/>", np.uint8))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("skyserver.csv", csv_bytes(skyserver(), "#Table1\n")),
        ("skyserver.fits", fits_bytes(skyserver())),
        ("casjobs.csv", csv_bytes(skyserver())),
        ("casjobs.fit", fits_bytes(skyserver())),
        ("casjobs.xml", votable_bytes(skyserver())),
        ("specObj.fits", fits_bytes(spec_obj())),
        ("vizier.tsv", vizier()),
        ("vizier.csv", vizier(";")),
        ("vizier.txt", vizier("|")),
        ("topcat.fits", fits_bytes(*topcat())),
        ("topcat.vot", votable_bytes(topcat()[0])),
        ("topcat.xml", votable_bytes(topcat()[0], "binary")),
    ],
)
def test_files_that_hold_stars(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    found = imported(tmp_path / name, label="subclass")
    if name == "specObj.fits":  # its magnitudes are in single precision
        names = [n for n in COLUMNS if n not in BANDS]
        assert found["z"].to_pylist() == pytest.approx(star_table(ROWS)["z"].tolist())
    else:
        names = [n for n in COLUMNS if n != "sppTeff" or "vizier" not in name]
    check_same(found, star_table(ROWS), names)


def class_project(names: str, spreadsheet: bool) -> Table:
    """SDSS17 or DR14 of a class project: stars, galaxies and quasars, without types."""
    table = star_table(ROWS)
    table.remove_columns(["subClass", "sppTeff"])
    table["class"] = ["STAR", "GALAXY", "QSO", "STAR", "GALAXY", "GALAXY", "STAR"]
    for name, value in {"plate": 5812, "mjd": 56354, "fiberID": 171}.items():
        table[name] = value + np.arange(ROWS) * (name == "fiberID")
    if spreadsheet:
        table["specObjID"] = table["specObjID"].astype(float)
        table["bestObjID"] = table["bestObjID"].astype(float)
    for pair in names.split():
        table.rename_column(*pair.split(":"))
    return table


def colfits():
    """TOPCAT's FITS by columns: a single row of arrays."""
    columns = [
        fits.Column(n, f"{ROWS}D", array=[star_table(ROWS)[n].astype(float)]) for n in ("ra", "u")
    ]
    return fits_bytes(fits.BinTableHDU.from_columns(columns))


SDSS17 = "ra:alpha dec:delta bestObjID:obj_ID specObjID:spec_obj_ID fiberID:fiber_ID mjd:MJD"
DR14 = "bestObjID:objid specObjID:specobjid fiberID:fiberid"
SSPP_OUT = "MJD,PLATE,FIBER,SPECTYPE_HAMMER,FLAG,TEFF_ADOP\n51630,266,1,F5,nnnnn,6000\n"
FLUXES = "SPECOBJID,PLUG_RA,PLUG_DEC,SUBCLASS,Z,SPECTROFLUX_U\n1,2,3,F5,0.0001,20\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("star_classification.csv", csv_bytes(class_project(SDSS17, True)), "class has STAR, GAL"),
        ("sdss17.fits", fits_bytes(class_project(SDSS17, False)), "class has STAR, GALAXY or QSO"),
        ("Skyserver_DR14.csv", csv_bytes(class_project(DR14, True)), "class has STAR, GALAXY or Q"),
        ("ssppOut.csv", SSPP_OUT.encode(), "no column ra, dec, u, g, r, i, z; say which"),
        ("specObj.csv", FLUXES.encode(), "no column u, g, r, i, z; say which"),
        (
            "columns.fits",
            colfits(),
            "holds its columns as arrays in a single row; save it as plain",
        ),
        ("skyserver.json", b'[{"TableName":"Table1","Rows":[]}]', "is JSON; save"),
        ("skyserver.csv", b"<html><head>", "is a page of the web; save"),
        (
            "casjobs.xml",
            b"<?xml version='1.0'?><root><Row ra='1'/></root>",
            "is XML, but no VOTable",
        ),
        ("archive.zip", b"PK\x03\x04", "is a zip archive or an Excel file; unpack it"),
    ],
)
def test_files_that_hold_none_end_in_a_true_sentence(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=said) as error:
        imported(tmp_path / name, label="subclass")
    assert "\n" not in str(error.value)
    assert "FLUX" not in str(error.value).partition("looked for")[0]  # no flux for a magnitude


@pytest.mark.parametrize("word", ["6", "6.0", " STAR ", "star", "STAR_LATE", "b'STAR'"])
def test_a_class_may_be_a_number_where_it_is_known(tmp_path, word):
    table = star_table(ROWS)
    table["CLASS"] = [word] * ROWS
    table.write(tmp_path / "a.csv")
    assert {c.upper() for c in imported(tmp_path / "a.csv")["class"].to_pylist()} == {"STAR"}


@pytest.mark.parametrize("value", [0, 1, 2, 3, 2.5])
@pytest.mark.parametrize("ending", ["csv", "fits", "parquet"])
def test_other_numbers_for_a_class_are_refused_and_can_be_left_out(tmp_path, value, ending):
    table = star_table(ROWS)
    table["class"] = [6, *[value] * (ROWS - 1)]
    table.write(tmp_path / f"a.{ending}")
    with pytest.raises(UserError, match=r"column class, row 2: '.*' is a number; .*`class: null`"):
        imported(tmp_path / f"a.{ending}")
    found = imported(tmp_path / f"a.{ending}", chosen={"class": None})
    assert found["class"].null_count == ROWS


@pytest.mark.parametrize("word", ["stellar", "G2", "True", "S"])
def test_other_words_for_a_class_are_refused_and_can_be_left_out(tmp_path, word):
    table = star_table(ROWS)
    table["class"] = ["STAR", "GALAXY", "QSO", "", "HIZ_QSO", "UNKNOWN", word]
    table.write(tmp_path / "a.csv")
    said = f"column class, row 7: '{word}' is no class of SDSS's; give STAR, .*`class: null`"
    with pytest.raises(UserError, match=said):
        imported(tmp_path / "a.csv")
    assert imported(tmp_path / "a.csv", chosen={"class": None})["class"].null_count == ROWS


@pytest.mark.parametrize("cell", ['B5"', '""B5" (HD_1)', '"B"5', ' "B5"'])
def test_a_stray_quotation_mark_is_no_part_of_a_type(tmp_path, cell):
    lines = lines_of(COLUMNS, cells(star_table(ROWS)), ",", quote=False)
    place = list(COLUMNS).index("subClass")
    row = lines[3].split(",")
    lines[3] = ",".join([*row[:place], cell, *row[place + 1 :]])
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(UserError, match=r"row 3.*quotation mark"):
        imported(tmp_path / "a.csv")


@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
@pytest.mark.parametrize("name", ["ra", "u", "redshift"])
def test_decimal_commas_are_named(tmp_path, separator, name):
    table = star_table(ROWS)
    table[name] = [str(value).replace(".", ",") for value in table[name]]
    lines = lines_of(table.colnames, cells(table), separator, quote=True)
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(UserError, match=f"column {name}, row 1: .* has a decimal comma; save"):
        imported(tmp_path / "a.csv")


# -- mangled forms: the same stars, or a sentence


def cells(table) -> list[list[str]]:
    return [[str(value) for value in row] for row in table.iterrows()]


def lines_of(names, rows, separator, quote):
    def field(text):
        needs = quote or separator in text or (separator == " " and (" " in text or not text))
        return f'"{text}"' if needs else text

    return [separator.join(map(field, row)) for row in [names, *rows]]


FORMS = st.fixed_dictionaries(
    {
        "separator": st.sampled_from(",\t;| "),
        "quote": st.booleans(),
        "first": st.sampled_from(
            ["", "#Table1\n", "\ufeff", "# made by hand\n#\n", "sep=,\n", "\n"]
        ),
        "hash": st.sampled_from(["", "# ", "#"]),
        "end": st.sampled_from(["\n", "\r\n"]),
        "packed": st.sampled_from(list(PACKED)),
        "ending": st.sampled_from(["csv", "tsv", "txt", "dat"]),
        "case": st.sampled_from([str.lower, str.upper, str]),
        "order": st.permutations(COLUMNS),
        "blank": st.sampled_from(["", "null", "NaN", "N/A", "-9999"]),
        "known": st.lists(st.booleans(), min_size=ROWS, max_size=ROWS),
        "mask": st.booleans(),
        "rows": st.integers(1, ROWS + 1),
    }
)


def as_text(form) -> tuple[list[str], Table]:
    """Lines of the table in a form, and the stars that it holds; u is not known in each row."""
    table = star_table(ROWS)[list(form["order"])]
    rows, names = cells(table), [form["case"](name) for name in form["order"]]
    place = names.index(form["case"]("u"))
    unknown = [n for n, known in enumerate(form["known"]) if not known]
    for n in unknown:
        rows[n][place] = "11.5" if form["mask"] else form["blank"]
    if form["mask"]:
        names.append(f"{names[place]}.mask")
        rows = [[*row, str(n in unknown)] for n, row in enumerate(rows)]
    wanted = {name: table[name].tolist() for name in COLUMNS}
    wanted["u"] = [None if n in unknown else value for n, value in enumerate(wanted["u"])]
    lines = lines_of(names, rows, form["separator"], form["quote"])
    return lines, Table({n: np.array(v, object) for n, v in wanted.items()})


def written(path, form, lines):
    text = form["first"] + form["hash"] + form["end"].join([*lines, ""])
    path = path / f"a.{form['ending']}{form['packed']}"
    path.write_bytes(PACKED[form["packed"]](text.encode()))
    return path


EXAMPLES = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],  # the form is printed; a smaller one takes minutes
)


@pytest.mark.long
@EXAMPLES
@given(form=FORMS)
def test_any_form_of_a_text_gives_the_same_stars(tmp_path, form):
    lines, wanted = as_text(form)
    check_same(imported(written(tmp_path, form, lines), rows=form["rows"]), wanted)


FAULTS = {  # lines with names, the number of a row, the separator: faulty lines
    "decimal commas": lambda t, n, s: [t[0], *(line.replace(".", ",") for line in t[1:])],
    "ids as a spreadsheet shows them": lambda t, n, s: [
        line.replace("299489677444933", "2.99489677444933E+17") for line in t
    ],
    "another separator from a row on": lambda t, n, s: [
        *t[:n],
        *(line.replace(s, "/") for line in t[n:]),
    ],
    "a field less": lambda t, n, s: [*t[:n], t[n].partition(s)[2], *t[n + 1 :]],
    "a field more": lambda t, n, s: [*t[:n], f"1{s}{t[n]}", *t[n + 1 :]],
    "no header": lambda t, n, s: t[1:],
    "a row twice": lambda t, n, s: [*t, t[n]],
    "the header again": lambda t, n, s: [*t[:n], t[0], *t[n:]],
    "an open quotation mark": lambda t, n, s: [*t[:n], '"' + t[n].lstrip('"'), *t[n + 1 :]],
    "a mark too many": lambda t, n, s: [*t[:n], t[n].replace(s, s + '"', 1), *t[n + 1 :]],
    "a mark too many before the last": lambda t, n, s: [
        *t[:n],
        '"'.join([*t[n].rpartition(s)[:2], ""]) + t[n].rpartition(s)[2],
        *t[n + 1 :],
    ],
    "a comment": lambda t, n, s: [*t[:n], f"# a{s} comment", *t[n:]],
    "cut short": lambda t, n, s: [*t[:n], t[n][: len(t[n]) // 2]],
    "each column twice": lambda t, n, s: [f"{line}{s}{line}" for line in t],
}


@pytest.mark.long
@EXAMPLES
@given(form=FORMS, fault=st.sampled_from(sorted(FAULTS)), row=st.integers(1, ROWS))
def test_a_faulty_text_gives_the_same_stars_or_a_sentence(tmp_path, form, fault, row):
    lines, wanted = as_text(form)
    path = written(tmp_path, form, FAULTS[fault](lines, row, form["separator"]))
    try:
        found = imported(path, rows=form["rows"])
    except UserError as error:
        assert "\n" not in str(error)
        return
    check_same(found, wanted)


@pytest.mark.long
@EXAMPLES
@given(
    kind=st.sampled_from(["parquet", "fits", "ecsv", "vot", "xml"]),
    ending=st.sampled_from(["right", "csv", "fits"]),
    packed=st.sampled_from(list(PACKED)),
    order=st.permutations(COLUMNS),
    upper=st.booleans(),
    angle=st.sampled_from(["deg", "rad", "arcsec", ""]),
    magnitude=st.sampled_from(["mag", "mmag", ""]),
    known=st.lists(st.booleans(), min_size=ROWS, max_size=ROWS),
    text_ids=st.booleans(),
)
def test_any_binary_form_gives_the_same_stars(
    tmp_path, kind, ending, packed, order, upper, angle, magnitude, known, text_ids
):
    wanted, table = star_table(ROWS), Table(star_table(ROWS)[list(order)], masked=True)
    for name in ("ra", "dec"):
        if angle:
            table[name] = table[name].data.data * u.deg.to(angle)
            table[name].unit = angle
    if magnitude:
        table["g"] = table["g"].data.data * u.mag.to(magnitude)
        table["g"].unit = magnitude
    table["u"].mask = table["subClass"].mask = ~np.array(known)
    if text_ids:
        table["specObjID"] = [str(i) for i in wanted["specObjID"]]
    if upper:
        table.rename_columns(table.colnames, [name.upper() for name in table.colnames])
    for column in table.columns.values():
        column.info.serialize_method |= dict.fromkeys(("fits", "ecsv"), "data_mask")
    if kind in ("vot", "xml"):
        content = votable_bytes(table, {"vot": "tabledata", "xml": "binary2"}[kind])
    else:
        table.write(tmp_path / "plain", format=kind.replace("ecsv", "ascii.ecsv"), overwrite=True)
        content = (tmp_path / "plain").read_bytes()
    name = kind if ending == "right" or kind == "ecsv" else ending
    path = tmp_path / f"a.{name}{packed}"
    path.write_bytes(PACKED[packed](content))
    found = imported(path)
    for name in ("u", "subClass"):
        values = [v if k else None for v, k in zip(wanted[name].tolist(), known, strict=True)]
        assert found[name].to_pylist() == values
    for name in ("ra", "dec"):
        assert found[name].to_pylist() == pytest.approx(wanted[name].tolist(), rel=1e-13)
    check_same(found, wanted, ["specObjID", "bestObjID", *BANDS[1:], "redshift", "sppTeff"])
