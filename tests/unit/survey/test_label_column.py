"""A table without the label, and what to type instead."""

import pyarrow as pa
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from made_tables import star_table
from stellar import LABEL_COLUMN
from stellar.errors import UserError
from stellar.survey import user_table
from stellar.survey.label_column import typed

ROWS = 7


def renamed(**names):
    """The table with other names; None takes a column away."""
    table = star_table(ROWS)
    for name, own in names.items():
        if own is None:
            table.remove_column(name)
        else:
            table.rename_column(name, own)
    return table


def stars(table, path, label, columns=None):
    table.write(path, overwrite=True)
    return pa.concat_tables(user_table.stars(path, columns, label=label))


def followed(said: str) -> tuple[str | None, dict[str, str | None]]:
    """Label and columns as the advice, typed into a configuration, gives them."""
    label, columns = None, {}
    for advice in said.split("`")[1::2]:
        given = yaml.safe_load(advice)
        label = given.pop("label", label)
        columns |= given
    return label, columns


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("table", "label", "said"),
    [
        (renamed(), "elodie", "choose `label: subclass`, whose column subClass it has"),
        (
            renamed(subClass="SPECTYPE_HAMMER"),
            "subclass",
            "choose `label: hammer`, whose column SP",
        ),
        (renamed(subClass="MK type"), "subclass", 'say `subClass: "MK type"` under'),
        (renamed(subClass="# Sp"), "hammer", 'say `sppHammerType: "# Sp"` under'),
        (renamed(subClass="no"), "subclass", 'say `subClass: "no"` under'),
        (renamed(subClass="Sp"), "elodie", "choose `label: subclass` and say `subClass: Sp` under"),
        (
            renamed(subClass="ELODIE_SPTYPE"),
            "elodie",
            "elodieTEff, which.*say `subClass: ELODIE_SPTYPE` under",
        ),
    ],
)
def test_the_advice_typed_gives_the_stars(tmp_path, ending, table, label, said):
    path = tmp_path / f"a.{ending}"
    with pytest.raises(UserError, match=said) as error:
        stars(table, path, label)
    assert "\n" not in str(error.value)
    other, columns = followed(str(error.value))
    found = stars(table, path, other or label, columns)
    types = star_table(ROWS)["subClass"].tolist()
    assert found[LABEL_COLUMN[other or label]].to_pylist() == types


@pytest.mark.parametrize("label", LABEL_COLUMN)
def test_a_table_without_any_type_says_so(tmp_path, label):
    table = renamed(subClass=None)
    with pytest.raises(UserError, match="give a table with spectral types such as G2, which no"):
        stars(table, tmp_path / "a.csv", label)
    table["CLASS"] = ["STAR", "GALAXY", "QSO", "STAR", "STAR", "STAR", "STAR"]
    with pytest.raises(
        UserError, match=r"\(CLASS has STAR, GALAXY or QSO, no types\); it has spec"
    ):
        stars(table, tmp_path / "a.csv", label)


def test_names_of_objects_are_no_types(tmp_path):
    table = renamed(subClass=None)
    table["field"] = ["M31", "M33", "G123", "K2-18", "A", "B", "F"]
    with pytest.raises(UserError, match="give a table with spectral types"):
        stars(table, tmp_path / "a.csv", "subclass")


@given(own=st.text(min_size=1))
def test_any_name_is_typed_so_that_yaml_reads_it(own):
    assert yaml.safe_load(typed("ra", own)) == {"ra": own}
