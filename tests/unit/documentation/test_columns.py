"""docs/columns.md says what files hold."""

import pyarrow as pa
import pytest
from stellar import CLASSES, files
from stellar.classify.typed import Typist
from stellar.crossvalidation.predictions import Predictions
from stellar.documentation import columns
from stellar.sample.labelling import labelled_schema
from stellar.sample.schemes import schema_of_schemes
from stellar.survey.catalogue import SCHEMA, Column
from stellar.survey.matching import Plan

TEXT = pa.dictionary(pa.int32(), pa.string())


def as_fields(listed):
    return [(column.name, column.type) for column in listed]


def fields(schema):
    plain = (pa.string() if field.type == TEXT else field.type for field in schema)
    return list(zip(schema.names, plain, strict=True))


def test_labelled_stars_and_the_sample_have_the_columns_listed(tmp_path):
    labelled = labelled_schema(SCHEMA)
    assert fields(labelled) == [*fields(SCHEMA), *as_fields(columns.LABELLED)]
    files.write_table(tmp_path / "stars.parquet", labelled.empty_table())
    sample = schema_of_schemes(tmp_path / "stars.parquet")
    assert fields(sample) == [*fields(SCHEMA), *as_fields(columns.SAMPLE)]


def test_predictions_have_the_columns_listed(tmp_path):
    Predictions.none("trees", "no star has it").write(tmp_path / "probabilities.parquet")
    written = files.read_schema(tmp_path / "probabilities.parquet")
    listed = as_fields(columns.PREDICTIONS)
    assert [name for name, _ in listed] == written.names
    assert [t for name, t in listed if name.startswith("p_")] == [pa.float32()] * len(CLASSES)


def test_typed_tables_have_the_columns_listed():
    assert fields(Typist(Plan({}), []).schema) == as_fields(columns.TYPED)


@pytest.mark.parametrize("table", columns.TABLES, ids=lambda table: table.title)
def test_each_column_says_what_it_is(table):
    assert all(column.about for column in table.columns)
    assert len({column.name for column in table.columns}) == len(table.columns)


def test_a_column_is_a_row_with_unit_and_range():
    listed = [
        Column("height", pa.float32(), "m", -1.5, 2000, known=True, about="above the sea"),
        Column("depth", pa.float32(), "m", 0, None, about="below it"),
        Column("name", pa.string(), about="of the place"),
    ]
    assert columns.rows(listed)[2:] == [
        "| `height` | float | m | −1.5 to 2,000 |  | above the sea |",
        "| `depth` | float | m | from 0 | yes | below it |",
        "| `name` | string |  |  | yes | of the place |",
    ]


def test_a_derived_feature_says_what_it_is_made_of():
    assert columns.made_of("g_r") == "`g` − `r`"
    assert columns.made_of("dered_u_g") == "`u` − `extinction_u` − (`g` − `extinction_g`)"
    assert columns.made_of("sppMeasured") == "1 where `sppTeff` is measured, else 0"


def test_the_page_is_what_the_code_wants():
    assert columns.PAGE.read_text(encoding="utf-8") == columns.page(), "run make config-docs"
