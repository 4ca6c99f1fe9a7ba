"""The list of columns."""

import pyarrow as pa
import pytest
from astropy import units
from stellar import BANDS, ELODIE
from stellar.survey.catalogue import COLUMNS, MISSING, NAMES, SCHEMA


def test_each_column_stands_once_and_the_words_of_the_package_are_columns():
    assert len(set(NAMES)) == len(NAMES)
    assert {*BANDS, *ELODIE} <= set(NAMES)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_a_column_has_a_unit_a_range_and_a_type_that_agree(column):
    units.Unit(column.unit)  # raises for a unit that astropy does not know
    assert SCHEMA.field(column.name).type == column.type
    assert SCHEMA.field(column.name).nullable is not column.known
    if column.low is not None:
        assert column.low > MISSING
        assert column.high is None or column.high > column.low
    if pa.types.is_string(column.type):
        assert column.low is None
        assert column.high is None


def test_what_each_star_needs_a_table_needs():
    assert {c.name for c in COLUMNS if c.known} == {"specObjID", "ra", "dec"}
    assert {c.name for c in COLUMNS if c.required} == {"specObjID", "ra", "dec", *BANDS}
