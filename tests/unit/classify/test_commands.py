import os
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from astropy.table import Table
from made_models import star_columns
from project import ROOT
from stellar import files
from stellar.classify.commands import Request, classify, info, one, summary, unread
from stellar.classify.typed import Tally, Typist
from stellar.classify.words import OPTIONS, said
from stellar.errors import UserError
from stellar.survey.matching import Plan

IDS = 3654751994578575360
SSPP = ["sppTeff", "sppLogG", "sppFeH"]


@pytest.fixture
def stars():
    columns, _, _ = star_columns(60, seed=9)
    table = Table({"specObjID": IDS + np.arange(60), **columns, "note": ["a, b", "c"] * 30})
    table["u"].unit = "mag"
    return table


def run(models, table, output, **more):
    return classify(Request(str(table), str(output), models, **more))


FORMATS = ["csv", "ecsv", "parquet", "fits", "vot"]


def saved(stars, path):
    kinds = {"ecsv": "ascii.ecsv", "vot": "votable"}
    if path.suffix == ".parquet":
        pq.write_table(pa.table({n: stars[n].tolist() for n in stars.colnames}), path)
    else:
        stars.write(path, format=kinds.get(path.suffix[1:]))
    return path


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_round_trip(models, stars, tmp_path, kind, target):
    source, made = saved(stars, tmp_path / f"in.{kind}"), tmp_path / f"out.{target}"
    tally = run(models, source, made, rows=17)
    assert tally.rows == 60
    found = Table(pq.read_table(made).to_pydict()) if target == "parquet" else Table.read(made)
    assert found.colnames[: len(stars.colnames)] == stars.colnames
    assert [int(i) for i in found["specObjID"]] == stars["specObjID"].tolist()
    for name in ("u", "z", "redshift"):
        np.testing.assert_array_equal(np.asarray(found[name]), np.asarray(stars[name]))
    assert [str(note) for note in found["note"]] == stars["note"].tolist()
    if kind not in ("csv", "parquet") and target not in ("csv", "parquet"):
        assert str(found["u"].unit) == "mag"
    assert {str(value) for value in found["type"]} <= set("OBAFGKM")
    assert sum(found[f"type_p_{c}"][0] for c in "OBAFGKM") == pytest.approx(1, abs=1e-5)


def test_text_stays_as_it_is(models, tmp_path):
    source, made = tmp_path / "in.csv", tmp_path / "out.csv"
    lines = ["id,u,g,r,i,z", "007,18.40,17.30,16.900,16.7,16.65", "1.24e18,18.1,17.3,16.9,16.7,nan"]
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run(models, source, made)
    written = made.read_text(encoding="utf-8").splitlines()
    for before, after in zip(lines, written, strict=True):
        assert after.startswith(before + ",")
    assert "no type" in written[2]


def test_metadata_of_parquet_stays(models, stars, tmp_path):
    columns = {n: np.asarray(stars[n]) for n in stars.colnames}
    table = pa.table(columns).replace_schema_metadata({"made": "here"})
    table = table.set_column(1, pa.field("u", pa.float64(), metadata={"unit": "mag"}), table["u"])
    pq.write_table(table, tmp_path / "in.parquet")
    run(models, tmp_path / "in.parquet", tmp_path / "out.parquet")
    schema = pq.read_schema(tmp_path / "out.parquet")
    assert schema.metadata[b"made"] == b"here"
    assert schema.field("u").metadata[b"unit"] == b"mag"


