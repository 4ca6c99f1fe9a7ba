import pytest
from stellar.classify.query import Wanted, query
from stellar.errors import UserError
from stellar.survey.skyserver import Server

NOWHERE = Server("http://127.0.0.1:9", 18, 0.1, 1, 0)  # nothing is asked in these tests


def test_an_output_that_is_there_and_one_of_no_kind(tmp_path):
    path = tmp_path / "stars.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match="exists"):
        query(Wanted(cone=(1, 1, 1)), NOWHERE, str(path))
    with pytest.raises(UserError, match="unknown kind"):
        query(Wanted(cone=(1, 1, 1)), NOWHERE, str(tmp_path / "stars.xlsx"))


def test_a_list_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match=r"there is no file none\.csv"):
        query(Wanted(ids="none.csv"), NOWHERE, str(tmp_path / "stars.csv"))


def test_without_astroquery_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("stellar.classify.query.find_spec", lambda name: None)
    with pytest.raises(UserError, match="package astroquery, which is not installed; type pip"):
        query(Wanted(cone=(1, 1, 1)), NOWHERE, str(tmp_path / "stars.csv"))
