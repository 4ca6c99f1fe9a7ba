import json
from types import SimpleNamespace

import numpy as np
import pytest
from made_models import star_columns
from stellar.classify.mixing import in_words, shares_of
from stellar.classify.model import load_all
from stellar.classify.typed import Typist, plan_of
from stellar.errors import UserError
from stellar.survey.table_readers import opened

JUDGE = SimpleNamespace(shares=np.array([0, 0, 0.2, 0.2, 0.2, 0.1, 0.3]))  # nothing known of O, B
TRAINED = SimpleNamespace(models=[SimpleNamespace(judge=JUDGE)])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_of_shares(tmp_path, encoding):
    path = tmp_path / "mix.json"
    path.write_text('{"O":0,"B":0,"A":0,"F":1,"G":3,"K":0,"M":0}', encoding=encoding)
    assert shares_of(str(path), None, TRAINED).tolist() == [0, 0, 0, 0.25, 0.75, 0, 0]


def test_a_class_of_the_model_that_is_left_out(tmp_path):
    path = tmp_path / "mix.json"
    path.write_text('{"F": 0.3, "G": 0.5, "K": 0.2}', encoding="utf-8")
    with pytest.raises(UserError, match=r"no share of A, M; give 0 .* training: {") as error:
        shares_of(str(path), None, TRAINED)
    proposed = {"O": 0.0, "B": 0.0, "A": 0.2, "F": 0.15, "G": 0.25, "K": 0.1, "M": 0.3}
    assert json.loads(str(error.value).split("training: ")[1]) == proposed


def test_shares_proposed_of_several_models_sum_to_one_and_are_taken(tmp_path):
    other = SimpleNamespace(shares=np.array([0.1, 0, 0, 0.7, 0.1, 0.1, 0]))
    both = SimpleNamespace(models=[*TRAINED.models, SimpleNamespace(judge=other)])
    with pytest.raises(UserError, match="gives no share of O") as error:
        shares_of({"B": 0.0, "A": 1 / 3, "F": 1 / 3, "G": 1 / 3}, None, both)
    proposed = json.loads(str(error.value).split("training: ")[1])
    assert sum(proposed.values()) == pytest.approx(1, abs=1e-9)
    path = tmp_path / "mix.json"
    path.write_text(json.dumps(proposed), encoding="utf-8")
    assert shares_of(str(path), None, both) == pytest.approx([*proposed.values()])


def test_a_mix_in_words():
    shares = np.array([0, 0, 0, 0.25, 0.75, 0, 0])
    assert in_words("estimate", shares).startswith("mix of classes, estimated from the table: O 0")
    assert "as given: O 0.000, B 0.000, A 0.000, F 0.250, G 0.750" in in_words({}, shares)


@pytest.mark.parametrize("text", ["{", "[1]", '{"X": 1}', '{"F": -1}', "{}", '{"F": "many"}'])
def test_a_file_of_something_else(tmp_path, text):
    path = tmp_path / "mix.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="should hold shares by class"):
        shares_of(str(path), None, TRAINED)


def test_no_file(tmp_path):
    with pytest.raises(UserError, match="--mix estimate"):
        shares_of(str(tmp_path / "none.json"), None, TRAINED)


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


def test_few_rows_are_no_estimate(models, tmp_path):
    columns, _, _ = star_columns(60, seed=4)
    path = tmp_path / "stars.csv"
    rows = np.column_stack([columns[band] for band in "ugriz"])
    np.savetxt(path, rows, delimiter=",", header="u,g,r,i,z", comments="", fmt="%.5f")
    loaded = load_all(models)
    with opened(path) as table:
        typist = Typist(plan_of(table, loaded, {}, {}), loaded)
        with pytest.raises(UserError, match=r"rows of the table are typed .* needs 100; give"):
            shares_of("estimate", table, typist)