BANDS = "u,g,r,i,z\n"
BAD = {
    "empty.csv": ("", "empty|no line|no columns|holds no"),
    "header.csv": (BANDS, "holds no star"),
    "twice.csv": ("u,g,r,i,z,u\n18,17,16,16,16,18\n", "stands twice|both|twice"),
    "short.fits": ("SIMPLE  =                    T", "cannot be read|no table|holds"),
    "fluxes.ecsv": (
        "# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n"
        + "".join(f"# - {{name: {b}, unit: nmgy, datatype: float64}}\n" for b in "ugriz")
        + BANDS
        + "1,2,3,4,5\n",
        "does not convert to mag",
    ),
    "other.csv": ("a,b\n1,2\n", "no column u, g, r, i, z"),
    "taken.csv": ("u,g,r,i,z,type\n18,17,16,16,16,G\n", "column type already"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_table_is_one_sentence_and_leaves_nothing(models, tmp_path, name):
    text, said = BAD[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=said) as error:
        run(models, tmp_path / name, tmp_path / "out.parquet")
    assert len(str(error.value).splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_fits_cut_short(models, stars, tmp_path):
    whole = saved(stars, tmp_path / "in.fits").read_bytes()
    (tmp_path / "in.fits").write_bytes(whole[: len(whole) - 6000])
    with pytest.raises(UserError, match=r"cannot be read as fits"):
        run(models, tmp_path / "in.fits", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_failing_last_batch_leaves_no_output(models, tmp_path):
    rows = "18,17,16,16,16\n" * 40 + "18,17,16\n"
    (tmp_path / "in.csv").write_text(BANDS + rows, encoding="utf-8")
    with pytest.raises(UserError) as error:
        run(models, tmp_path / "in.csv", tmp_path / "out.csv", rows=10)
    assert len(str(error.value).splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_swapped_bands_are_flagged_and_said(models, stars, tmp_path, capsys):
    names = dict(zip("ugriz", "zirgu", strict=True))
    run(models, saved(stars, tmp_path / "in.csv"), tmp_path / "out.parquet", columns=names)
    flags = pq.read_table(tmp_path / "out.parquet")["type_flag"]
    assert all("bands look exchanged" in (flag or "") for flag in flags.to_pylist())
    assert "bands look exchanged" in capsys.readouterr().err


def test_bands_of_few_rows_beside_impossible_ones_are_not_called_exchanged(
    models, stars, tmp_path, capsys
):
    stars["u"], stars["g"] = stars["g"].copy(), stars["u"].copy()
    stars["z"][:35] = 99.0
    run(models, saved(stars, tmp_path / "in.csv"), tmp_path / "out.csv")
    assert "bands look exchanged" not in capsys.readouterr().err


def test_the_summary_says_what_was_read_and_that_dust_is_in_it(models, stars, tmp_path, capsys):
    stars.rename_column("u", "u mine")
    run(
        *(models, saved(stars, tmp_path / "in.csv"), tmp_path / "out.csv"),
        columns={"u": "u mine"},
    )
    said = capsys.readouterr().err
    assert (
        "read: u=u mine, g, r, i, z, redshift; magnitudes taken as observed (not dereddened); "
        "--column u=yours reads another column\n"
    ) in said
    assert "not used" not in said
    assert "shifted" not in said


def test_columns_whose_model_lacks_another_are_not_said_to_be_read():
    columns = ("ugriz", [*"ugriz", "redshift"], [*"ugriz", "redshift", *SSPP])
    photometry, redshift, sspp = (SimpleNamespace(columns=tuple(names)) for names in columns)
    models = [sspp, redshift, photometry]

    def said(*names):
        typist = Typist(Plan({name: name for name in names}), models)
        return [line for line in summary(Tally(dusty=0), typist).splitlines() if "read" in line]

    read, told = said(*"ugriz", *SSPP)
    assert read.startswith("read: u, g, r, i, z; ")
    assert told == (
        "sppTeff, sppLogG, sppFeH: not used, since the model that reads them needs redshift, too; "
        "name yours by --column redshift=my_redshift (--unit redshift=km/s for a velocity)"
    )
    _, told = said(*"ugriz", "redshift", "sppTeff", "sppFeH")
    assert told.endswith("needs sppLogG, too; name yours by --column sppLogG=my_sppLogG")
    assert len(said(*"ugriz", "redshift")) == len(said(*"ugriz", "redshift", *SSPP)) == 1


def test_velocities_for_redshifts_are_named_with_what_to_type(models, stars, tmp_path, capsys):
    told = "redshift: most values cannot be; a velocity needs its unit: --unit redshift=km/s"
    run(models, saved(stars, tmp_path / "in.csv"), tmp_path / "out.csv")
    assert "most values" not in capsys.readouterr().err
    stars["redshift"] = stars["redshift"] * 299792.458
    source = saved(stars, tmp_path / "kms.csv")
    run(models, source, tmp_path / "kms_out.csv")
    assert told in capsys.readouterr().err
    tally = run(models, source, tmp_path / "read.csv", units={"redshift": "km/s"})
    assert told not in capsys.readouterr().err
    assert tally.tiers["redshift"] == 60


def test_galaxies_of_viziers_tables_are_flagged(models, stars, tmp_path):
    for band in "ugriz":
        stars.rename_column(band, f"{band}mag")
    stars["class"] = np.where(np.arange(len(stars)) == 4, 3, 6)
    run(models, saved(stars, tmp_path / "in.csv"), tmp_path / "out.csv")
    flags = Table.read(tmp_path / "out.csv")["type_flag"]
    flagged = [n for n, flag in enumerate(flags) if "calls it no star" in str(flag)]
    assert flagged == [4]


def test_a_column_that_no_model_given_reads_is_named(models, stars, tmp_path, capsys):
    for name in ("sppTeff", "sppLogG"):
        stars[name] = 5.0
    source = saved(stars, tmp_path / "in.csv")
    run(models / "photometry", source, tmp_path / "out.csv")
    (told,) = [line for line in capsys.readouterr().err.splitlines() if "not used" in line]
    assert told == (
        "redshift: not used, since no model given reads it; make model makes one that does, "
        "--model results/model uses it"
    )
    stars["sppFeH"] = -1.0  # a model of SSPP values needs all three
    source = saved(stars, tmp_path / "more.csv")
    run(models, source, tmp_path / "more_out.csv")
    (told,) = [line for line in capsys.readouterr().err.splitlines() if "not used" in line]
    assert told.startswith("sppTeff, sppLogG, sppFeH: not used")
    run(models / "photometry", source, tmp_path / "none.csv", columns={"redshift": None})
    assert "redshift: not used" not in capsys.readouterr().err


def test_shifted_magnitudes_are_said_and_flag_no_row(models, stars, tmp_path, capsys):
    stars["u"] -= 1.0
    run(models, saved(stars, tmp_path / "in.csv"), tmp_path / "out.parquet")
    said = capsys.readouterr().err
    assert "magnitudes look shifted: the whole table is far more like stars with u some 1" in said
    flags = pq.read_table(tmp_path / "out.parquet")["type_flag"]
    assert not any("shifted" in (flag or "") for flag in flags.to_pylist())


def test_exchanged_bands_are_not_called_shifted(models, stars, tmp_path, capsys):
    names = {"g": "i", "i": "g"}
    run(models, saved(stars, tmp_path / "in.csv"), tmp_path / "out.csv", columns=names)
    said = capsys.readouterr().err
    assert "bands look exchanged" in said
    assert "shifted" not in said


def test_an_output_in_no_folder_is_refused(models, stars, tmp_path):
    source = saved(stars, tmp_path / "in.csv")
    with pytest.raises(UserError, match=r"there is no folder .*typos; make it, or name another"):
        run(models, source, tmp_path / "typos" / "out.csv")
    assert not (tmp_path / "typos").exists()


def test_decimal_commas_between_commas_are_named(models, tmp_path):
    text = BANDS + "19,31,18,04,17,52,17,31,17,22\n" * 30
    (tmp_path / "in.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="if its numbers have decimal commas, save it with decimal"):
        run(models, tmp_path / "in.csv", tmp_path / "out.csv")


def test_decimal_commas_before_three_digits_are_read_or_asked_about(models, tmp_path, capsys):
    columns, _, _ = star_columns(30, seed=9)
    cells = [[f"{columns[b][n]:.3f}" for b in "ugriz"] for n in range(30)]
    header = "u;g;r;i;z\n"
    points = header + "".join(";".join(row) + "\n" for row in cells)
    commas = points.replace(".", ",")
    (tmp_path / "points.csv").write_text(points, encoding="utf-8")
    (tmp_path / "commas.csv").write_text(commas, encoding="utf-8")
    expected = run(models, tmp_path / "points.csv", tmp_path / "a.csv").classes
    assert run(models, tmp_path / "commas.csv", tmp_path / "b.csv").classes == expected
    renamed = "\n".join(["a;b;c;d;e", *commas.split("\n")[1:]])
    (tmp_path / "own.csv").write_text(renamed, encoding="utf-8")
    own = dict(zip("ugriz", "abcde", strict=True))
    with pytest.raises(UserError, match=r"column a has numbers such as '.*: decimal comma or thou"):
        run(models, tmp_path / "own.csv", tmp_path / "c.csv", columns=own)
    assert not (tmp_path / "c.csv").exists()


def test_where_no_row_is_typed_the_summary_says_why(models, stars, tmp_path, capsys):
    stars["u"] = [-9999.0] * 60
    run(models, saved(stars, tmp_path / "in.csv"), tmp_path / "out.csv")
    said = capsys.readouterr().err
    assert "no row was typed: a value that every model needs is missing (all rows)" in said
    stars["u"] = [-9999.0] * 59 + [17.0]
    run(models, saved(stars, tmp_path / "one.csv"), tmp_path / "one_out.csv")
    assert "no row was typed" not in capsys.readouterr().err


def test_columns_called_as_corrected_magnitudes_are_named(models, stars, tmp_path, capsys):
    stars.rename_column("u", "u0")
    source = saved(stars, tmp_path / "in.csv")
    run(models, source, tmp_path / "out.csv", columns={"u": "u0"})
    assert "\nu0: names like these mean magnitudes corrected" in capsys.readouterr().err


def test_a_folder_and_no_file(models, tmp_path):
    with pytest.raises(UserError, match="is a folder"):
        run(models, tmp_path, tmp_path / "out.csv")
    with pytest.raises(UserError, match="there is no file"):
        run(models, tmp_path / "none.csv", tmp_path / "out.csv")


def test_most_rows_flagged_is_said(models, tmp_path, capsys):
    rows = "".join(f"{f},{f + 3},{f - 2},{f},{f + 1}\n" for f in range(10, 20))
    (tmp_path / "odd.csv").write_text(BANDS + rows, encoding="utf-8")
    run(models, tmp_path / "odd.csv", tmp_path / "out.csv")
    assert "many rows are flagged" in capsys.readouterr().err


def test_galaxies_that_the_table_names_are_flagged_and_dust_is_said(
    models, stars, tmp_path, capsys
):
    run(models, saved(stars, tmp_path / "in.csv"), tmp_path / "out.csv")
    assert "dust: no column says how much; behind more than 0.2 mag in r types are worse" in (
        capsys.readouterr().err
    )
    stars["extinction_r"] = [0.1, 0.3, 0.4] * 20
    stars["probPSF"] = [1] * 50 + [0] * 10
    run(models, saved(stars, tmp_path / "more.fits"), tmp_path / "more.parquet", rows=17)
    flags = pq.read_table(tmp_path / "more.parquet")["type_flag"].to_pylist()
    assert [(flag or "").startswith("the table calls it no star") for flag in flags] == (
        [False] * 50 + [True] * 10
    )
    assert "dust: 40 rows lie deep in it; behind more than" in capsys.readouterr().err


def test_a_redshift_called_z_is_no_z_band(models, stars, tmp_path):
    stars.rename_columns(["z", "redshift"], ["zmag", "z"])
    source = saved(stars, tmp_path / "in.csv")
    with pytest.raises(UserError, match="column z lies below 1 where r is above 10: a") as error:
        run(models, source, tmp_path / "out.csv")
    advice = re.fullmatch(r".* by --column (\w+)=(\w+)", said(str(error.value), OPTIONS))
    assert advice.groups() == ("z", "zmag")
    assert not (tmp_path / "out.csv").exists()
    tally = run(models, source, tmp_path / "out.csv", columns=dict([advice.groups()]))
    assert tally.tiers == {"redshift": 60}


@pytest.mark.parametrize("kind", ["csv", "tsv", "parquet", "fits"])
def test_ids_that_a_spreadsheet_cut_are_named_and_stay(models, stars, tmp_path, capsys, kind):
    for name in ("specObjID", "note"):
        stars.remove_column(name)
    text = kind in ("csv", "tsv")
    stars["objID"] = ["1.2376E+18" if text else 1.2376e18] * 59 + ["17" if text else 17.0]
    stars["specObjID"] = ["299489677444933000"] * 60 if text else IDS + np.arange(60)
    source = tmp_path / f"in.{kind}"
    if kind == "tsv":
        stars.write(source, format="ascii.tab")
    else:
        saved(stars, source)
    run(models, source, tmp_path / "out.csv")
    told = [line for line in capsys.readouterr().err.splitlines() if "ids" in line]
    assert told[0] == (
        "column objID: 59 of 60 ids are floating-point numbers, which may have lost digits; they "
        "stand as they were: take them from a table that has them as text"
    )
    assert [line.partition(", which")[0] for line in told[1:]] == (
        ["column specObjID: 60 of 60 ids end in zeros from digit 16 on"] if text else []
    )
    first = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[1].split(",")
    assert first[6:8] == (["1.2376E+18", "299489677444933000"] if text else first[6:8])
    assert float(first[6]) == 1.2376e18


def test_explain(models, stars, tmp_path, capsys):
    stars.remove_column("redshift")
    run(models, saved(stars, tmp_path / "in.fits"), tmp_path / "out.csv", explain=True)
    said = capsys.readouterr().err
    assert "u is u: mag, in mag" in said
    assert "not corrected for dust" in said
    assert "models learnt from simulated stars, and their cards" in said
    assert "cannot be used: no redshift" in said


def test_the_mix_is_said(models, stars, tmp_path, capsys):
    mix = tmp_path / "mix.json"
    mix.write_text('{"O":0,"B":0,"A":0,"F":1,"G":3,"K":0,"M":0}', encoding="utf-8")
    source = saved(stars, tmp_path / "in.csv")
    run(models, source, tmp_path / "out.csv", mix=str(mix), explain=True)
    said = capsys.readouterr().err
    line = "mix of classes, as given: O 0.000, B 0.000, A 0.000, F 0.250, G 0.750, K 0.000, M 0.000"
    assert said.count(line) == 2  # by --explain, and in the summary
    assert "the mix contradicts the star's own probabilities" in said


def test_a_name_that_an_output_cannot_hold_is_refused_before_a_row_is_typed(
    models, stars, tmp_path, monkeypatch
):
    monkeypatch.setattr(Typist, "typed", None)
    stars["größe"] = 1
    source = saved(stars, tmp_path / "in.csv")
    with pytest.raises(UserError, match="cannot hold the name 'größe' of column 9"):
        run(models, source, tmp_path / "out.fits")
    with pytest.raises(UserError, match="the prefix 'ü' begins no name"):
        run(models, source, tmp_path / "out.csv", prefix="ü")


def test_one_star(models):
    columns, labels, _ = star_columns(3, seed=9)
    said = one(models, {band: float(columns[band][2]) for band in "ugriz"})
    assert said.startswith("OBAFGKM"[labels[2]])
    with pytest.raises(UserError, match="u = 99 cannot be"):
        one(models, dict.fromkeys("ugriz", 99.0))


def test_values_of_one_star_that_its_model_does_not_read_are_named(models):
    columns, _, _ = star_columns(3, seed=9)
    star = {band: float(columns[band][2]) for band in "ugriz"}
    said = one(models, star | {"sppTeff": 6300.0, "redshift": 1e-4}).splitlines()
    assert "by the model subclass/redshift" in said[0]
    assert said[-1] == "not used: --teff; no model given reads it"
    assert "not used" not in one(models, star | {"redshift": 1e-4})
    photometry, redshift, sspp = (
        SimpleNamespace(columns=tuple(columns))
        for columns in ("ugriz", [*"ugriz", "redshift"], [*"ugriz", "redshift", *SSPP])
    )
    some = unread(star | dict.fromkeys(SSPP, 1.0), photometry, [sspp, redshift, photometry])
    assert some == [
        "not used: --teff, --logg, --feh; the model that reads them needs --redshift, too"
    ]
    some = unread([*star, "redshift", "sppTeff"], redshift, [sspp, redshift, photometry])
    assert some == ["not used: --teff; the model that reads it needs --logg, --feh, too"]
    with pytest.raises(UserError, match=r"the model subclass/redshift .* needs --redshift, too"):
        one(models / "redshift", star)


def test_info_shows_what_the_study_found_beside_it(models, tmp_path):
    place = shutil.copytree(models, tmp_path / "model")
    recalls = {f"recall_{c}": 0.25 if c == "O" else 0.5 for c in "OBAFGKM"}
    row = {"label": "subclass", "tier": "photometry", "rows": 900, "folds": 16, "accuracy": 0.8125}
    rows = [
        row | {"f1_macro": 0.7, **recalls},
        {**row, "label": "elodie", "f1_macro": 0, **recalls},
    ]
    files.write_text(tmp_path / "summary/tiers.csv", files.csv_text(rows))
    said = info(place)
    assert "on 900 stars in 16 folds: accuracy 81.2 %, macro-F1 70.0 %; recall in % O 25, B" in said
    assert said.count("## The study") == 1
    assert "## The study" not in info(models)


def test_info_shows_the_cards(models):
    assert info(models).count("# Model subclass/") == 2


@pytest.mark.long
@pytest.mark.parametrize("kind", ["fits", "vot", "ecsv"])
def test_the_program_reads_and_writes_what_astropy_does(models, stars, tmp_path, kind):
    """In a process of its own, as users run it: the program keeps pandas away."""
    source, made = saved(stars, tmp_path / f"in.{kind}"), tmp_path / f"out.{kind}"
    words = ["classify", str(source), "-o", str(made), "--model", str(models)]
    done = subprocess.run(
        [sys.executable, "-m", "stellar.classify.program", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert len(Table.read(made)) == 60


def test_standard_input_and_output_without_what_is_heavy(models, stars, tmp_path):
    """In a process of its own, as users run it."""
    source = saved(stars, tmp_path / "in.csv").read_bytes()
    heavy = "tensorflow keras sklearn lightgbm pandas scipy onnx"
    program = (
        "import sys; from stellar.classify.program import command; "
        f"sys.argv = ['', 'classify', '-', '--model', {str(models)!r}]; command(); "
        f"print([name for name in {heavy.split()} if sys.modules.get(name)], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=source,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
    )
    assert done.stderr.decode().splitlines()[-1] == "[]"
    assert len(done.stdout.decode().splitlines()) == 61
