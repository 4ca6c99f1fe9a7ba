"""All sets of a label, from the file of the sample: who is audited, and where columns come from."""

import numpy as np
import pyarrow as pa
import pytest
from made_stars import made_stars
from stellar import BANDS, files
from stellar.errors import UserError
from stellar.evaluation.leaks.feature_sets import Sets, entries

ROWS = 2000


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A sample's file: photometry, a user's column made of the label; one scheme has labels."""
    stars, coordinate = made_stars(ROWS)
    random = np.random.default_rng(5)
    bands = {band: stars.values[:, 1] - 0.2 * n * coordinate for n, band in enumerate(BANDS)}
    bands = {band: values + random.normal(0, 0.1, ROWS) for band, values in bands.items()}
    columns = {
        "specObjID": stars.ids,
        "bestObjID": pa.nulls(ROWS, pa.int64()),
        "ra": np.linspace(0, 350, ROWS),
        "dec": np.zeros(ROWS),
        "plate": pa.nulls(ROWS, pa.int32()),
        "elodieObject": pa.nulls(ROWS, pa.string()),
        "redshift": pa.nulls(ROWS, pa.float32()),
        **{band: values.astype(np.float32) for band, values in bands.items()},
        "my band": (bands["g"] + random.normal(0, 0.1, ROWS)).astype(np.float32),
        "my score": (stars.labels + random.normal(0, 0.3, ROWS)).astype(np.float32),
        "fold": stars.folds,
        "label_subclass": stars.labels,
        "label_hammer": np.full(ROWS, -1, np.int8),
    }
    path = tmp_path_factory.mktemp("sample") / "sample.parquet"
    table = pa.table(columns).replace_schema_metadata({files.SURVEY_KEY: b"mine.csv"})
    with files.table_writer(path, table.schema) as write:
        write(table)
    return path


CONFIG = {
    "features": [["photometry", "photometry"], ["redshift", "redshift"], ["mine", "my score"]],
    "own": {"my score": "image"},
    "seed": 1,
    "trees": 2,
}


@pytest.mark.long
@pytest.mark.parametrize(("origin", "columns"), [("image", 10), ("template", 9)])
def test_what_the_user_says_of_a_column_decides_what_others_are_held_against(path, origin, columns):
    config = {"features": [["band", ["photometry", "my band"]]], "own": {"my band": origin}}
    (found,) = entries(path, "subclass", Sets.of({**CONFIG, **config}))
    assert f"columns held against {columns} that measure the star" in found["tested"]


@pytest.mark.long
def test_each_set_that_the_stars_have_is_audited_with_its_provenance(path, caplog):
    caplog.set_level("INFO")
    clean, leak = entries(path, "subclass", Sets.of(CONFIG))
    assert (clean["features"], clean["verdict"]) == ("photometry", "clean"), clean["reason"]
    assert (clean["survey"], clean["shares"], clean["disagrees"]) == (
        "mine.csv",
        "independent",
        None,
    )
    assert clean["network"] is None
    assert (leak["features"], leak["verdict"]) == ("mine", "leaks")
    assert leak["origins"] == {"image": ["my score"]}
    assert "the data say leaks" in leak["disagrees"]
    assert "redshift is not audited: no star of survey mine.csv has redshift" in caplog.text


def test_a_label_without_classes_is_left_out_with_a_line_in_the_log(path, caplog):
    caplog.set_level("INFO")
    assert entries(path, "hammer", Sets.of(CONFIG)) == []
    assert "label hammer is not audited: " in caplog.text


def test_a_column_that_nobody_named_is_no_feature():
    with pytest.raises(UserError, match="no feature or feature set 'my score'"):
        Sets.of({**CONFIG, "own": {}})
