from itertools import pairwise

import pytest
import sqlglot
from sqlglot import expressions as exp
from stellar import sdss
from stellar.catalogue import NAMES
from stellar.errors import UserError

SETTINGS = {"min_sn": 0, "zwarning_zero": False, "clean": False}


def test_every_catalogue_column_is_asked_for_under_its_own_name():
    query = sqlglot.parse_one(sdss.shard_query(0, 10, 100_000, SETTINGS), read="tsql")
    assert tuple(column.alias for column in query.selects) == NAMES
    assert all(isinstance(column, exp.Alias) for column in query.selects)


def residues(sql: str) -> tuple[int, int]:
    numbers = [int(word) for word in sql.split("WHERE")[1].split() if word.isdigit()]
    assert numbers[0] == numbers[2] == sdss.MODULUS
    return numbers[1], numbers[3]


@pytest.mark.parametrize("n_stars", [1000, 100_000, 1_041_130, 5_000_000])
def test_shards_are_disjoint_and_leave_no_gap(n_stars):
    ranges = [residues(sdss.shard_query(k, 7, n_stars, SETTINGS)) for k in range(7)]
    assert ranges[0][0] == 0
    assert all(a[1] == b[0] for a, b in pairwise(ranges))
    assert ranges[-1][1] == round(min(1, n_stars / sdss.STARS_IN_ARCHIVE) * sdss.MODULUS)


def test_cuts_stand_in_the_query_only_when_asked_for():
    plain = sdss.shard_query(0, 1, 1000, SETTINGS)
    assert "zWarning =" not in plain
    cut = sdss.shard_query(0, 1, 1000, {"min_sn": 10, "zwarning_zero": True, "clean": True})
    for condition in ("s.snMedian >= 10.0", "s.zWarning = 0", "p.clean = 1"):
        assert f"AND {condition}" in cut


def test_the_query_survives_astroquerys_cleaning():
    sql = sdss.shard_query(0, 10, 100_000, SETTINGS)
    assert "--" not in sql
    assert ";" not in sql
    assert len(sql) < 2500  # it travels in a URL


def test_too_few_stars_for_the_shards_are_refused():
    with pytest.raises(UserError, match=r"lower survey\.shards"):
        sdss.shard_query(0, 10, 500, SETTINGS)
