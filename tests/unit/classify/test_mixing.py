import numpy as np
import pytest
from made_models import star_columns
from stellar.classify.mixing import shares_of
from stellar.classify.model import load_all
from stellar.classify.typed import Typist, plan_of
from stellar.errors import UserError
from stellar.survey.table_readers import opened


def test_a_file_of_shares(tmp_path):
    path = tmp_path / "mix.json"
    path.write_text('{"F": 1, "G": 3}', encoding="utf-8")
    assert shares_of(str(path), None, None).tolist() == [0, 0, 0, 0.25, 0.75, 0, 0]


@pytest.mark.parametrize("text", ["{", "[1]", '{"X": 1}', '{"F": -1}', "{}", '{"F": "many"}'])
def test_a_file_of_something_else(tmp_path, text):
    path = tmp_path / "mix.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="should hold shares by class"):
        shares_of(str(path), None, None)


def test_no_file(tmp_path):
    with pytest.raises(UserError, match="--mix estimate"):
        shares_of(str(tmp_path / "none.json"), None, None)


def test_an_estimate_finds_the_mix_that_was_planted(models, tmp_path):
    columns, labels, _ = star_columns(4000, seed=4)
    random = np.random.default_rng(0)
    wanted = (labels == 4) | ((labels == 5) & (random.random(4000) < 1 / 3))
    path = tmp_path / "stars.csv"
    rows = np.column_stack([columns[band][wanted] for band in "ugriz"])
    np.savetxt(path, rows, delimiter=",", header="u,g,r,i,z", comments="", fmt="%.5f")
    loaded = load_all(models)
    with opened(path) as table:
        typist = Typist(plan_of(table, loaded, {}, {}), loaded)
        shares = shares_of("estimate", table, typist)
    assert shares[4] == pytest.approx(0.75, abs=0.04)
    assert shares[5] == pytest.approx(0.25, abs=0.04)
