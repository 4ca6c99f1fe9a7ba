"""Tables and models that are not as they should be: a sentence or a flag, no silent type."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_models import make_model, star_columns
from project import ROOT
from stellar.classify import folder
from stellar.classify.program import main

HEAD = "u,g,r,i,z\n"


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    place = tmp_path_factory.mktemp("models")
    make_model(place, "photometry")
    make_model(place, "redshift")
    return place


@pytest.fixture
def refused(models, tmp_path, capsys):
    """What the command says of a table that it refuses; no output is left."""

    def said(path, *words: str) -> str:
        before = sorted(tmp_path.iterdir())
        with pytest.raises(SystemExit) as end:
            main(
                [
                    "classify",
                    str(path),
                    "-o",
                    str(tmp_path / "o.csv"),
                    "--model",
                    str(models),
                    *words,
                ]
            )
        assert end.value.code == 1
        text = capsys.readouterr().err
        assert text.startswith("error: ")
        assert len(text.splitlines()) == 1
        assert sorted(tmp_path.iterdir()) == before
        return text

    return said


@pytest.fixture
def typed(models, tmp_path, capsys):
    """The typed table, and what the command says."""

    def made(columns: dict, *words: str) -> tuple[pa.Table, str]:
        pq.write_table(pa.table(columns), tmp_path / "in.parquet")
        out = str(tmp_path / "out.parquet")
        main(["classify", str(tmp_path / "in.parquet"), "-o", out, "--model", str(models), *words])
        return pq.read_table(out), capsys.readouterr().err

    return made


TEXTS = {
    "an empty file": ("t.csv", "", "empty|no line|holds no"),
    "0 rows": ("t.csv", HEAD, "holds no star"),
    "a wrong delimiter": ("t.csv", "u~g~r~i~z\n18~17~16~16~16\n", "no column u, g, r, i, z"),
    "a name twice": ("t.csv", "u,g,r,i,z,u\n18,17,16,16,16,1\n", "'u' stands twice"),
    "a row cut short": ("t.csv", HEAD + "18,17,16,16,16\n18,17\n", "in.csv|t.csv"),
    "dereddened magnitudes": (
        "t.csv",
        "dered_u,dered_g,dered_r,dered_i,dered_z\n18,17,16,16,16\n",
        "corrected for dust",
    ),
    "fluxes by their unit": (
        "t.ecsv",
        "# %ECSV 1.0\n# ---\n# delimiter: ','\n# datatype:\n"
        + "".join(f"# - {{name: {b}, unit: nmgy, datatype: float64}}\n" for b in "ugriz")
        + HEAD
        + "1,2,3,4,5\n",
        "does not convert to mag",
    ),
    "text that is no table": ("t.fits", "no table at all", "cannot be read as fits"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_table_that_cannot_be_read(refused, tmp_path, case):
    import re

    name, text, why = TEXTS[case]
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert re.search(why, refused(tmp_path / name))


def test_a_folder_no_file_and_a_fits_cut_short(refused, tmp_path):
    from astropy.table import Table

    assert "is a folder" in refused(tmp_path)
    assert "there is no file" in refused(tmp_path / "none.csv")
    columns, _, _ = star_columns(500)
    Table(columns).write(tmp_path / "t.fits")
    content = (tmp_path / "t.fits").read_bytes()
    (tmp_path / "t.fits").write_bytes(content[: len(content) // 2])
    assert "cannot be read as fits" in refused(tmp_path / "t.fits")


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "-9999", "faint", "99.99", "", "1e300"])
def test_a_value_that_is_none_gives_no_type(typed, value):
    table, _ = typed({"u": [value, "18.4"], **{b: ["17.0", "16.9"] for b in "griz"}})
    assert table["type"].is_valid().to_pylist() == [False, True]
    assert table["type_flag"][0].as_py().startswith("no type")
    assert table["type_p_G"][0].as_py() is None


@pytest.mark.parametrize("fainter", [0, 1, 2, 3])
def test_nanomaggies_without_a_unit_are_flagged_and_said(typed, fainter):
    columns, _, kinds = star_columns(300, seed=6)
    stars = kinds == ""
    fluxes = {b: 10 ** ((22.5 - columns[b][stars] - fainter) / 2.5) for b in "ugriz"}
    table, said = typed(fluxes)
    assert table["type_flag"].null_count < 0.05 * len(table)
    assert "many rows are flagged" in said


@pytest.mark.parametrize("pair", ["ug", "gr", "ri", "uz"])
def test_swapped_bands_are_said(typed, pair):
    columns, _, kinds = star_columns(300, seed=6)
    magnitudes = {b: columns[b][kinds == ""] for b in "ugriz"}
    one, other = pair
    _, well = typed(magnitudes)
    assert "many rows" not in well
    table, said = typed({**magnitudes, one: magnitudes[other], other: magnitudes[one]}, "--force")
    assert "many rows are flagged" in said
    assert table["type_flag"].null_count < 0.8 * len(table)


def test_galaxies_and_quasars_are_flagged(typed):
    columns, _, _ = star_columns(90, seed=6)
    magnitudes = {b: columns[b] for b in "ugriz"}
    called = ["GALAXY", "QSO   ", "STAR"] * 30
    table, said = typed({**magnitudes, "class": called})
    flags = table["type_flag"].to_pylist()
    for kind, flag in zip(called, flags, strict=True):
        assert ("the table calls it no star" in (flag or "")) == (kind != "STAR")
    assert "many rows are flagged" in said
    table, _ = typed({**magnitudes, "redshift": np.full(90, 0.1)}, "--force")
    assert table["type_flag"].null_count == 0


def test_ids_of_19_digits_and_ids_that_lost_theirs_stay_as_they_are(models, tmp_path):
    ids = ["1237648720693755918", "18446744073709551615", "1.24e18", "007"]
    lines = [f"{own},18.4,17.3,16.9,16.7,16.6" for own in ids]
    (tmp_path / "t.csv").write_text("objid," + HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    for name in ("o.csv", "o.parquet", "o.ecsv"):
        main(
            [
                "classify",
                str(tmp_path / "t.csv"),
                "-o",
                str(tmp_path / name),
                "--model",
                str(models),
            ]
        )
    found = (tmp_path / "o.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [line.split(",")[0] for line in found] == ids
    assert pq.read_table(tmp_path / "o.parquet")["objid"].to_pylist() == ids


def test_an_output_that_exists_stays(models, tmp_path, capsys):
    (tmp_path / "t.csv").write_text(HEAD + "18.4,17.3,16.9,16.7,16.6\n", encoding="utf-8")
    (tmp_path / "o.csv").write_text("mine", encoding="utf-8")
    words = ["classify", str(tmp_path / "t.csv"), "-o", str(tmp_path / "o.csv")]
    with pytest.raises(SystemExit) as end:
        main([*words, "--model", str(models)])
    assert end.value.code == 1
    assert "exists; name another output" in capsys.readouterr().err
    assert (tmp_path / "o.csv").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", sorted({*folder.LISTED} - {folder.KERAS}))
def test_a_model_with_a_byte_changed(models, tmp_path, capsys, name):
    own = shutil.copytree(models, tmp_path / "models")
    path = own / "photometry" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(SystemExit) as end:
        main(["one", "18.4", "17.3", "16.9", "16.7", "16.6", "--model", str(own)])
    assert end.value.code == 1
    assert f"{name} has changed since the model was made" in capsys.readouterr().err


def test_a_keras_file_with_a_program_in_it_is_never_opened(models, tmp_path):
    """Its layer would write a file; the command does not even import Keras."""
    own = shutil.copytree(models / "photometry", tmp_path / "model")
    (own / folder.KERAS).write_bytes(b"PK\x03\x04 no archive: whoever opens it fails")
    folder.seal(own)
    program = (
        "import sys; from stellar.classify.program import main; "
        f"main(['one', '18.4', '17.3', '16.9', '16.7', '16.6', '--model', {str(own)!r}]); "
        "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    run = [sys.executable, "-c", program]
    subprocess.run(run, env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")}, check=True)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "parquet", "fits"])
def test_a_full_disk_is_a_sentence_and_leaves_nothing(models, tmp_path, kind):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    made = subprocess.run(mount, check=False, capture_output=True, encoding="utf-8")
    if made.returncode:
        pytest.skip(f"no file system can be mounted here: {made.stderr.strip()}")
    try:
        columns, _, _ = star_columns(40_000)
        pq.write_table(pa.table(columns), tmp_path / "in.parquet")
        done = subprocess.run(
            [
                *(sys.executable, "-m", "stellar.classify.program", "classify"),
                *(str(tmp_path / "in.parquet"), "-o", str(disk / f"o.{kind}")),
                *("--model", str(models)),
            ],
            env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
            check=False,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 1
        assert done.stderr.startswith("error: no space is left for ")
        assert len(done.stderr.splitlines()) == 1
        assert list(Path(disk).iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)
