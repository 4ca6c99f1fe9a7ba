import pyarrow as pa
import pytest
from stellar.classify.text_columns import cast_to, kinds_of
from stellar.errors import UserError
from stellar.survey.table_readers import opened


def kinds(tmp_path, *cells):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{cell},x\n" for cell in cells), encoding="utf-8")
    with opened(path) as table:
        return kinds_of(table)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("1", "-2"), pa.int64()),
        (("1", ""), pa.int64()),
        (("18446744073709551615",), pa.uint64()),
        (("99999999999999999999999",), pa.string()),
        (("1.5", "nan", "-1e3"), pa.float64()),
        (("1.5", "12345678901234567"), pa.string()),
        (("007",), pa.string()),
        (("1", "F5"), pa.string()),
        (("", ""), pa.string()),
    ],
)
def test_a_type_that_loses_nothing(tmp_path, cells, kind):
    found = kinds(tmp_path, *cells)
    assert found["a"] == kind
    assert found["b"] == pa.string()


def test_cast():
    batch = pa.table({"a": ["1", ""], "b": ["x", ""]})
    made = cast_to(batch, {"a": pa.int64()})
    assert made["a"].to_pylist() == [1, None]
    assert made["b"].to_pylist() == ["x", ""]


def test_a_cell_of_another_type_than_the_table_says_is_one_sentence():
    with pytest.raises(UserError, match="column a is no column of type int64, as the table says"):
        cast_to(pa.table({"a": ["1", "x"]}), {"a": pa.int64()})
