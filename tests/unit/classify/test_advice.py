import re
import shlex
from pathlib import Path

import pytest
from stellar.classify.advice import advice, beside
from stellar.classify.commands import Request, classify, oddities
from stellar.classify.model import load_all
from stellar.classify.program import chosen
from stellar.classify.typed import Typist, plan_of
from stellar.classify.words import CONFIGURATION, OPTIONS, PYTHON, said
from stellar.errors import UserError
from stellar.survey.table_file import TableFile


def refusal_of(models, names, path="a.csv"):
    table = TableFile(Path(path), "csv", names, lambda _: iter([]))
    with pytest.raises(UserError) as end:
        plan_of(table, load_all(models), {}, {})
    return table, str(end.value)


@pytest.mark.parametrize(
    "pattern",
    ["cModelMag_{}", "{}_psfMag", "MAG_GAAP_{}", "{}_SDSS", "p.{}", "{} (SDSS)", "sdss-{}"],
)
@pytest.mark.parametrize("upper", [False, True])
def test_the_columns_that_it_names_work_as_typed(models, pattern, upper):
    bands = "UGRIZ" if upper else "ugriz"
    names = ["ID", *(f"e_{pattern.format(b)}" for b in bands), "snrg", "snru", "snrr", "snrz"]
    table, text = refusal_of(models, [*names, *(pattern.format(b) for b in bands)])
    words = shlex.split(said(text, OPTIONS).split(" by ")[1].split("; ")[0])
    assert words[::2] == ["--column"] * 5
    found = plan_of(table, load_all(models), chosen(words[1::2], "--column"), {}).columns
    assert found == {band: pattern.format(b) for band, b in zip("ugriz", bands, strict=True)}
    mapping = re.search(r"\{.*?\}", said(text, PYTHON))[0]
    assert dict(re.findall(r'"(.*?)": "(.*?)"', mapping)) == found
    assert "under classify.columns, for example `u: " in said(text, CONFIGURATION)


def test_magnitudes_come_before_fluxes_and_corrected_ones(models):
    every = [p.format(b) for p in ("{}_psfFlux", "{}0", "{}_psfMag") for b in "ugriz"]
    assert "`u: u_psfMag, " in refusal_of(models, every)[1]
    assert "; u0 is corrected for dust, " in refusal_of(models, every[:10])[1]
    assert "; u_psfFlux is a flux, " in refusal_of(models, every[:5])[1]


@pytest.mark.parametrize("other", ["v", "y"])
def test_a_band_that_sdss_has_not_says_another_survey(models, other):
    names = [f"{band}_psf" for band in "ugriz"]
    assert "SDSS's magnitudes" not in refusal_of(models, names)[1]
    text = refusal_of(models, [*names, f"{other}_psf"])[1]
    assert f"`, if they are SDSS's magnitudes: {other}_psf beside them is not;" in text
    assert "stellar-types query" not in text


def test_stars_of_another_survey_are_looked_up_first(models, tmp_path):
    table = tmp_path / "a.csv"
    table.touch()
    names = ["ra", "dec", "v_psf", *(f"{band}_psf" for band in "ugriz")]
    text = refusal_of(models, names, str(table))[1]
    assert text.index("stellar-types query --positions") < text.index("`u: u_psf, ")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["u", "g", "r", "i", "z", "y"], ("y",)),
        (["u", "g", "r", "i", "z", "x", "y"], ()),  # a place
        (["umag", "gmag", "rmag", "imag", "zmag", "ymag"], ("ymag",)),
        (
            [
                "umag",
                "gmag",
                "rmag",
                "imag",
                "zmag",
                "Ymag",
                "Vmag",
                "g_ps",
                "r_ps",
                "z_ps",
                "y_ps",
            ],
            (),
        ),
        (["psfMag_u", "psfMag_g", "psfMag_r", "psfMag_i", "psfMag_z", "y"], ()),
    ],
)
def test_bands_that_sdss_has_not_stand_in_the_plan(models, names, found):
    table = TableFile(Path("a.csv"), "csv", names, lambda _: iter([]))
    plan = plan_of(table, load_all(models), {}, {})
    assert plan.beside == beside(names, plan.columns) == found
    said = " ".join(oddities(Typist(plan, []), False))
    assert ("is no band of SDSS" in said) == bool(found)


def test_a_redshift_without_a_z_band_has_the_query(models, tmp_path):
    path = tmp_path / "a.csv"
    head, row = "specObjID,u,g,r,i,z", "1,19,18,17,16,0.0001"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    query = f"no z band; type stellar-types query --ids {path} -o sdss.csv"
    with pytest.raises(UserError, match=re.escape(query)):
        classify(Request(str(path), str(tmp_path / "o.csv"), models))
    path.write_text(f"{head},z_mag\n{row},15\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"no z band; name that .*`z: z_mag`"):
        classify(Request(str(path), str(tmp_path / "o.csv"), models))


def test_gaias_g_is_named_for_what_it_is(models):
    table, text = refusal_of(models, ["umag", "Gmag", "rmag", "imag", "zmag"])
    assert advice(table, ["g"], {"u": "umag"}) in text
    assert "no column g, which every model needs; Gmag has another case" in text
    assert said(text, OPTIONS).split("; ")[2] == "if it is SDSS's g, name it by --column g=Gmag"


@pytest.mark.parametrize(
    ("names", "option"),
    [
        (["RAJ2000", "DEJ2000", "gmag", "rmag", "imag", "zmag"], "--positions"),
        (["raMean", "decMean", "gMeanPSFMag", "rMeanPSFMag", "zMeanPSFMag"], "--positions"),
        (["objID", "RA", "DEC", "flux_g", "flux_r", "flux_z"], "--positions"),
        (["specobjid", "class", "z"], "--ids"),
        (["phot_g_mean_mag"], None),
    ],
)
def test_without_a_u_band_sdss_is_to_be_asked(models, tmp_path, names, option):
    path = tmp_path / "my stars.csv"
    path.write_text("", encoding="utf-8")
    text = refusal_of(models, names, path)[1]
    command = f"type stellar-types query {option} '{path}' -o sdss.csv where"
    assert (command in text) == (option is not None)
    assert "query" not in refusal_of(models, names, "the DataFrame")[1]
