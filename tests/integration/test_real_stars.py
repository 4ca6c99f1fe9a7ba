"""What a network trained on simulated stars is worth on others, as a program."""

import json

import numpy as np
import pandas as pd
import pytest
import real_stars
from stellar.errors import UserError
from stellar.survey.simulated.shard import simulate_shard


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files in the form of the real ones, of simulated stars of another seed."""
    path = tmp_path_factory.mktemp("real")
    stars = simulate_shard(seed=77, shard=0, n_stars=1500)
    stars = stars[(stars["bestObjID"] != 0) & (stars["u"] > 0)]
    random, n = np.random.default_rng(0), len(stars)
    # Over all the sky: a small shard has few plates.
    stars = stars.assign(ra=random.uniform(0, 360, n), dec=random.uniform(-5, 60, n))
    stars.assign(sciencePrimary=1).to_csv(path / "real_natural_mix.csv", index=False)
    columns = [*"ugriz", "ra", "dec", "redshift", "subClass"]
    stars[columns].to_csv(path / "real_stars.csv", index=False)
    cool = stars["subClass"].str.match("M[0-4]$")
    stars.loc[cool, columns].to_csv(path / "real_m_dwarfs.csv", index=False)
    kinds = real_stars.simulated_kinds(30_000, 5)
    for name, kind in (("white_dwarfs", "white dwarf"), ("hot_subdwarfs", "hot subdwarf")):
        own = kinds[kinds["kind"] == kind]
        own = own.assign(ra=random.uniform(0, 360, len(own)), dec=random.uniform(-5, 60, len(own)))
        own.to_csv(path / f"real_{name}.csv", index=False)
    return path


@pytest.mark.slow
def test_the_program_tells_what_the_network_is_worth(folder, tmp_path, capsys):
    out = tmp_path / "real_stars.json"
    arguments = [f"--data={folder}", "--stars=12000", "--networks=1", f"--json={out}"]
    rows = real_stars.main(arguments)
    printed = capsys.readouterr().out
    assert printed.count("###") == 7
    written = json.loads(out.read_text(encoding="utf-8"))
    assert [set(row) for row in written] == [set(row) for row in rows]
    of_part = {(r["table"], r["part"], r["trained_on"]): r for r in rows}
    whole = of_part["real_natural_mix", "all", "simulated"]
    assert {"rows", "accuracy", "macro_recall", "confidence", "auc"} <= set(whole)
    # The stars are simulated, too: nothing tells them apart, and confidence is earned.
    assert whole["auc"] < 0.6
    assert whole["accuracy"] > 0.65
    assert abs(whole["overconfidence"]) < 0.05
    assert sum(whole["estimated_mix"]) == pytest.approx(1, abs=1e-3)
    shares = np.abs(np.subtract(whole["estimated_mix"], whole["mix"]))
    assert shares.max() < 0.08


def test_no_network_sees_the_stars_it_is_tried_on(folder):
    stars = real_stars.labelled_stars(folder, "real_natural_mix")
    assert 0.3 < stars.half.mean() < 0.7
    ra, dec = np.array([10.0, 12.0, 200.0]), np.array([1.0, 3.0, 40.0])
    assert real_stars.halves(ra, dec)[0] == real_stars.halves(ra, dec)[1]  # one cell, one half


def test_the_halves_are_files_that_share_no_star(folder, tmp_path):
    assert real_stars.main([f"--data={folder}", f"--halves={tmp_path}"]) == []
    halves = {path.stem: pd.read_csv(path) for path in tmp_path.iterdir()}
    assert set(halves) == {"fitted", "real_natural_mix_other", "real_stars_other"}
    fitted = halves.pop("fitted")
    places = set(zip(fitted["ra"], fitted["dec"], strict=True))
    for name, other in halves.items():
        assert list(other) == [*"ugriz", "ra", "dec", "redshift", "subClass"]
        assert not places & set(zip(other["ra"], other["dec"], strict=True))
        stars = real_stars.labelled_stars(folder, name.removesuffix("_other"))
        assert len(other) == stars.half.sum()


def test_a_wrong_folder_is_one_sentence(folder, tmp_path):
    with pytest.raises(UserError, match=r"real_natural_mix\.csv cannot be read as a CSV file"):
        real_stars.main([f"--data={tmp_path}"])
    (tmp_path / "real_natural_mix.csv").write_text("u,g\n1,2\n", encoding="utf-8")
    with pytest.raises(UserError, match="has no column r, i, z, ra, dec, subClass"):
        real_stars.main([f"--data={tmp_path}"])
