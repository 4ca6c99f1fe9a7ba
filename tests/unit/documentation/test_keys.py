"""The table of docs/configuration.md comes from the schema and the configuration."""

import pytest
from stellar.documentation import keys

SCHEMA = {
    "$defs": {"share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}},
    "properties": {
        "seed": {"type": "integer", "minimum": 0, "description": "a seed", "reruns": "all"},
        "split": {
            "reruns": "splits",
            "properties": {
                "train": {"$ref": "#/$defs/share", "description": "rows to train on"},
                "by": {"enum": ["star", "row"], "description": "what is split", "reruns": "none"},
            },
        },
        "costs": {"type": ["array", "null"], "title": "numbers", "description": "of mistakes"},
    },
}
CONFIG = {"seed": 5, "split": {"train": 0.7, "by": "star"}, "costs": [10] * 20}


def test_a_key_is_a_row_with_its_default_values_and_what_reruns():
    assert keys.table(SCHEMA, CONFIG).splitlines()[2:] == [
        "| `seed` | `5` | whole number from 0 | a seed | all |",
        "| `split.train` | `0.7` | number above 0 below 1 | rows to train on | splits |",
        "| `split.by` | `star` | `star`, `row` | what is split | none |",
        "| `costs` | see `config.yaml` | numbers | of mistakes |  |",
    ]


def test_a_key_without_a_description_is_an_error():
    schema = {"$defs": {}, "properties": {"cv": {"properties": {"folds": {"type": "integer"}}}}}
    with pytest.raises(ValueError, match=r"cv\.folds has no description; add one"):
        keys.table(schema, {"cv": {"folds": 3}})


def test_the_table_alone_is_replaced():
    old = "\n".join(["Before", "", *keys.HEAD, "| `old` | row |", "", "After"])
    new = keys.with_table(old, keys.table(SCHEMA, CONFIG))
    assert new.startswith("Before\n\n| key |") and new.endswith(" |\n\nAfter")
    assert "`old`" not in new


def test_the_page_has_the_table_of_the_schema():
    page = keys.PAGE.read_text(encoding="utf-8")
    assert page == keys.written(), "run make config-docs"
