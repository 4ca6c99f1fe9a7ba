"""An answer's bytes are a table, or one of three errors."""

import hashlib
import json
from types import SimpleNamespace

import pyarrow as pa
import pytest
from stellar import files
from stellar.errors import UserError
from stellar.survey import skyserver
from stellar.survey.sdss import WrongTableError
from stellar.survey.skyserver import BusyError

TYPES = {"specObjID": pa.uint64(), "ra": pa.float64(), "subClass": pa.string()}


def test_an_answer_is_parsed_as_the_types_that_were_asked_for():
    body = b"#Table1\nra,specObjID,subClass\n1.5,18446744073709551615,F5\nnull,2,null\n"
    table = skyserver.read(body, TYPES)
    assert table.schema.names == list(TYPES)
    assert table.to_pylist() == [
        {"specObjID": 2**64 - 1, "ra": 1.5, "subClass": "F5"},
        {"specObjID": 2, "ra": None, "subClass": None},
    ]


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        (b"<html>Maintenance</html>", BusyError, "a web page instead of a table: 'Maintenance'"),
        (b"Only 60 queries allowed per minute", BusyError, "too many queries in a minute"),
        (b"#Table1\nerror_message\nTimeout expired", BusyError, "Timeout expired"),
        (b"#Table1\nerror_message\nInvalid object name", UserError, "refuses the query"),
        (b"specObjID,ra,subClass\n1,2,F5\n", WrongTableError, "does not begin with #Table1"),
        (b"#Table1\nspecObjID,ra\n1,2\n", WrongTableError, r"missing: subClass"),
        (b"#Table1\nspecObjID,ra,subClass\n1,x,F5\n", WrongTableError, "cannot be read"),
        (b"\xff\xfe", WrongTableError, "no text"),
    ],
)
def test_what_is_no_such_table_is_named(body, error, said):
    with pytest.raises(error, match=said):
        skyserver.read(body, TYPES)


@pytest.mark.parametrize("attempt", range(1, 13))
def test_waits_double_up_to_two_minutes(attempt):
    low = min(2 ** (attempt - 1), skyserver.LONGEST_WAIT)
    for _ in range(20):
        seconds = skyserver.waiting(1.0)(SimpleNamespace(attempt_number=attempt))
        assert low <= seconds <= min(low + 1, skyserver.LONGEST_WAIT)


def test_a_shard_says_where_it_comes_from(tmp_path):
    asked = {"sql": "SELECT 1", "url": "http://here", "release": 18, "date": "2026-01-31"}
    known = {**asked, "bytes": 7, "sha256": "ab"}
    answer = pa.table({"ra": [1.0]}).replace_schema_metadata({b"skyserver": json.dumps(known)})
    shard = tmp_path / "shard-0.parquet"
    files.write_table(shard, pa.table({"ra": [1.0, 2.0]}))
    assert skyserver.origin(answer, shard) == {
        **asked,
        "answer": {"bytes": 7, "sha256": "ab"},
        "rows": 2,
        "sha256": hashlib.sha256(shard.read_bytes()).hexdigest(),
    }
