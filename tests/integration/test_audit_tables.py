"""The tables of docs/audit-bench.md: who accuses whom."""

from plants.lines import CLEAN, LEAK
from plants.tables import accusers, document, peers_table, usual_share


def ours(plant, expected, got, worth=5.0, seed=1, rows=6000):
    known = {"plant": plant, "kind": plant.split(":")[0], "expected": expected, "got": got}
    return {**known, "worth": worth, "seed": seed, "rows": rows, "cpu_s": 1.0}


def theirs(plant, expected, failed=(), non_iid=False, near=0.1, seed=1, rows=6000):
    known = {"plant": plant, "kind": plant.split(":")[0], "expected": expected}
    datalab = {"non_iid": non_iid, "p_value": 0.2, "near_duplicates": near}
    return {
        **known,
        "seed": seed,
        "rows": rows,
        "deepchecks": {"failed": list(failed)},
        "datalab": datalab,
    }


OURS = [
    ours("row number: sorted", LEAK, "suspect"),
    ours("row number: sorted", LEAK, "clean", seed=2),
    ours("row number: far from sorted", LEAK, "clean", worth=0.1),
    ours("base: 6,000 rows", CLEAN, "clean", worth=0.0),
    ours("gaps: 10 %", CLEAN, "leaks", worth=0.0),
]
THEIRS = [
    theirs("row number: sorted", LEAK, ["FeatureLabelCorrelation"], True, 0.3),
    theirs("row number: far from sorted", LEAK),
    theirs("base: 6,000 rows", CLEAN, near=0.14),
    theirs("gaps: 10 %", CLEAN, ["DataDuplicates"], near=0.0),
]


def rows_of(table):
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n")]
    return {line[0]: line[1:] for line in lines[2:]}


def test_kinds_are_counted_on_the_same_tables_and_leaks_of_some_worth():
    found = rows_of(peers_table(OURS, THEIRS))
    # Tables, ours, deepchecks, non-iid, near-duplicates, more of them than clean tables have.
    assert found["row number"] == ["1", "1", "1", "1", "1", "1"]
    assert found["**all clean controls**"] == ["2", "1", "0", "0", "1", "0"]


def test_the_usual_share_is_that_of_bases_of_many_rows():
    few = theirs("base: 103 rows", CLEAN, near=0.9, rows=103)
    assert usual_share([*THEIRS, few]) == 0.14


def test_an_error_of_a_peer_is_no_accusation():
    broken = {"deepchecks": {"error": "x"}, "datalab": {"error": "x"}}
    assert not any(accuse(broken) for accuse in accusers(0.1).values())


def test_the_document_marks_what_is_wrong():
    text = document(OURS, [*THEIRS[:1], {**THEIRS[2], "datalab": {"error": "x"}}])
    assert "| row number: sorted | 6,000 | 5.0 | suspect 1 of 2, clean 1 of 2 ✗ |" in text
    assert "| gaps: 10 % | 6,000 |  | leaks ✗ |" in text
    assert "| base: 6,000 rows | 6,000 |  | clean | – | error | error |" in text
    assert "- clean controls acquitted: 1 of 2 (50 %)" in text
