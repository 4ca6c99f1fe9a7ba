import pytest
from stellar.errors import UserError
from stellar.workflow.named_tables import named


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nights").mkdir()
    for name in ("stars.csv", "nights/two.fits.gz", "nights/one.parquet", "nights/a[1].csv"):
        (tmp_path / name).write_text("", encoding="utf-8")


def test_paths_and_patterns_have_names():
    assert named(["stars.csv", "nights/*.fits.gz", "nights/o*", "nights/one.parquet"]) == {
        "one": "nights/one.parquet",
        "stars": "stars.csv",
        "two": "nights/two.fits.gz",
    }


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        ([], "names no table; list files"),
        (["none.csv"], "there is no file none.csv"),
        (["nights"], "there is no file nights"),
        (["dark/*.fits"], r"there is no file dark/\*\.fits"),
        (["nights/a[1].csv"], "a name that no rule can have"),
    ],
)
def test_a_mistake_is_a_sentence(patterns, said):
    with pytest.raises(UserError, match=said):
        named(patterns)


def test_two_tables_of_one_name(tmp_path):
    (tmp_path / "nights/stars.fits").write_text("", encoding="utf-8")
    with pytest.raises(UserError, match=r"stars.csv and nights/stars.fits would both be called"):
        named(["stars.csv", "nights/stars.fits"])
