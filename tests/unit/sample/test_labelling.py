"""Streaming is not to be seen in the results: any cut of the survey gives the same files."""

import io
import json
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_shards import label, write_shards
from stellar import files
from stellar.errors import UserError
from stellar.sample.identity import identify_stars
from stellar.sample.labelling import label_shards, labelled_pieces, labelled_schema
from stellar.sample.spectral_types import label_rows
from stellar.survey import catalogue
from stellar.survey.conversion import to_catalogue
from stellar.survey.simulated.shard import simulate_shard

CONFIG = {"seed": 3, "split": {"train": 0.7, "validation": 0.2, "test": 0.1}, "features": "study"}
PARTS = ("train", "validation", "test")


@pytest.fixture(scope="module")
def survey():
    return to_catalogue(simulate_shard(seed=2, shard=0, n_stars=700, repeats=0.3), "simulated")


def cut(table, cuts):
    edges = [0, *sorted(cuts), table.num_rows]
    return [table.slice(a, b - a) for a, b in pairwise(edges)]


@pytest.mark.long
@given(
    st.lists(st.integers(0, 700), max_size=5),
    st.lists(st.integers(0, 700), max_size=5),
    st.integers(20, 800),
)
@settings(max_examples=6, deadline=None)
def test_the_cut_into_shards_and_row_groups_changes_no_byte(
    survey, tmp_path_factory, cuts, others, row_group
):
    folders = [tmp_path_factory.mktemp("cut") for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "ROW_GROUP", row_group)
        once, again = (
            label(folder, write_shards(folder, cut(survey, chosen)))
            for folder, chosen in zip(folders, (cuts, others), strict=True)
        )
    assert once == again


def test_streamed_labels_are_those_of_the_whole_table(survey, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "ROW_GROUP", 128)
    label(tmp_path, write_shards(tmp_path, cut(survey, [100, 390])))
    whole = label_rows(survey.to_pandas(), "elodie")
    kept = whole.numbers >= 0
    expected = survey.filter(pa.array(kept))
    places = (expected[name].to_numpy() for name in ("ra", "dec"))
    star = identify_stars(*places, expected["bestObjID"].fill_null(0).to_numpy())
    assert len(np.unique(star)) < len(star)

    stars = pq.read_table(tmp_path / "out/stars")
    assert stars.select(catalogue.NAMES).equals(expected, check_metadata=True)
    assert files.survey_of(stars.schema) == "simulated"
    np.testing.assert_array_equal(stars["label"].to_numpy(), whole.numbers[kept])
    np.testing.assert_array_equal(stars["star"].to_numpy(), star)
    groups = pq.ParquetFile(tmp_path / "out/stars").metadata
    assert groups.num_row_groups == -(-len(star) // 128)
    rejects = files.read_csv(tmp_path / "out/rejects")
    rejected = survey.filter(pa.array(~kept))
    assert [row["specObjID"] for row in rejects] == rejected["specObjID"].to_pylist()
    assert [row["label"] for row in rejects] == rejected["elodieSpType"].to_pylist()
    assert [row["reason"] for row in rejects] == whole.reasons[~kept].tolist()
    counts = json.loads((tmp_path / "out/counts").read_text(encoding="utf-8"))
    assert counts["rows"] == 700
    assert counts["stars"] == star.max() + 1
    assert sum(counts["classes"].values()) == counts["labelled"] == kept.sum()
    assert sum(counts["rejects"].values()) == len(rejects)


def renamed(table):
    return table.replace_schema_metadata({files.SURVEY_KEY: b"sdss-dr18"})


def of_text(table, name, value):
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(name), pa.array([value] * len(table)))


@pytest.mark.parametrize(
    ("shards", "said"),
    [
        (lambda t: [t.slice(0, 9), t.slice(9, 9), t.slice(17, 9)], "shard-1.* and .*shard-2.* ID"),
        (lambda t: [pa.concat_tables([t, t.slice(4, 1)])], "shard-0.parquet has twice specObjID"),
        (lambda t: [t.slice(0, 9), renamed(t.slice(9))], r"\(survey sdss-dr18\) do not belong"),
        (lambda t: [t, t.slice(9).drop_columns("mjd")], "do not belong together; delete"),
        (lambda t: [t.slice(0, 0), t.slice(0, 1)], "1 rows give fewer than 2 spectral classes"),
        (lambda t: [of_text(t, "class", "GALAXY")], r"'not a star' \(star, galaxy or quasar is an"),
        (
            lambda t: [of_text(t, "elodieSpType", "QSO")],
            r"'a kind of source, no spectral type' \(star, galaxy or quasar is another question",
        ),
    ],
)
def test_shards_that_cannot_be_one_survey_end_in_a_sentence(survey, tmp_path, shards, said):
    paths = write_shards(tmp_path, shards(survey))
    with pytest.raises(UserError, match=said.replace(" ID", f".* specObjID {survey[0][17]}")):
        label(tmp_path, paths)
    assert not list(tmp_path.glob("out/*"))


def test_a_damaged_shard_leaves_nothing_behind(survey, tmp_path):
    good, bad = write_shards(tmp_path, cut(survey, [300]))
    whole = bytearray((tmp_path / "shard-1.parquet").read_bytes())
    whole[100:20_000] = bytes(19_900)  # columns, not the footer
    (tmp_path / "shard-1.parquet").write_bytes(whole)
    with pytest.raises(UserError, match=r"shard-1.parquet is damaged; delete it"):
        label(tmp_path, [good, bad])
    assert not list(tmp_path.glob("out/*"))


def test_rejects_are_counted_and_the_others_get_class_and_star(survey, tmp_path):
    shards = write_shards(tmp_path, [survey.slice(0, 400), survey.slice(400)])
    rejects = io.StringIO()
    labelling = label_shards(shards, "subclass", rejects)
    kept = labelling.numbers >= 0
    assert kept.sum() == len(labelling.stars)
    assert labelling.reasons.total() == (~kept).sum() == len(rejects.getvalue().splitlines()) - 1
    whole = pa.concat_tables(labelled_pieces(shards, labelling))
    assert whole.schema.names == labelled_schema(survey.schema).names
    assert whole["specObjID"].equals(survey["specObjID"].filter(pa.array(kept)))
    assert whole["label"].to_pylist() == labelling.numbers[kept].tolist()


def test_galaxies_and_quasars_beside_stars_are_left_out_and_counted(survey, tmp_path, caplog):
    kinds = ["QSO", "GALAXY", *["STAR"] * (len(survey) - 2)]
    place = survey.schema.get_field_index("class")
    column = pa.array(kinds)
    label(
        tmp_path,
        write_shards(tmp_path, [survey.set_column(place, survey.schema.field("class"), column)]),
    )
    assert "2 rows are no stars and left out: star, galaxy or quasar is another" in caplog.text


def test_counts_add_up(survey, tmp_path):
    shards = write_shards(tmp_path, cut(survey, [300]))
    labelling = label_shards(shards, "elodie", io.StringIO())
    found = labelling.counts("elodie")
    assert (found["label"], found["rows"]) == ("elodie", 700)
    assert sum(found["classes"].values()) == found["labelled"]
    assert sum(found["rejects"].values()) == found["rows"] - found["labelled"]
    assert 1 < found["stars"] < found["labelled"]
